// `select` on encoded rows: the bytes of the wanted values are copied into a new row; nothing is decoded. Nested
// paths keep their nesting. A field that is not there is left out, so the shape of the result depends on the row; the
// same shape is the same object, so that whoever writes a page of these writes its names once.
//
// Where whole fields are selected, which are there and where they stand is the same for all rows of a shape: that is found once for
// each shape, and a row is then copied from one place to another (FlatPlan).

using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Projects row after row. One thread at a time.</summary>
public sealed class Projection(IReadOnlyList<FieldPath> select)
{
    private readonly ProjectionTree _tree = ProjectionTree.Of(select);
    private readonly bool _isFlat = ProjectionTree.Of(select).Children.All(child => child.IsWhole);
    private readonly Dictionary<Shape, Shape> _shapes = [];
    private readonly Dictionary<Shape, FlatPlan?> _plans = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _names = [];
    private readonly SequenceBuilder _values = new();
    private readonly ArrayBufferWriter<byte> _row = new(256);
    private Shape? _planned;
    private FlatPlan? _plan;

    /// <summary>Whole fields of rows of one shape, in the order of the selection, and the shape that they have then.</summary>
    private sealed record FlatPlan(int[] Ordinals, Shape Result);

    public Shape Shape { get; private set; } = Shape.SelfDescribed;

    public ReadOnlySpan<byte> Row => _row.WrittenSpan;

    /// <summary>Nothing of a field is left out.</summary>
    internal bool IsFlat => _isFlat;

    /// <summary>Top-level fields of which something is selected, in the order of the selection.</summary>
    internal IReadOnlyList<string> Fields { get; } = [.. ProjectionTree.Of(select).Children.Select(child => child.Name)];

    /// <summary>The shape of documents with these fields: the same object for the same fields.</summary>
    internal Shape ShapeOf(ReadOnlySpan<string> names) => Known(names);

    public void Apply(Shape shape, ReadOnlySpan<byte> row)
    {
        if (!ReferenceEquals(shape, _planned)) PlanFor(shape);
        if (_plan is { } plan) Copy(plan, new(shape, row));
        else Build(new(shape, row));
    }

    private void PlanFor(Shape shape)
    {
        _planned = shape;
        _plan = null;
        if (!_isFlat || shape.IsSelfDescribed || _plans.TryGetValue(shape, out _plan)) return;
        var there = _tree.Children.Where(child => shape.OrdinalOf(child.Name) >= 0).ToList();
        _plan = new([.. there.Select(child => shape.OrdinalOf(child.Name))], Known([.. there.Select(child => child.Name)]));
        _plans[shape] = _plan;
    }

    private void Copy(FlatPlan plan, RowReader source)
    {
        var (count, payload) = (plan.Ordinals.Length, 0);
        foreach (var ordinal in plan.Ordinals)
        {
            if (source[ordinal].IsMissing)
            {
                Build(source); // a row that an index carries has a place for every field, also for one that is not there
                return;
            }

            payload += source[ordinal].Payload.Length;
        }

        var width = SequenceBuilder.WidthOf(payload);
        _row.ResetWrittenCount();
        var target = _row.GetSpan(1 + (count * (1 + width)) + payload);
        target[0] = (byte)width;
        var ends = target.Slice(1 + count, count * width);
        var first = 1 + (count * (1 + width));
        var at = first;
        for (var i = 0; i < count; i++)
        {
            var value = source[plan.Ordinals[i]];
            target[1 + i] = value.Tag;
            value.Payload.CopyTo(target[at..]);
            at += value.Payload.Length;
            SequenceBuilder.WriteEnd(ends[(i * width)..], width, at - first);
        }

        _row.Advance(at);
        Shape = plan.Result;
    }

    private void Build(RowReader source)
    {
        _names.Clear();
        _values.Clear();
        foreach (var child in _tree.Children)
            if (TryAdd(child, source.Field(child.Name), _values)) _names.Add(child.Name);
        _row.ResetWrittenCount();
        _values.WriteTo(_row);
        if (!Shape.Names.SequenceEqual(CollectionsMarshal.AsSpan(_names)) || Shape.IsSelfDescribed) Shape = Known(CollectionsMarshal.AsSpan(_names));
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

    private Shape Known(ReadOnlySpan<string> names)
    {
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
