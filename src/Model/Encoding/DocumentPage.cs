// Documents on the wire: names once per page, rows as they lie on disk. A partition copies rows in, a coordinator
// merges pages by memcmp of the order keys and copies rows on; only the client decodes. A page grows in a buffer that is rented until
// the page is finished: a megabyte that doubled from four kilobytes would be two of garbage, and garbage of that size is dear.
//
// The bytes are drawn in PageFormat.cs.

using System.Buffers;
using System.Buffers.Binary;

namespace IngoDB.Model;

/// <summary>Builds one page; reusable after <see cref="Finish"/>. One thread.</summary>
public sealed class DocumentPageWriter
{
    private const int BytesAtFirst = 4096;

    private readonly PageShapes _shapes = new();
    private byte[] _documents = [];
    private int _written;

    public int Count { get; private set; }

    public int ApproximateBytes => 16 + _shapes.ByteCount + _written;

    public void Add(ReadOnlySpan<byte> idKey, DocumentVersion version, Shape shape, ReadOnlySpan<byte> row, ReadOnlySpan<byte> orderKey = default)
    {
        var index = _shapes.IndexOf(shape);
        var target = Room((4 * Varint.BytesMax) + idKey.Length + sizeof(ulong) + row.Length + orderKey.Length);
        var used = PutWithLength(target, idKey);
        BinaryPrimitives.WriteUInt64LittleEndian(target[used..], version.Raw);
        used += sizeof(ulong);
        used += Varint.Write(target[used..], (uint)index);
        used += PutWithLength(target[used..], row);
        used += PutWithLength(target[used..], orderKey);
        _written += used;
        Count++;
    }

    public byte[] Finish()
    {
        var page = GC.AllocateUninitializedArray<byte>(1 + _shapes.WrittenBytes + Varint.SizeOf(Count) + _written);
        page[0] = PageFormat.DocumentPageVersion;
        var used = 1 + _shapes.WriteTo(page.AsSpan(1));
        used += Varint.Write(page.AsSpan(used), (uint)Count);
        _documents.AsSpan(0, _written).CopyTo(page.AsSpan(used));
        _shapes.Clear();
        if (_documents.Length > 0) ArrayPool<byte>.Shared.Return(_documents);
        (_documents, _written, Count) = ([], 0, 0);
        return page;
    }

    /// <summary>A page of one document, made in one piece.</summary>
    public static byte[] One(ReadOnlySpan<byte> idKey, DocumentVersion version, Shape shape, ReadOnlySpan<byte> row)
    {
        const int shapeIndexBytes = 1, orderKeyLengthBytes = 1, countBytes = 1;
        var encoded = shape.IsSelfDescribed ? default : shape.Encoded;
        var page = GC.AllocateUninitializedArray<byte>(1 + countBytes + encoded.Length + countBytes + Varint.SizeOf(idKey.Length) + idKey.Length
            + sizeof(ulong) + shapeIndexBytes + Varint.SizeOf(row.Length) + row.Length + orderKeyLengthBytes);
        page[0] = PageFormat.DocumentPageVersion;
        page[1] = shape.IsSelfDescribed ? (byte)0 : (byte)1;
        encoded.CopyTo(page.AsSpan(2));
        var used = 2 + encoded.Length;
        page[used++] = 1;
        used += PutWithLength(page.AsSpan(used), idKey);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(used), version.Raw);
        used += sizeof(ulong);
        page[used++] = shape.IsSelfDescribed ? (byte)PageFormat.SelfDescribedIndex : (byte)1;
        used += PutWithLength(page.AsSpan(used), row);
        page[used] = 0;
        return page;
    }

    private Span<byte> Room(int bytes)
    {
        if (_documents.Length - _written < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(BytesAtFirst, Math.Max(_written + bytes, 2 * _documents.Length)));
            _documents.AsSpan(0, _written).CopyTo(larger);
            if (_documents.Length > 0) ArrayPool<byte>.Shared.Return(_documents);
            _documents = larger;
        }

        return _documents.AsSpan(_written);
    }

    private static int PutWithLength(Span<byte> target, ReadOnlySpan<byte> bytes)
    {
        var width = Varint.Write(target, (uint)bytes.Length);
        bytes.CopyTo(target[width..]);
        return width + bytes.Length;
    }
}

