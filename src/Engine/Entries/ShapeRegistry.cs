// Interns shapes, so that inside one engine equal shapes are one object: a compiled filter resolves its fields
// once per shape and then compares references. Bounded: once ShapesMax different ones are known, further ones
// are not interned, and writers fall back to self-described rows.

using System.Collections.Concurrent;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>The shapes of one engine. Thread-safe.</summary>
internal sealed class ShapeRegistry(int shapesMax = 4096)
{
    private readonly ConcurrentDictionary<Shape, Shape> _shapes = new();

    public int Count => _shapes.Count;

    /// <summary>The one object for this shape, or null when the registry is full and does not know it.</summary>
    public Shape? TryIntern(Shape shape)
    {
        if (shape.IsSelfDescribed) return Shape.SelfDescribed;
        if (_shapes.TryGetValue(shape, out var known)) return known;
        return _shapes.Count >= shapesMax ? null : _shapes.GetOrAdd(shape, shape);
    }

    /// <summary>For shapes read from disk: always an object, shared when there is room.</summary>
    public Shape Intern(Shape shape) => TryIntern(shape) ?? shape;
}
