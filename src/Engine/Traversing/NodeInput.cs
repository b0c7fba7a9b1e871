// The document that has just arrived, once for everybody who looks at it: filters want an entry key and a version as bytes, hops
// want the values at their fields as keys. Nothing is decoded: a value is turned from its bytes in the row into key bytes.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>The document that a traversal looks at, as filters and field readers see it. One thread at a time.</summary>
internal sealed class NodeInput
{
    private readonly byte[] _key = new byte[EntryKey.BytesMax];
    private readonly byte[] _version = new byte[8];
    private NodeReader? _reader;
    private int _keyBytes;

    public void Load(NodeReader reader)
    {
        _reader = reader;
        reader.IdKey.CopyTo(_key.AsSpan(EntryKey.CollectionBytes));
        _keyBytes = EntryKey.CollectionBytes + reader.IdKey.Length;
        BinaryPrimitives.WriteUInt64LittleEndian(_version, reader.Version.Raw);
    }

    public ReadOnlySpan<byte> IdKey => _key.AsSpan(EntryKey.CollectionBytes, _keyBytes - EntryKey.CollectionBytes);

    public DocumentVersion Version => _reader!.Version;

    public Shape Shape => _reader!.Shape;

    public ReadOnlySpan<byte> Row => _reader!.Row;

    public bool Matches(CompiledFilter filter) => filter.Matches(_key.AsSpan(0, _keyBytes), Version, Shape, Row);

    public EncodedValue ValueOf(FieldAccess field) => field.Of(new FilterInput(_key.AsSpan(0, _keyBytes), _version, Shape, Row));
}

/// <summary>Join values as key bytes: arrays fanned out, null and missing left out. One thread at a time.</summary>
internal sealed class KeyReader(FieldPath path)
{
    private readonly FieldAccess _field = new(path);
    private readonly ArrayBufferWriter<byte> _key = new(64);

    /// <summary>How many elements stand there; each is asked for by number, and may be no key (empty).</summary>
    public int Read(NodeInput node, out EncodedValue value)
    {
        value = node.ValueOf(_field);
        return value.Kind switch
        {
            ValueKind.Missing or ValueKind.Null => 0,
            ValueKind.Array => value.ArrayLength,
            _ => 1,
        };
    }

    /// <summary>The key of one of them; empty for null. Valid until the next call.</summary>
    /// <param name="asId">As the id key of a document, which is empty for values that no document can have as its id.</param>
    public ReadOnlySpan<byte> KeyOf(EncodedValue value, int element, bool asId)
    {
        if (value.Kind == ValueKind.Array) value = value.ArrayElement(element);
        _key.ResetWrittenCount();
        if (asId) WriteId(value);
        else if (value.Kind is not (ValueKind.Missing or ValueKind.Null)) OrderedKey.Append(value, _key);
        return _key.WrittenSpan;
    }

    private void WriteId(EncodedValue value)
    {
        if (value.Kind == ValueKind.String ? value.Payload.Length is 0 or > DocumentId.StringBytesMax : value.Kind != ValueKind.Uuid) return;
        var target = _key.GetSpan(1 + value.Payload.Length);
        target[0] = (byte)value.Kind;
        value.Payload.CopyTo(target[1..]);
        _key.Advance(1 + value.Payload.Length);
    }
}
