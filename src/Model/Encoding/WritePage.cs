// STUB of the contract. Document writes on the wire: a client encodes each document once, a coordinator splits the
// page by partition by copying bytes, a partition hands the rows to its engine after Validate.
//
//   page = format u8 = 1 | shape count varint | shapes | write count varint | writes
//   write = kind u8 | id key length varint | id key | ifVersion u64 LE (0 = none) | body length varint | body
//           body: Insert, Upsert, UpsertIfMissing, Replace: shape index varint | row
//                 Patch: the steps, as a document       Delete: empty

namespace IngoDB.Model;

/// <summary>On the wire: never change the numbers.</summary>
public enum WriteKind : byte
{
    Insert = 1,
    Upsert = 2,
    UpsertIfMissing = 3,
    Replace = 4,
    Patch = 5,
    Delete = 6,
}

/// <summary>Builds one page; reusable after <see cref="Finish"/>.</summary>
public sealed class WritePageWriter
{
    public int Count => throw new NotImplementedException();

    public int ApproximateBytes => throw new NotImplementedException();

    /// <summary>Insert, Upsert, UpsertIfMissing or Replace.</summary>
    public void Add(WriteKind kind, DocumentId id, Document document, DocumentVersion ifVersion = default) => throw new NotImplementedException();

    public void AddPatch(DocumentId id, IReadOnlyList<PatchStep> steps, DocumentVersion ifVersion = default) => throw new NotImplementedException();

    public void AddDelete(DocumentId id, DocumentVersion ifVersion = default) => throw new NotImplementedException();

    /// <summary>Copies the reader's current write, without decoding it.</summary>
    public void Copy(WritePageReader source) => throw new NotImplementedException();

    public byte[] Finish() => throw new NotImplementedException();
}

/// <summary>Walks a page in place. Untrusted bytes: every length is checked, and rows with RowWriter.Validate when <see cref="Row"/> is first asked for.</summary>
public sealed class WritePageReader(ReadOnlyMemory<byte> page)
{
    private readonly ReadOnlyMemory<byte> _page = page;

    public int Count => throw new NotImplementedException();

    /// <exception cref="InvalidRequestException"><c>write.bad_page</c>.</exception>
    public bool MoveNext() => throw new NotImplementedException();

    public WriteKind Kind => throw new NotImplementedException();

    public ReadOnlySpan<byte> IdKey => throw new NotImplementedException();

    /// <summary>None when unconditional.</summary>
    public DocumentVersion IfVersion => throw new NotImplementedException();

    public Shape Shape => throw new NotImplementedException();

    /// <summary>The validated row.</summary>
    public ReadOnlyMemory<byte> Row => throw new NotImplementedException();

    public IReadOnlyList<PatchStep> Steps => throw new NotImplementedException();
}
