// Traversals as anybody would write them who had an afternoon and endless memory: every walk is an object that knows where it
// came from, neighbours are found by looking at all documents, and walks are compared by going along them. Whatever the engine
// does with numbers, bits and joins of whole frontiers, its answers must be those of this page (docs/semantics.md, Traverse).

using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>A naive graph over plain documents. Thread-safe; the documents do not change.</summary>
public sealed class ReferenceGraph(ReferenceJoins documents)
{
    public ReferenceGraph(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> collections)
        : this(new ReferenceJoins(collections))
    {
    }

    private sealed record Node(string Collection, StoredDocument Document)
    {
        public (string, DocumentId) Key => (Collection, Document.Id);
    }

    private sealed class Walk(Node node, Walk? before, int hop, int repetition) : IComparable<Walk>
    {
        public Node Node => node;

        public Walk? Before => before;

        public int Hop => hop;

        public int Repetition => repetition;

        public int Depth { get; } = before is null ? 0 : before.Depth + 1;

        public bool IsPruned { get; init; }

        public bool WentOn { get; set; }

        public List<Walk> ToList()
        {
            var path = new List<Walk>();
            for (var at = this; at is not null; at = at.Before) path.Insert(0, at);
            return path;
        }

        /// <summary>Step by step by id, collection and hop; a walk before those that go on from it.</summary>
        public int CompareTo(Walk? other)
        {
            var (left, right) = (ToList(), other!.ToList());
            for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
            {
                var order = CompareStep(left[i], right[i]);
                if (order != 0) return order;
            }

            return left.Count.CompareTo(right.Count);
        }

        private static int CompareStep(Walk left, Walk right)
        {
            var order = CompareNodes(left.Node, right.Node);
            return order != 0 ? order : left.Hop.CompareTo(right.Hop);
        }
    }

    public List<StoredDocument> Traverse(TraverseQuery query)
    {
        var results = query.Order == TraverseOrder.Dfs ? ByPath(query, [.. Levels(query)]) : Levels(query).SelectMany(level => OfLevel(query, level)).ToList();
        if (query.Distinct) results = Distinct(results, walk => [.. query.Select!.Select(path => path.In(walk.Node.Document))]);
        return [.. results.Take(query.Limit ?? int.MaxValue).Select((result, i) => query.Emit is EmitMode.Nodes or EmitMode.Leaves ? DocumentOf(query, result.Node.Document) : new(new DocumentId($"{i}"), DocumentVersion.None, Made(query, result)))];
    }

    /// <summary>Those before which nothing stands that has the same values.</summary>
    private static List<Walk> Distinct(List<Walk> results, Func<Walk, IReadOnlyList<Value>> valuesOf)
    {
        var given = new List<IReadOnlyList<Value>>();
        return [.. results.Where(IsFirst)];

        bool IsFirst(Walk walk)
        {
            var values = valuesOf(walk);
            if (given.Exists(earlier => earlier.SequenceEqual(values))) return false;
            given.Add(values);
            return true;
        }
    }

    /// <summary>The documents that a hop leads to from one, by id, up to its cap.</summary>
    private List<Node> Neighbours(Node node, Hop hop)
    {
        var found = documents.Holding(hop.To.Collection, hop.To.Field, ReferenceJoins.Elements(hop.Field, node.Document)).Where(d => FilterEvaluator.Matches(hop.Where, d));
        return [.. found.Take(hop.Fanout ?? int.MaxValue).Select(d => new Node(hop.To.Collection, d))];
    }

    /// <summary>What of each depth there is: the walks that stand there, and the steps that led to them.</summary>
    private IEnumerable<(List<Walk> Walks, List<Walk> Steps)> Levels(TraverseQuery query)
    {
        var merges = query.Unique == UniqueMode.Global || (query.Unique == UniqueMode.None && query.Emit != EmitMode.Paths);
        var visited = new HashSet<(string, DocumentId)>();
        var level = documents.Of(query.From).Where(d => FilterEvaluator.Matches(query.Start, d)).Select(d => new Walk(new(query.From, d), null, -1, 0)).ToList();
        var steps = new List<Walk>();
        while (level.Count > 0)
        {
            visited.UnionWith(level.Select(walk => walk.Node.Key));
            var next = level.Where(walk => !walk.IsPruned).SelectMany(walk => StepsFrom(query, walk, visited)).ToList();
            var merged = merges ? [.. next.GroupBy(walk => (walk.Node.Key, walk.Hop, walk.Repetition)).Select(same => same.Min()!)] : next;
            yield return (level, steps);
            (level, steps) = (merged, query.Unique == UniqueMode.Global ? merged : next);
        }
    }

    private IEnumerable<Walk> StepsFrom(TraverseQuery query, Walk walk, HashSet<(string, DocumentId)> visited)
    {
        foreach (var (hop, repetition) in After(query.Hops, walk.Hop, walk.Repetition))
        {
            foreach (var node in Neighbours(walk.Node, query.Hops[hop]))
            {
                if (query.Unique == UniqueMode.Global && visited.Contains(node.Key)) continue;
                if (query.Unique == UniqueMode.Path && walk.ToList().Exists(at => at.Node.Key == node.Key)) continue;
                walk.WentOn = true;
                yield return new(node, walk, hop, repetition) { IsPruned = query.Hops[hop].Prune is { } prune && FilterEvaluator.Matches(prune, node.Document) };
            }
        }
    }

