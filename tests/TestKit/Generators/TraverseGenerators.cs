// Random graphs and traversals that go wrong if anything can: few documents, so that cycles, self loops and many ways to one
// document are common; join values of every kind a document may hold (ids of either sort, equal numbers of different types,
// arrays with repetitions and nulls, nothing at all) on both sides; every way to prune, repeat, cap and give out.

using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>CsCheck generators of graphs and of traversals over them.</summary>
public static class TraverseGenerators
{
    public static IReadOnlyList<string> Collections { get; } = ["a", "b"];

    private static Gen<DocumentId> Id { get; } = Gen.Int[0, 7].Select(i => i == 7 ? new DocumentId(new Guid(7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)) : new DocumentId($"n{i}"));

    private static Gen<Value> JoinValue { get; } = Gen.Frequency(
        (8, Id.Select(id => id.ToValue())),
        (3, Gen.Int[0, 3].Select(i => Value.From((long)i))),
        (1, Gen.Int[0, 3].Select(i => Value.From((double)i))),
        (1, Gen.Int[0, 3].Select(i => Value.From((decimal)i))),
        (1, Gen.Const(Value.Null)),
        (1, Gen.Const(Value.From("x\0y"))));

    private static Gen<Value> Field { get; } = Gen.Frequency(
        (5, JoinValue),
        (4, JoinValue.Array[0, 4].Select(Value.From)),
        (1, Gen.Const(Value.Missing)));

    private static Gen<StoredDocument> Document { get; } = Gen.Select(Id, Field, Field, Gen.Int[0, 3], (id, to, x, k) =>
    {
        var fields = Model.Document.Of(("k", k));
        if (!to.IsMissing) fields = fields.With("to", to);
        if (!x.IsMissing) fields = fields.With("x", x);
        return new StoredDocument(id, new DocumentVersion(1), fields);
    });

    /// <summary>The documents of each collection, by id.</summary>
    public static Gen<IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>>> Graph { get; } = Document.List[0, 12].List[Collections.Count, Collections.Count].Select(lists =>
        (IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>>)lists.Select((list, i) => (Collections[i], list)).ToDictionary(pair => pair.Item1, pair => (IReadOnlyList<StoredDocument>)[.. pair.list.DistinctBy(d => d.Id).OrderBy(d => d.Id)]));

    private static Gen<FieldPath> Edge { get; } = Gen.Frequency((2, Gen.Const((FieldPath)"_id")), (3, Gen.Const((FieldPath)"to")), (1, Gen.Const((FieldPath)"to[]")), (2, Gen.Const((FieldPath)"x")));

    private static Gen<Filter?> Condition { get; } = Gen.Frequency(
        (3, Gen.Const((Filter?)null)),
        (1, Gen.Int[0, 3].Select(k => (Filter?)Filter.Lt("k", k))),
        (1, Gen.Int[0, 3].Select(k => (Filter?)Filter.Ne("k", k))),
        (1, Id.Select(id => (Filter?)Filter.Ne("_id", id.ToValue()))));

    public static Gen<Hop> Hop { get; } = Gen.Select(Edge, Gen.Int[0, 1], Edge, Condition, Condition, Gen.Select(Gen.Int[0, 3], Gen.Int[1, 3], Gen.Int[0, 6]), (field, collection, target, where, prune, counts) =>
        new Hop(field, new(Collections[collection], target))
        {
            Where = where,
            Prune = prune,
            Min = Math.Min(counts.Item1, counts.Item2),
            Max = counts.Item2,
            Fanout = counts.Item3 is >= 1 and <= 2 ? counts.Item3 : null,
            Label = counts.Item3 == 6 ? "label" : null,
        });

    private static Gen<Filter?> Start { get; } = Gen.Frequency(
        (4, Id.Select(id => (Filter?)Filter.Eq("_id", id.ToValue()))),
        (2, Gen.Int[0, 3].Select(k => (Filter?)Filter.Eq("k", k))),
        (1, Gen.Const((Filter?)null)));

    /// <summary>Any traversal without limit, budget and cursor; those change nothing but how much of the answer is given at once.</summary>
    public static Gen<TraverseQuery> Query { get; } = Gen.Select(Gen.Int[0, 1], Start, Hop.List[1, 3], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Select(Gen.Bool, Gen.Int[0, 5]), (from, start, hops, emit, unique, how) =>
        new TraverseQuery
        {
            From = Collections[from],
            Start = start,
            // Where every walk counts, their number is the product of the hops; a naive walk has to end.
            Hops = unique == (int)UniqueMode.Path || (unique == (int)UniqueMode.None && emit == (int)EmitMode.Paths) ? [.. hops.Take(2).Select(hop => hop with { Min = Math.Min(hop.Min, 2), Max = Math.Min(hop.Max, 2) })] : hops,
            Emit = (EmitMode)emit,
            Unique = (UniqueMode)unique,
            Order = how.Item1 ? TraverseOrder.Dfs : TraverseOrder.Bfs,
            Select = how.Item2 switch { 0 => ["k", "to"], 1 => ["k"], 2 => ["x"], _ => null },
            Distinct = how.Item2 is 1 or 2 && emit is (int)EmitMode.Nodes or (int)EmitMode.Leaves,
        });

    /// <summary>Graphs with a traversal over each.</summary>
    public static Gen<(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> Graph, TraverseQuery Query)> GraphAndQuery { get; } = Gen.Select(Graph, Query, (graph, query) => (graph, query));

    /// <summary>Any search for paths over such a graph; `k` is an integer in every document and serves as weight.</summary>
    public static Gen<PathQuery> PathQuery { get; } = Gen.Select(Gen.Int[0, 1], Start, Start, Hop.List[1, 2], Gen.Int[1, 5], Gen.Select(Gen.Int[1, 8], Gen.Int[0, 2]), (from, start, goal, hops, depth, how) =>
        new PathQuery
        {
            From = Collections[from],
            Start = start ?? Filter.All,
            Goal = goal ?? Filter.Eq("k", 0),
            Hops = [.. hops.Select(hop => hop with { Min = Math.Min(hop.Min, 2), Max = Math.Min(hop.Max, 2) })],
            Depth = depth,
            K = how.Item1,
            Weight = how.Item2 switch { 0 => default(FieldPath), 1 => "k", _ => "w" },
        });

    public static Gen<(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> Graph, PathQuery Query)> GraphAndPath { get; } = Gen.Select(Graph, PathQuery, (graph, query) => (graph, query));
}
