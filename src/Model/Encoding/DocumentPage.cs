// STUB of the contract. Documents on the wire: names once per page, rows as they lie on disk.
//
//   page = format u8 = 1 | shape count varint | shapes | document count varint | documents
//   document = id key length varint | id key | version u64 LE | shape index varint (0 self-described, else 1-based)
//              | row length varint | row | order key length varint | order key
//
// The order key (sort keys of OrderedKey, then the id key) lets a coordinator merge pages with memcmp; 0 bytes when not asked for.
using System.Buffers;

namespace IngoDB.Model;

/// <summary>Builds one page; reusable after <see cref="Finish"/>.</summary>
public sealed class DocumentPageWriter
{
    public int Count => throw new NotImplementedException();

    public int ApproximateBytes => throw new NotImplementedException();

    public void Add(ReadOnlySpan<byte> idKey, DocumentVersion version, Shape shape, ReadOnlySpan<byte> row, ReadOnlySpan<byte> orderKey = default) => throw new NotImplementedException();

    public byte[] Finish() => throw new NotImplementedException();
}

/// <summary>Walks a page in place.</summary>
/// <remarks>The constructor checks the frame, so that moving needs no checks; rows are trusted (they come from a partition).</remarks>
public sealed class DocumentPageReader(ReadOnlyMemory<byte> page)
{
    private readonly ReadOnlyMemory<byte> _page = page;

    public int Count => throw new NotImplementedException();

    public bool MoveNext() => throw new NotImplementedException();

    public ReadOnlySpan<byte> IdKey => throw new NotImplementedException();

    public DocumentVersion Version => throw new NotImplementedException();

    public Shape Shape => throw new NotImplementedException();

    public ReadOnlySpan<byte> Row => throw new NotImplementedException();

    public ReadOnlySpan<byte> OrderKey => throw new NotImplementedException();

    public StoredDocument Decode() => throw new NotImplementedException();

    public static IReadOnlyList<StoredDocument> DecodeAll(ReadOnlyMemory<byte> page) => throw new NotImplementedException();
}