    private static IEnumerable<Walk> OfLevel(TraverseQuery query, (List<Walk> Walks, List<Walk> Steps) level)
    {
        var ends = level.Walks.Where(walk => IsEnd(query.Hops, walk)).ToList();
        return query.Emit switch
        {
            EmitMode.Nodes => ends.DistinctBy(walk => walk.Node.Key).Order(Comparer<Walk>.Create((left, right) => CompareNodes(left.Node, right.Node))),
            EmitMode.Leaves => ends.Where(walk => !walk.WentOn).DistinctBy(walk => walk.Node.Key).Order(Comparer<Walk>.Create((left, right) => CompareNodes(left.Node, right.Node))),
            EmitMode.Paths => query.Unique == UniqueMode.Global ? ends.Order().DistinctBy(walk => walk.Node.Key) : ends.Order(),
            _ => level.Steps.Where(step => step.Before is not null).DistinctBy(EdgeKey).Order(Comparer<Walk>.Create(CompareEdges)),
        };
    }

    private static List<Walk> ByPath(TraverseQuery query, List<(List<Walk> Walks, List<Walk> Steps)> levels)
    {
        var ends = levels.SelectMany(level => level.Walks).Where(walk => IsEnd(query.Hops, walk)).Order();
        return query.Emit switch
        {
            EmitMode.Nodes => [.. ends.DistinctBy(walk => (walk.Depth, walk.Node.Key))],
            EmitMode.Leaves => [.. ends.Where(walk => !walk.WentOn).DistinctBy(walk => (walk.Depth, walk.Node.Key))],
            EmitMode.Paths => [.. query.Unique == UniqueMode.Global ? ends.DistinctBy(walk => walk.Node.Key) : ends],
            _ => [.. levels.SelectMany(level => level.Steps).Where(step => step.Before is not null).Order().DistinctBy(step => (step.Depth, EdgeKey(step)))],
        };
    }

    private static ((string, DocumentId), (string, DocumentId), int) EdgeKey(Walk step) => (step.Before!.Node.Key, step.Node.Key, step.Hop);

    private static int CompareEdges(Walk left, Walk right)
    {
        var byFrom = CompareNodes(left.Before!.Node, right.Before!.Node);
        if (byFrom != 0) return byFrom;
        var byTo = CompareNodes(left.Node, right.Node);
        return byTo != 0 ? byTo : left.Hop.CompareTo(right.Hop);
    }

    private static Document Made(TraverseQuery query, Walk walk)
    {
        if (query.Emit == EmitMode.Edges)
        {
            var edge = Document.Of(("from", Reference(query, walk.Before!.Node)), ("to", Reference(query, walk.Node)), ("hop", walk.Hop));
            if (query.Hops[walk.Hop].Label is { } label) edge = edge.With("label", label);
            return edge.With("depth", walk.Depth);
        }

        var path = walk.ToList();
        var steps = path.Skip(1).Select(step => query.Hops[step.Hop].Label is { } label ? Document.Of(("hop", step.Hop), ("label", label)) : Document.Of(("hop", step.Hop)));
        return Document.Of(("nodes", Value.From([.. path.Select(at => Value.From(Reference(query, at.Node)))])), ("edges", Value.From([.. steps.Select(Value.From)])), ("depth", walk.Depth));
    }

    private static Document Reference(TraverseQuery query, Node node)
    {
        var reference = Document.Of(("collection", node.Collection), ("_id", node.Document.Id.ToValue()));
        return query.Select is null ? reference : reference.With("document", DocumentOf(query, node.Document).Fields);
    }

    /// <summary>Selects top-level fields, in the order of the selection.</summary>
    private static StoredDocument DocumentOf(TraverseQuery query, StoredDocument document)
    {
        if (query.Select is null) return document;
        var selected = Document.Empty;
        foreach (var path in query.Select)
            if (document.Fields.Contains(path.Text)) selected = selected.With(path.Text, document.Fields[path.Text]);
        return document with { Fields = selected };
    }

    private static IEnumerable<(int Hop, int Repetition)> After(IReadOnlyList<Hop> hops, int hop, int repetition)
    {
        if (hop >= 0 && repetition < hops[hop].Max) yield return (hop, repetition + 1);
        if (hop >= 0 && repetition < hops[hop].Min) yield break;
        for (var next = hop + 1; next < hops.Count; next++)
        {
            yield return (next, 1);
            if (hops[next].Min > 0) yield break;
        }
    }

    private static bool IsEnd(IReadOnlyList<Hop> hops, Walk walk)
        => (walk.Hop < 0 || walk.Repetition >= hops[walk.Hop].Min) && hops.Skip(walk.Hop + 1).All(hop => hop.Min == 0);

    private static int CompareNodes(Node left, Node right)
        => left.Document.Id.CompareTo(right.Document.Id) is not 0 and var byId ? byId : string.CompareOrdinal(left.Collection, right.Collection);
}
