// What a traversal remembers, so that it ends and does nothing twice: which documents it has been to, which values
// it has joined, and, only when asked for paths without repetition, the way each walker came.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The way a walker came, newest node first; shared between walkers that came the same way.</summary>
internal sealed record Trail(string Collection, DocumentId Id, Trail? Before)
{
    public bool Holds(string collection, DocumentId id)
    {
        for (var at = this; at is not null; at = at.Before)
            if (at.Id == id && at.Collection == collection) return true;
        return false;
    }
}

/// <summary>
/// Which nodes count. Global: each document once, at the depth where it is first reached (at that depth it may serve
/// several hops); path: not twice on one trail; none: always.
/// </summary>
internal sealed class TraversalVisits(UniqueMode unique)
{
    private readonly HashSet<(string Collection, DocumentId Id)> _earlier = [];
    private readonly HashSet<(string Collection, DocumentId Id)> _now = [];

    public long Count => _earlier.Count + _now.Count;

    public bool MayVisit(string collection, DocumentId id, Trail? trail) => unique switch
    {
        UniqueMode.Global => !_earlier.Contains((collection, id)),
        UniqueMode.Path => trail is null || !trail.Holds(collection, id),
        _ => true,
    };

    public void Visit(string collection, DocumentId id) => _now.Add((collection, id));

    public void EndDepth()
    {
        if (unique == UniqueMode.Global) _earlier.UnionWith(_now);
        _now.Clear();
    }
}

/// <summary>The values that one hop has joined at earlier depths: they found the same documents then, and under global uniqueness all of those are visited.</summary>
internal sealed class JoinedValues
{
    private readonly HashSet<Value> _earlier = [];
    private readonly List<Value> _now = [];

    /// <summary>Takes out of a frontier what need not be asked again.</summary>
    public void Strike<TWalkers>(Dictionary<Value, TWalkers> waiting)
    {
        foreach (var value in waiting.Keys)
        {
            if (_earlier.Contains(value)) waiting.Remove(value);
            else _now.Add(value);
        }
    }

    public void EndDepth()
    {
        _earlier.UnionWith(_now);
        _now.Clear();
    }
}
