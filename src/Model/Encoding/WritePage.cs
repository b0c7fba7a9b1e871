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

    public void AddPatch(DocumentId id, IReadOnlyList<PatchStep> steps, DocumentVersion ifVersion = default)
    {
        RowWriter.WriteSelfDescribed(PatchStepsDocument.Of(steps), _body);
        AddHead(WriteKind.Patch, id, ifVersion, _body.WrittenCount);
        _writes.Write(_body.WrittenSpan);
        _body.ResetWrittenCount();
    }

    public void AddDelete(DocumentId id, DocumentVersion ifVersion = default) => AddHead(WriteKind.Delete, id, ifVersion, bodyLength: 0);

    /// <summary>Copies the reader's current write, without decoding it.</summary>
    public void Copy(WritePageReader source)
    {
        if (source.HasRow)
        {
            AddRow(source.Kind, source.IdKey, source.IfVersion, source.Shape, source.UncheckedRow);
            return;
        }

        AddHead(source.Kind, source.IdKey, source.IfVersion, source.Body.Length);
        _writes.Write(source.Body);
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

    private void AddRow(WriteKind kind, ReadOnlySpan<byte> idKey, DocumentVersion ifVersion, Shape shape, ReadOnlySpan<byte> row)
    {
        Span<byte> index = stackalloc byte[Varint.BytesMax];
        index = index[..Varint.Write(index, (uint)_shapes.IndexOf(shape))];
        AddHead(kind, idKey, ifVersion, index.Length + row.Length);
        _writes.Write(index);
        _writes.Write(row);
    }

    private void AddHead(WriteKind kind, DocumentId id, DocumentVersion ifVersion, int bodyLength)
    {
        Span<byte> idKey = stackalloc byte[DocumentId.KeyBytesMax];
        AddHead(kind, idKey[..id.WriteKey(idKey)], ifVersion, bodyLength);
    }

    private void AddHead(WriteKind kind, ReadOnlySpan<byte> idKey, DocumentVersion ifVersion, int bodyLength)
    {
        _writes.Write([(byte)kind]);
        Varint.Write(_writes, idKey.Length);
        _writes.Write(idKey);
        BinaryPrimitives.WriteUInt64LittleEndian(_writes.GetSpan(8), ifVersion.Raw);
        _writes.Advance(8);
        Varint.Write(_writes, bodyLength);
        Count++;
    }
}
