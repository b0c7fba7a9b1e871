// Which traversals links can answer, which links a traversal needs, and its walk if all of them are there.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>A traversal and the links it steps by. One thread at a time.</summary>
internal sealed class LinkPlan
{
    /// <summary>Entries that a walk takes in beside a map, as a share of its documents, and at least.</summary>
    private const int LaterShare = 8;
    private const int LaterMin = 1_000;

    private readonly TraverseQuery _query;
    private readonly StagePlan _stages;
    private readonly List<CollectionId> _collections = [];
    private readonly List<string> _names = [];
    private readonly int[] _collectionOf;
    private readonly Dictionary<(int From, int Hop), LinkName> _links = [];

    private LinkPlan(TraverseQuery query, Func<string, CollectionId?> collections)
    {
        (_query, _stages) = (query, StagePlan.Once(query.Hops));
        _collectionOf = new int[_stages.Count];
        for (var stage = 0; stage < _stages.Count; stage++)
        {
            var name = stage == StagePlan.Start ? query.From : query.Hops[_stages.HopOf(stage)].To.Collection;
            if (!_names.Contains(name, StringComparer.Ordinal))
            {
                _names.Add(name);
                _collections.Add(collections(name) ?? default);
            }

            _collectionOf[stage] = _names.IndexOf(name);
        }

        for (var stage = 0; stage < _stages.Count; stage++)
            foreach (var next in _stages.Next(stage)) _links[(_collectionOf[stage], _stages.HopOf(next))] = NameOf(_collectionOf[stage], query.Hops[_stages.HopOf(next)]);
    }

    public IEnumerable<LinkName> Links => _links.Values.Distinct();

    /// <summary>Null when links cannot answer it: it needs who came from whom, or a budget; or a collection does not exist.</summary>
    public static LinkPlan? Of(TraverseQuery query, Func<string, CollectionId?> collections)
    {
        var isPlain = query is { Emit: EmitMode.Nodes, Order: TraverseOrder.Bfs, Unique: not UniqueMode.Path, Budget: null } && query.Hops.All(hop => hop.Fanout is null);
        if (!isPlain) return null;
        var plan = new LinkPlan(query, collections);
        return plan._collections.Contains(default) ? null : plan;
    }

    /// <summary>The walk; null when a link is not there, or does not fit the state at the read point.</summary>
    /// <param name="startOf">Documents of a collection that satisfy a filter.</param>
    /// <param name="ended">Told once how many documents were examined.</param>
    public DocumentStream? Open(KeptLinks kept, EngineState state, ReadPoint at, Func<CollectionId, Filter, DocumentStream> startOf, Action<long> ended, CancellationToken cancellationToken)
    {
        var links = new Dictionary<LinkName, Link>();
        foreach (var name in Links)
        {
            if (kept.Find(name) is not { } link) return null;
            links[name] = link;
        }

        var counters = new ReadCountersBox();
        var (maps, later) = (new CollectionMap[_collections.Count], new LaterDocuments[_collections.Count]);
        for (var i = 0; i < maps.Length; i++)
        {
            maps[i] = MapOf(_collections[i], links);
            if (!maps[i].TryFindBeside(state, at, out var beside)) return null;
            if (LaterDocuments.Of(maps[i], state, at, beside, LaterMin + (maps[i].Count / LaterShare), counters) is not { } found)
            {
                if (beside.Length > 0) Outgrown(kept, maps[i], links);
                return null;
            }

            later[i] = found;
        }

        // Links that were made at different times may number the documents of a collection differently; the earlier ones are made anew.
        if (links.Any(link => !IsSame(link.Value.From, link.Key.From) || !IsSame(link.Value.To, link.Key.To)))
        {
            foreach (var link in links.Values)
                if (!link.From.IsAllOf(state) || !link.To.IsAllOf(state)) kept.Outgrown(link);
            return null;
        }

        bool IsSame(CollectionMap map, CollectionId collection) => map.Tables.SequenceEqual(maps[_collections.IndexOf(collection)].Tables);

        var steps = _links.ToDictionary(link => link.Key, link => new Step(links[link.Value], later[link.Key.From], later[CollectionTo(link.Key.Hop)], _query.Hops[link.Key.Hop]));
        var linked = _names.Select((name, i) => new LinkedCollection(name, maps[i], later[i], counters)).ToArray();
        var walk = new LinkWalk(_query, _stages, linked, _collectionOf, (from, to) => steps[(_collectionOf[from], _stages.HopOf(to))]);
        return new LinkStream(walk, linked, () => Start(linked[0], startOf), _query, counters, ended, cancellationToken);
    }

    private static void Outgrown(KeptLinks kept, CollectionMap map, Dictionary<LinkName, Link> links)
    {
        foreach (var link in links.Values)
            if (ReferenceEquals(link.From, map) || ReferenceEquals(link.To, map)) kept.Outgrown(link);
    }

    private int CollectionTo(int hop) => _names.IndexOf(_query.Hops[hop].To.Collection);

    private LinkName NameOf(int from, Hop hop) => new(_collections[from], hop.Field.Text, _collections[CollectionTo(hop)], hop.To.Field.Text);

    private int CollectionTo(Hop hop) => _names.IndexOf(hop.To.Collection);

    private static CollectionMap MapOf(CollectionId collection, Dictionary<LinkName, Link> links)
    {
        foreach (var (name, link) in links)
        {
            if (name.From == collection) return link.From;
            if (name.To == collection) return link.To;
        }

        throw new InvariantViolationException("every collection of a traversal is an end of a link");
    }

    private ulong[] Start(LinkedCollection collection, Func<CollectionId, Filter, DocumentStream> startOf)
    {
        var documents = collection.Rent();
        if (_query.Start is not { } where)
        {
            collection.SetAll(documents);
            return documents;
        }

        using var found = startOf(_collections[0], where);
        while (found.MoveNext())
        {
            var number = collection.Find(found.IdKey);
            documents[number >> 6] |= 1UL << number;
        }

        return documents;
    }
}