/// <summary>Walks a page in place.</summary>
/// <remarks>The constructor checks the frame, so that moving needs no checks; rows are trusted (they come from a partition).</remarks>
public sealed class DocumentPageReader
{
    private readonly ReadOnlyMemory<byte> _page;
    private readonly Shape[] _shapes;
    private readonly int _documentsStart;
    private int _next;
    private int _moved;
    private Document? _fields;
    private (int Start, int Length) _idKey, _row, _orderKey;

    /// <exception cref="CorruptionException">Not a page.</exception>
    /// <exception cref="UnsupportedFormatException">A page of a newer program.</exception>
    public DocumentPageReader(ReadOnlyMemory<byte> page)
    {
        _page = page;
        var bytes = page.Span;
        if (bytes.IsEmpty) throw Broken(0, "empty");
        if (bytes[0] != PageFormat.DocumentPageVersion) throw new UnsupportedFormatException("document page", bytes[0], PageFormat.DocumentPageVersion);
        var position = 1;
        _shapes = PageShapes.Read(bytes, ref position);
        if (!Varint.TryRead(bytes, ref position, out var count)) throw Broken(position, "not a count of documents");
        Count = count;
        _documentsStart = position;
        for (var i = 0; i < count; i++) CheckDocument(bytes, ref position);
        if (position != bytes.Length) throw Broken(position, "bytes after the last document");
        _next = _documentsStart;
        Shape = Shape.SelfDescribed;
    }

    public int Count { get; }

    public DocumentVersion Version { get; private set; }

    public Shape Shape { get; private set; }

    public ReadOnlySpan<byte> IdKey => _page.Span.Slice(_idKey.Start, _idKey.Length);

    public ReadOnlySpan<byte> Row => _page.Span.Slice(_row.Start, _row.Length);

    /// <summary>The row, for as long as the page.</summary>
    public ReadOnlyMemory<byte> RowMemory => _page.Slice(_row.Start, _row.Length);

    public ReadOnlySpan<byte> OrderKey => _page.Span.Slice(_orderKey.Start, _orderKey.Length);

    public bool MoveNext()
    {
        if (_moved == Count) return false;
        var bytes = _page.Span;
        _idKey = ReadWithLength(bytes);
        Version = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[_next..]));
        _next += 8;
        Shape = _shapes[Varint.Read(bytes, ref _next)];
        _row = ReadWithLength(bytes);
        _orderKey = ReadWithLength(bytes);
        _moved++;
        _fields = null;
        return true;
    }

    public StoredDocument Decode() => new(DocumentId.ReadKey(IdKey), Version, _fields ??= new RowReader(Shape, Row).Decode());

    public static IReadOnlyList<StoredDocument> DecodeAll(ReadOnlyMemory<byte> page)
    {
        var reader = new DocumentPageReader(page);
        var documents = new List<StoredDocument>(reader.Count);
        while (reader.MoveNext()) documents.Add(reader.Decode());
        return documents;
    }

    private (int Start, int Length) ReadWithLength(ReadOnlySpan<byte> bytes)
    {
        var length = Varint.Read(bytes, ref _next);
        var start = _next;
        _next += length;
        return (start, length);
    }

    private void CheckDocument(ReadOnlySpan<byte> bytes, ref int position)
    {
        CheckLength(bytes, ref position, DocumentId.KeyBytesMax, "an id");
        if (bytes.Length - position < 8) throw Broken(position, "no room for a version");
        position += 8;
        if (!Varint.TryRead(bytes, ref position, out var shape) || shape >= _shapes.Length) throw Broken(position, "not a shape of this page");
        CheckLength(bytes, ref position, RowFormat.DocumentBytesMax, "a row");
        CheckLength(bytes, ref position, int.MaxValue, "an order key");
    }

    private static void CheckLength(ReadOnlySpan<byte> bytes, ref int position, int max, string what)
    {
        if (!Varint.TryRead(bytes, ref position, out var length) || length > max || length > bytes.Length - position) throw Broken(position, $"not the length of {what}");
        position += length;
    }

    private static CorruptionException Broken(int position, string detail) => new("document page", position, detail);
}
