// The reading side of WritePage.cs. The bytes come from outside, so nothing is believed: every length is checked
// before it is used, every id is a real id, and a row is proved by RowWriter.Validate when it is first asked for
// (a coordinator that only copies it never asks; the partition always does).

using System.Buffers.Binary;
using System.Text.Unicode;

namespace IngoDB.Model;

/// <summary>Walks a page in place. Untrusted bytes: every length is checked, and rows with RowWriter.Validate when <see cref="Row"/> is first asked for.</summary>
public sealed class WritePageReader
{
    private readonly ReadOnlyMemory<byte> _page;
    private readonly Shape[] _shapes;
    private int _next;
    private int _moved;
    private bool _rowIsValid;
    private (int Start, int Length) _idKey, _body, _row;

    /// <exception cref="InvalidRequestException"><c>write.bad_page</c>.</exception>
    public WritePageReader(ReadOnlyMemory<byte> page)
    {
        _page = page;
        Shape = Shape.SelfDescribed;
        var bytes = page.Span;
        if (bytes.IsEmpty || bytes[0] != PageFormat.WritePageVersion) throw Broken(0, $"its format is not {PageFormat.WritePageVersion}");
        _next = 1;
        try
        {
            _shapes = PageShapes.Read(bytes, ref _next);
        }
        catch (CorruptionException error)
        {
            throw Broken(_next, error.Message);
        }

        foreach (var shape in _shapes)
            foreach (var name in shape.Names)
                if (ReservedFields.Contains(name)) throw ReservedFields.Refused(name);
        if (!Varint.TryRead(bytes, ref _next, out var count) || count > bytes.Length - _next) throw Broken(_next, "not a count of writes");
        Count = count;
    }

    public int Count { get; }

    public WriteKind Kind { get; private set; }

    /// <summary>None when unconditional.</summary>
    public DocumentVersion IfVersion { get; private set; }

    public Shape Shape { get; private set; }

    public ReadOnlySpan<byte> IdKey => _page.Span.Slice(_idKey.Start, _idKey.Length);

    /// <summary>The kinds that carry a document.</summary>
    public bool HasRow => Kind is WriteKind.Insert or WriteKind.Upsert or WriteKind.UpsertIfMissing or WriteKind.Replace;

    /// <summary>The validated row.</summary>
    /// <exception cref="InvalidRequestException"><c>write.bad_page</c>.</exception>
    public ReadOnlyMemory<byte> Row
    {
        get
        {
            Invariant.Holds(HasRow);
            if (!_rowIsValid) ValidateRow();
            _rowIsValid = true;
            return _page.Slice(_row.Start, _row.Length);
        }
    }

    /// <exception cref="InvalidRequestException"><c>write.bad_page</c>, or a step that is not one.</exception>
    public IReadOnlyList<PatchStep> Steps
    {
        get
        {
            Invariant.Holds(Kind == WriteKind.Patch);
            Validate(Shape.SelfDescribed, Body);
            return PatchStepsDocument.Read(new RowReader(Shape.SelfDescribed, Body).Decode());
        }
    }

    internal ReadOnlySpan<byte> Body => _page.Span.Slice(_body.Start, _body.Length);

    internal ReadOnlySpan<byte> UncheckedRow => _page.Span.Slice(_row.Start, _row.Length);

    /// <exception cref="InvalidRequestException"><c>write.bad_page</c>.</exception>
    public bool MoveNext()
    {
        var bytes = _page.Span;
        if (_moved == Count)
        {
            if (_next != bytes.Length) throw Broken(_next, "bytes after the last write");
            return false;
        }

        if (_next >= bytes.Length || (WriteKind)bytes[_next] is < WriteKind.Insert or > WriteKind.Delete) throw Broken(_next, "not a kind of write");
        Kind = (WriteKind)bytes[_next++];
        _idKey = ReadWithLength(bytes, DocumentId.KeyBytesMax);
        if (!IsIdKey(IdKey)) throw Broken(_idKey.Start, "not an _id");
        if (bytes.Length - _next < 8) throw Broken(_next, "no room for a version");
        IfVersion = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[_next..]));
        _next += 8;
        _body = ReadWithLength(bytes, RowFormat.DocumentBytesMax + Varint.BytesMax);
        ReadBody(bytes);
        _moved++;
        return true;
    }

    private void ReadBody(ReadOnlySpan<byte> bytes)
    {
        (_rowIsValid, Shape, _row) = (false, Shape.SelfDescribed, default);
        if (Kind == WriteKind.Delete && _body.Length > 0) throw Broken(_body.Start, "a delete has no body");
        if (!HasRow) return;
        var position = _body.Start;
        if (!Varint.TryRead(bytes[..(_body.Start + _body.Length)], ref position, out var index) || index >= _shapes.Length)
            throw Broken(position, "not a shape of this page");
        Shape = _shapes[index];
        _row = (position, _body.Start + _body.Length - position);
    }

    private (int Start, int Length) ReadWithLength(ReadOnlySpan<byte> bytes, int max)
    {
        if (!Varint.TryRead(bytes, ref _next, out var length) || length > max || length > bytes.Length - _next) throw Broken(_next, "a length is out of range");
        var start = _next;
        _next += length;
        return (start, length);
    }

    private void ValidateRow()
    {
        Validate(Shape, UncheckedRow);
        if (!Shape.IsSelfDescribed) return;
        var fields = new EncodedFields(UncheckedRow);
        if (!fields.Field(FieldNames.Id).IsMissing) throw ReservedFields.Refused(FieldNames.Id);
        if (!fields.Field(FieldNames.Version).IsMissing) throw ReservedFields.Refused(FieldNames.Version);
    }

    private static bool IsIdKey(ReadOnlySpan<byte> key) => key.Length > 1 && (ValueKind)key[0] switch
    {
        ValueKind.Uuid => key.Length == 17,
        ValueKind.String => Utf8.IsValid(key[1..]),
        _ => false,
    };

    private static void Validate(Shape shape, ReadOnlySpan<byte> row)
    {
        try
        {
            RowWriter.Validate(shape, row);
        }
        catch (CorruptionException error)
        {
            throw Broken((int)error.Offset, error.Message);
        }
    }

    private static InvalidRequestException Broken(int position, string detail)
        => new("write.bad_page", $"Not a page of writes: {detail} (at byte {position}).", suggestion: "Build pages with WritePageWriter of the same version");
}
