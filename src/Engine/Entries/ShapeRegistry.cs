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
    private volatile bool _hasUnnamed;
    private int _changes;
    private KnownNames? _names;

    public int Count => _shapes.Count;

    /// <summary>Names of fields at the top of any document, past or present; null when rows carry their own, so that nobody knows.</summary>
    public IReadOnlySet<string>? Names
    {
        get
        {
            if (_hasUnnamed) return null;
            var changes = Volatile.Read(ref _changes);
            if (Volatile.Read(ref _names) is { } known && known.Changes == changes) return known.Names;
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var shape in _shapes.Keys)
                if (!shape.Equals(RequestRecord.Shape)) names.UnionWith(shape.Names.ToArray());
            Volatile.Write(ref _names, new(changes, names));
            return names;
        }
    }

    /// <summary>The one object for this shape, or null when the registry is full and does not know it.</summary>
    public Shape? TryIntern(Shape shape)
    {
        if (shape.IsSelfDescribed)
        {
            _hasUnnamed = true;
            return Shape.SelfDescribed;
        }

        if (_shapes.TryGetValue(shape, out var known)) return known;
        if (_shapes.Count >= shapesMax)
        {
            _hasUnnamed = true;
            return null;
        }

        known = _shapes.GetOrAdd(shape, shape);
        Interlocked.Increment(ref _changes);
        return known;
    }

    /// <summary>For shapes read from disk: always an object, shared when there is room.</summary>
    public Shape Intern(Shape shape) => TryIntern(shape) ?? shape;

    private sealed record KnownNames(int Changes, HashSet<string> Names);
}
