// A filter sees a document without it being decoded: encoded id, version and row, fields reached by offset. Inside
// `any` the same filter sees one element; a ref struct makes that switch free.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>What a filter looks at: a row with its id and version, and, inside `any`, one element of an array.</summary>
internal readonly ref struct FilterInput
{
    private readonly ReadOnlySpan<byte> _versionBytes;

    /// <param name="key">The entry key (collection and id).</param>
    /// <param name="versionBytes">The version as eight bytes, little-endian: `_version` is read from there.</param>
    public FilterInput(ReadOnlySpan<byte> key, ReadOnlySpan<byte> versionBytes, Shape shape, ReadOnlySpan<byte> row)
    {
        Id = EntryKey.IdBytesOf(key);
        _versionBytes = versionBytes;
        Row = new(shape, row);
    }

    private FilterInput(FilterInput document, EncodedValue element)
    {
        this = document;
        Element = element;
        InElement = true;
    }

    public RowReader Row { get; }

    private ReadOnlySpan<byte> Id { get; }

    public EncodedValue Element { get; }

    public bool InElement { get; }

    /// <summary>An id key is a value's tag and payload already.</summary>
    public EncodedValue IdValue => new(Id[0], Id[1..]);

    public EncodedValue VersionValue => new((byte)ValueKind.UInt64, _versionBytes);

    public FilterInput With(EncodedValue element) => new(this, element);
}
