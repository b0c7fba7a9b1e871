// Document writes on the wire: a client encodes each document once, a coordinator splits the page by partition by
// copying bytes, a partition hands the rows to its engine after Validate.
//
// The bytes are drawn in PageFormat.cs.

using System.Buffers;
using System.Buffers.Binary;

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

/// <summary>Builds one page; reusable after <see cref="Finish"/>. One thread.</summary>
public sealed class WritePageWriter
{
    private readonly PageShapes _shapes = new();
    private readonly ArrayBufferWriter<byte> _writes = new(4096);
    private readonly ArrayBufferWriter<byte> _body = new(1024);

    public int Count { get; private set; }

    public int ApproximateBytes => 16 + _shapes.ByteCount + _writes.WrittenCount;

    /// <summary>Insert, Upsert, UpsertIfMissing or Replace.</summary>
    /// <exception cref="InvalidRequestException">The document breaks a limit of <see cref="RowFormat"/>; the page is as before.</exception>
    public void Add(WriteKind kind, DocumentId id, Document document, DocumentVersion ifVersion = default)
    {
        Invariant.Holds(kind is WriteKind.Insert or WriteKind.Upsert or WriteKind.UpsertIfMissing or WriteKind.Replace);
        RowWriter.Write(document, _body);
        Span<byte> idKey = stackalloc byte[DocumentId.KeyBytesMax];
        AddRow(kind, idKey[..id.WriteKey(idKey)], ifVersion, _shapes.Of(document), _body.WrittenSpan);
        _body.ResetWrittenCount();
    }

    /// <summary>The same for a document that is a row already.</summary>
    /// <param name="kind">Insert, Upsert, UpsertIfMissing or Replace.</param>
    /// <param name="id">Its <c>_id</c>.</param>
    /// <param name="shape">The names of its fields; the same object for documents of one kind.</param>
    /// <param name="row">A valid row of <paramref name="shape"/>, as <see cref="DocWriter"/> writes it.</param>
    /// <param name="ifVersion">None when unconditional.</param>
    public void Add(WriteKind kind, DocumentId id, Shape shape, ReadOnlySpan<byte> row, DocumentVersion ifVersion = default)
    {
        Invariant.Holds(kind is WriteKind.Insert or WriteKind.Upsert or WriteKind.UpsertIfMissing or WriteKind.Replace);
        Span<byte> idKey = stackalloc byte[DocumentId.KeyBytesMax];
        AddRow(kind, idKey[..id.WriteKey(idKey)], ifVersion, shape, row);
    }

    public void AddPatch(DocumentId id, IReadOnlyList<PatchStep> steps, DocumentVersion ifVersion = default)
    {
        RowWriter.WriteSelfDescribed(PatchStepsDocument.Of(steps), _body);
        _body.WrittenSpan.CopyTo(AddHead(WriteKind.Patch, id, ifVersion, _body.WrittenCount));
        _body.ResetWrittenCount();
    }

    public void AddDelete(DocumentId id, DocumentVersion ifVersion = default) => _ = AddHead(WriteKind.Delete, id, ifVersion, bodyLength: 0);

    /// <summary>Copies the reader's current write, without decoding it.</summary>
    public void Copy(WritePageReader source)
    {
        if (source.HasRow)
        {
            AddRow(source.Kind, source.IdKey, source.IfVersion, source.Shape, source.UncheckedRow);
            return;
        }

        source.Body.CopyTo(AddHead(source.Kind, source.IdKey, source.IfVersion, source.Body.Length));
    }

    public byte[] Finish()
    {
        var page = GC.AllocateUninitializedArray<byte>(1 + _shapes.WrittenBytes + Varint.SizeOf(Count) + _writes.WrittenCount);
        page[0] = PageFormat.WritePageVersion;
        var used = 1 + _shapes.WriteTo(page.AsSpan(1));
        used += Varint.Write(page.AsSpan(used), (uint)Count);
        _writes.WrittenSpan.CopyTo(page.AsSpan(used));
        _shapes.Clear();
        _writes.ResetWrittenCount();
        Count = 0;
        return page;
    }

    private void AddRow(WriteKind kind, scoped ReadOnlySpan<byte> idKey, DocumentVersion ifVersion, Shape shape, ReadOnlySpan<byte> row)
    {
        var index = _shapes.IndexOf(shape);
        var target = AddHead(kind, idKey, ifVersion, Varint.SizeOf(index) + row.Length);
        var width = Varint.Write(target, (uint)index);
        row.CopyTo(target[width..]);
    }

    private Span<byte> AddHead(WriteKind kind, DocumentId id, DocumentVersion ifVersion, int bodyLength)
    {
        Span<byte> idKey = stackalloc byte[DocumentId.KeyBytesMax];
        return AddHead(kind, idKey[..id.WriteKey(idKey)], ifVersion, bodyLength);
    }

    /// <summary>Everything but the body, for which the room is returned.</summary>
    private Span<byte> AddHead(WriteKind kind, scoped ReadOnlySpan<byte> idKey, DocumentVersion ifVersion, int bodyLength)
    {
        var target = _writes.GetSpan(1 + (2 * Varint.BytesMax) + idKey.Length + sizeof(ulong) + bodyLength);
        target[0] = (byte)kind;
        var used = 1 + Varint.Write(target[1..], (uint)idKey.Length);
        idKey.CopyTo(target[used..]);
        used += idKey.Length;
        BinaryPrimitives.WriteUInt64LittleEndian(target[used..], ifVersion.Raw);
        used += sizeof(ulong);
        used += Varint.Write(target[used..], (uint)bodyLength);
        _writes.Advance(used + bodyLength);
        Count++;
        return target.Slice(used, bodyLength);
    }
}
