// A page of documents from one collection repeats a few lists of field names. They are written once in front, and
// each row names its list by number; both sides of the wire number them in order of first appearance.

using System.Buffers;

namespace IngoDB.Model;

/// <summary>The shapes of one page, each written once; index 0 means a self-described row, the others count from 1.</summary>
internal sealed class PageShapes
{
    private readonly List<Shape> _shapes = [];
    private readonly Dictionary<Shape, int> _indexes = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private Shape? _latest;
    private int _latestIndex;

    public int ByteCount => _bytes.WrittenCount;

    public int IndexOf(Shape shape)
    {
        if (shape.IsSelfDescribed) return PageFormat.SelfDescribedIndex;
        if (ReferenceEquals(shape, _latest)) return _latestIndex;
        if (!_indexes.TryGetValue(shape, out var index))
        {
            _shapes.Add(shape);
            _indexes[shape] = index = _shapes.Count;
            shape.WriteTo(_bytes);
        }

        (_latest, _latestIndex) = (shape, index);
        return index;
    }

    /// <summary>The shape of the document, one that is here already when it fits.</summary>
    public Shape Of(Document document)
    {
        if (_latest?.Fits(document) == true) return _latest;
        var shape = Shape.Of(document);
        return _indexes.TryGetValue(shape, out var index) ? _shapes[index - 1] : shape;
    }

    /// <summary>How many bytes <see cref="WriteTo"/> writes.</summary>
    public int WrittenBytes => Varint.SizeOf(_shapes.Count) + _bytes.WrittenCount;

    public int WriteTo(Span<byte> target)
    {
        var written = Varint.Write(target, (uint)_shapes.Count);
        _bytes.WrittenSpan.CopyTo(target[written..]);
        return written + _bytes.WrittenCount;
    }

    public void Clear()
    {
        _shapes.Clear();
        _indexes.Clear();
        _bytes.ResetWrittenCount();
        _latest = null;
    }

    /// <exception cref="CorruptionException">Not the shapes of a page.</exception>
    public static Shape[] Read(ReadOnlySpan<byte> page, ref int position)
    {
        if (!Varint.TryRead(page, ref position, out var count) || count > page.Length - position)
            throw new CorruptionException("page", position, "not a count of shapes");
        var shapes = new Shape[count + 1];
        shapes[PageFormat.SelfDescribedIndex] = Shape.SelfDescribed;
        var rest = page[position..];
        for (var i = 1; i < shapes.Length; i++) shapes[i] = ShapeCache.Read(ref rest);
        position = page.Length - rest.Length;
        return shapes;
    }
}
