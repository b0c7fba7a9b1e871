// Which links are worth having. A walk that has to ask for documents value by value notes what it looked at, for each link that would
// have spared it; once that comes to what making the link costs (going through the rows of both collections), the background makes
// it. So links are learned like indexes, and never cost more than twice what the walks would have cost anyway. A link that was made
// and used goes on collecting, so that it is made again at once when its tables are gone, and not when nobody walks any more.
//
//   walk ─► examined ─► credit of its links ─► ≥ cost ─► made beside ─► next walk
//                                   ▲                       │
//                                   └── tables merged away ◄┘ (forgotten)
//
// Links are kept in memory only, within a number of bytes: those that were used longest ago go first. They are made of tables; what is
// in memory each walk adds itself, up to a share (LaterDocuments).

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>The links of an engine. Thread-safe.</summary>
/// <param name="bytesMax">Of all links together; 0: none are made.</param>
/// <param name="costPerRow">What making one costs, in documents that a walk examines for each row of its collections.</param>
internal sealed class KeptLinks(long bytesMax, double costPerRow)
{
    private const int CandidatesMax = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<LinkName, Candidate> _candidates = [];
    private long _uses;

    private sealed class Candidate
    {
        public Link? Link;
        public double Credit;
        public long LastUse;

        /// <summary>It could not be made of these. Names, since a table lives as long as somebody holds it.</summary>
        public ImmutableArray<TableId> Refused = [];
    }

    /// <summary>Whether links are made at all.</summary>
    public bool IsOn => bytesMax > 0;

    /// <summary>Those that there are, and how much memory each takes.</summary>
    public IReadOnlyList<(LinkName Name, long Bytes)> All
    {
        get
        {
            lock (_gate) return [.. _candidates.Where(c => c.Value.Link is not null).Select(c => (c.Key, c.Value.Link!.Bytes))];
        }
    }

    public Link? Find(LinkName name)
    {
        lock (_gate)
        {
            if (!_candidates.TryGetValue(name, out var candidate) || candidate.Link is null) return null;
            candidate.LastUse = ++_uses;
            return candidate.Link;
        }
    }

    /// <summary>A walk over these links has examined so many documents, with or without them.</summary>
    public void Note(IEnumerable<LinkName> names, long examined)
    {
        lock (_gate)
        {
            foreach (var name in names)
            {
                if (!_candidates.TryGetValue(name, out var candidate))
                {
                    if (_candidates.Count >= CandidatesMax) _candidates.Remove(_candidates.MinBy(c => c.Value.LastUse).Key);
                    _candidates[name] = candidate = new();
                }

                candidate.LastUse = ++_uses;
                candidate.Credit += examined;
            }
        }
    }

    /// <summary>Makes the next link that is worth it.</summary>
    /// <returns>Its name; null when there is none.</returns>
    /// <exception cref="CorruptionException">A block of a table is damaged; it is not tried again with the same tables.</exception>
    public (LinkName Name, Link? Link)? MakeNext(EngineState state, CancellationToken cancellationToken)
    {
        if (!IsOn || NextIn(state) is not { } name) return null;
        var (from, to) = (CollectionMap.TablesOf(state, name.From), CollectionMap.TablesOf(state, name.To));
        Link? link = null;
        try
        {
            link = new LinkBuilder(name, from, to, bytesMax, cancellationToken).Build();
        }
        finally
        {
            Keep(name, link, TablesIn(from, to), CostOf(state, name));
        }

        return (name, link);
    }

    /// <summary>Walks do without it, since too much was written after it was made, or it does not go together with a later one; it may be made anew.</summary>
    public void Outgrown(Link link)
    {
        lock (_gate)
        {
            foreach (var candidate in _candidates.Values)
                if (ReferenceEquals(candidate.Link, link)) candidate.Link = null;
        }
    }

    /// <summary>The table is no longer part of the newest state. Walks that use it go on.</summary>
    public void Forget(TableId table)
    {
        lock (_gate)
        {
            foreach (var candidate in _candidates.Values)
                if (candidate.Link is { } link && (Holds(link.From) || Holds(link.To))) candidate.Link = null;
        }

        bool Holds(CollectionMap map) => map.Tables.Any(held => held.Info.Id == table);
    }

    private LinkName? NextIn(EngineState state)
    {
        lock (_gate)
        {
            foreach (var (name, candidate) in _candidates)
            {
                if (candidate.Link is not null || candidate.Credit < CostOf(state, name)) continue;
                var tables = TablesIn(CollectionMap.TablesOf(state, name.From), CollectionMap.TablesOf(state, name.To));
                if (!tables.IsEmpty && !tables.SequenceEqual(candidate.Refused)) return name;
            }

            return null;
        }
    }

    private void Keep(LinkName name, Link? link, ImmutableArray<TableId> tables, double cost)
    {
        lock (_gate)
        {
            if (!_candidates.TryGetValue(name, out var candidate)) return;
            (candidate.Link, candidate.Refused) = (link, link is null ? tables : []);
            candidate.Credit -= Math.Min(candidate.Credit, cost);
            while (_candidates.Values.Sum(c => c.Link?.Bytes ?? 0) > bytesMax)
                _candidates.Values.Where(c => c.Link is not null).MinBy(c => c.LastUse)!.Link = null;
        }
    }

    private double CostOf(EngineState state, LinkName name)
        => costPerRow * (RowsOf(state, name.From) + (name.From == name.To ? 0 : RowsOf(state, name.To)));

    private static long RowsOf(EngineState state, CollectionId collection)
    {
        var rows = 0L;
        foreach (var table in state.Tables) rows += QuerySources.RowsIn(table, collection);
        return rows;
    }

    private static ImmutableArray<TableId> TablesIn(ImmutableArray<Sstable> from, ImmutableArray<Sstable> to) => [.. from.Concat(to).Select(table => table.Info.Id)];
}
