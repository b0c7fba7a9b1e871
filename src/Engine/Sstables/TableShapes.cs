// Documents with the same field names in the same order share a shape, and most collections have a handful. A table
// writes each once and its rows carry a number, so names cost nothing per row. The numbers are the table's own; in
// memory the registry makes equal shapes one object again.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Gives each shape of a table its number while the table is written: 0 self-described, else in order of appearance.</summary>
internal sealed class TableShapesBuilder
{
    private readonly Dictionary<Shape, int> _numbers = [];
    private readonly SectionWriter _names = new();
    private Shape _latest = Shape.SelfDescribed;
    private int _latestNumber;

    public int NumberOf(Shape shape)
    {
        if (ReferenceEquals(shape, _latest)) return _latestNumber;
        if (shape.IsSelfDescribed) return 0;
        if (!_numbers.TryGetValue(shape, out var number))
        {
            number = _numbers.Count + 1;
            _numbers.Add(shape, number);
            _names.WriteShape(shape);
        }

        (_latest, _latestNumber) = (shape, number);
        return number;
    }

    public ReadOnlySpan<byte> Finish()
    {
        var section = new SectionWriter();
        section.WriteCount(_numbers.Count);
        section.Write(_names.Written);
        return section.Written;
    }
}

/// <summary>The shapes section, read.</summary>
internal static class TableShapes
{
    /// <summary>By number; each one object per engine, as far as the registry has room.</summary>
    public static Shape[] Read(SectionReader source, ShapeRegistry registry)
    {
        var shapes = new Shape[source.ReadCount(itemBytesMin: 1) + 1];
        shapes[0] = Shape.SelfDescribed;
        for (var i = 1; i < shapes.Length; i++) shapes[i] = registry.Intern(source.ReadShape());
        source.ExpectEnd();
        return shapes;
    }
}
