using IngoDB.Model;

namespace IngoDB.Engine.Memtables;

/// <summary>The shapes of one memtable by number. One writer; a reader resolves every number it finds in a published entry.</summary>
internal sealed class MemtableShapes
{
    private readonly Dictionary<Shape, int> _numbers = [];
    private Shape[] _shapes = [Shape.SelfDescribed];
    private int _count = 1;
    private Shape _latest = Shape.SelfDescribed;
    private int _latestNumber;

    public Shape this[int number] => Volatile.Read(ref _shapes)[number];

    /// <summary>Writer only.</summary>
    public int NumberOf(Shape shape)
    {
        if (ReferenceEquals(shape, _latest)) return _latestNumber;
        if (shape.IsSelfDescribed) return 0;
        if (!_numbers.TryGetValue(shape, out var number)) number = Add(shape);
        (_latest, _latestNumber) = (shape, number);
        return number;
    }

    private int Add(Shape shape)
    {
        var shapes = _shapes;
        if (_count == shapes.Length) Array.Resize(ref shapes, _count * 2);
        shapes[_count] = shape;
        Volatile.Write(ref _shapes, shapes);
        _numbers.Add(shape, _count);
        return _count++;
    }
}
