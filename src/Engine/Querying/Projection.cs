// `select` on encoded rows: the bytes of the wanted values are copied into a new row; nothing is decoded. Nested
// paths keep their nesting. A field that is not there is left out, so the shape of the result depends on the row; the
// same shape is the same object, so that whoever writes a page of these writes its names once.

using System.Buffers;
using System.Text;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Projects row after row. One thread at a time.</summary>
public sealed class Projection(IReadOnlyList<FieldPath> select)
{
    private readonly ProjectionTree _tree = ProjectionTree.Of(select);
    private readonly Dictionary<Shape, Shape> _shapes = [];
    private readonly List<string> _names = [];
    private readonly SequenceBuilder _values = new();
    private readonly ArrayBufferWriter<byte> _row = new(256);

    public Shape Shape { get; private set; } = Shape.SelfDescribed;

    public ReadOnlySpan<byte> Row => _row.WrittenSpan;

    public void Apply(Shape shape, ReadOnlySpan<byte> row)
    {
        var source = new RowReader(shape, row);
        _names.Clear();
        _values.Clear();
        foreach (var child in _tree.Children)
            if (TryAdd(child, source.Field(child.Name), _values)) _names.Add(child.Name);
        _row.ResetWrittenCount();
        _values.WriteTo(_row);
        Shape = Known();
    }

    private static bool TryAdd(ProjectionTree node, EncodedValue value, SequenceBuilder target)
    {
        if (value.IsMissing) return false;
        if (node.IsWhole)
        {
            target.Add(value.Tag, value.Payload);
            return true;
        }

        if (value.Kind != ValueKind.Document) return false;
        var names = new ArrayBufferWriter<byte>();
        var inner = new SequenceBuilder();
        foreach (var child in node.Children)
            if (TryAdd(child, value.Field(child.Name), inner)) WriteName(names, child.Name);
        if (inner.Count == 0) return false;

        var nested = new ArrayBufferWriter<byte>();
        WriteVarint(nested, inner.Count);
        nested.Write(names.WrittenSpan);
        inner.WriteTo(nested);
        target.Add((byte)ValueKind.Document, nested.WrittenSpan);
        return true;
    }

    private Shape Known()
    {
        var names = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_names);
        if (Shape.Names.SequenceEqual(names) && !Shape.IsSelfDescribed) return Shape;
        var shape = Shape.Of(names);
        if (_shapes.TryGetValue(shape, out var known)) return known;
        _shapes.Add(shape, shape);
        return shape;
    }

    private static void WriteName(ArrayBufferWriter<byte> target, string name)
    {
        WriteVarint(target, Encoding.UTF8.GetByteCount(name));
        Encoding.UTF8.GetBytes(name, target);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> target, int value) => target.Advance(Varint.Write(target.GetSpan(5), (uint)value));
}
