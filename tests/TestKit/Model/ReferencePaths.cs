// The least paths as anybody would find them who had endless time: all of them are walked, added up and sorted.

using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>Naive shortest paths over plain documents; weights are integers or missing. Thread-safe; the documents do not change.</summary>
public sealed class ReferencePaths(ReferenceJoins documents)
{
    public ReferencePaths(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> collections)
        : this(new ReferenceJoins(collections))
    {
    }

    private sealed record Place(string Collection, StoredDocument Document, int Hop, int Repetition, bool IsPruned)
    {
        public (string, DocumentId, int, int, bool) Key => (Collection, Document.Id, Hop, Repetition, IsPruned && Hop >= 0);
    }

    public List<Document> Find(PathQuery query)
    {
        // A single hop that may be taken once is repeated anyway.
        var hops = query.Hops is [{ Min: <= 1 } only] ? [only with { Min = 1, Max = 1 }] : query.Hops;
        var found = new List<(long Cost, List<(Place Place, int HopTaken)> Path)>();
        foreach (var start in documents.Of(query.From).Where(d => FilterEvaluator.Matches(query.Start, d)))
            Walk(query, hops, [(new(query.From, start, -1, 0, false), -1)], 0, found);
        found.Sort((left, right) => Compare(left, right));
        return [.. found.Take(query.K).Select(path => Made(query, path))];
    }

    private void Walk(PathQuery query, IReadOnlyList<Hop> hops, List<(Place Place, int HopTaken)> path, long cost, List<(long, List<(Place, int)>)> found)
    {
        var at = path[^1].Place;
        if (IsEnd(hops, at) && FilterEvaluator.Matches(query.Goal, at.Document)) found.Add((cost, [.. path]));
        if (path.Count > query.Depth || at.IsPruned) return;
        foreach (var (hop, repetition) in After(hops, at))
        {
            var neighbours = documents.Holding(hops[hop].To.Collection, hops[hop].To.Field, ReferenceJoins.Elements(hops[hop].Field, at.Document))
                .Where(d => FilterEvaluator.Matches(hops[hop].Where, d)).Take(hops[hop].Fanout ?? int.MaxValue);
            foreach (var document in neighbours)
            {
                var pruned = hops[hop].Prune is { } prune && FilterEvaluator.Matches(prune, document);
                var isRoundEnd = hop == hops.Count - 1 && repetition == hops[hop].Max && !pruned;
                var place = isRoundEnd ? new Place(hops[hop].To.Collection, document, -1, 0, false) : new(hops[hop].To.Collection, document, hop, repetition, pruned);
                if (path.Exists(before => before.Place.Key == place.Key)) continue;
                var weight = query.Weight is null ? Value.Missing : query.Weight.In(document);
                path.Add((place, hop));
                Walk(query, hops, path, cost + (weight.IsNumber ? weight.AsInt64() : 0), found);
                path.RemoveAt(path.Count - 1);
            }
        }
    }

    private static IEnumerable<(int Hop, int Repetition)> After(IReadOnlyList<Hop> hops, Place at)
    {
        if (at.Hop >= 0 && at.Repetition < hops[at.Hop].Max) yield return (at.Hop, at.Repetition + 1);
        if (at.Hop >= 0 && at.Repetition < hops[at.Hop].Min) yield break;
        for (var passed = 1; passed <= hops.Count; passed++)
        {
            var next = (at.Hop + passed) % hops.Count;
            yield return (next, 1);
            if (hops[next].Min > 0) yield break;
        }
    }

    private static bool IsEnd(IReadOnlyList<Hop> hops, Place at)
        => at.Hop < 0 || (at.Repetition >= hops[at.Hop].Min && hops.Skip(at.Hop + 1).All(hop => hop.Min == 0));

    private static int Compare((long Cost, List<(Place Place, int HopTaken)> Path) left, (long Cost, List<(Place Place, int HopTaken)> Path) right)
    {
        var order = left.Cost.CompareTo(right.Cost);
        if (order == 0) order = left.Path.Count.CompareTo(right.Path.Count);
        for (var i = 0; order == 0 && i < left.Path.Count; i++)
        {
            var (l, r) = (left.Path[i], right.Path[i]);
            order = l.Place.Document.Id.CompareTo(r.Place.Document.Id);
            if (order == 0) order = string.CompareOrdinal(l.Place.Collection, r.Place.Collection);
            if (order == 0) order = l.HopTaken.CompareTo(r.HopTaken);
        }

        return order;
    }

    private static Document Made(PathQuery query, (long Cost, List<(Place Place, int HopTaken)> Path) path)
    {
        var nodes = path.Path.Select(at => Value.From(Document.Of(("collection", at.Place.Collection), ("_id", at.Place.Document.Id.ToValue()))));
        var edges = path.Path.Skip(1).Select(at => Value.From(query.Hops[at.HopTaken].Label is { } label ? Document.Of(("hop", at.HopTaken), ("label", label)) : Document.Of(("hop", at.HopTaken))));
        var made = Document.Of(("nodes", Value.From([.. nodes])), ("edges", Value.From([.. edges])), ("depth", path.Path.Count - 1));
        return query.Weight is null ? made : made.With("weight", path.Cost);
    }
}
