// Aggregates over the documents of ValueGenerators: every function, groups by nested, indexed and fanned-out paths, filters before
// and behind, orders over what comes out. Valid by construction: names and group paths do not meet.

using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>CsCheck generators of aggregates.</summary>
public static class AggregateGenerators
{
    private static Gen<FieldPath> Plain { get; } = Gen.Int[0, 7].Select(i => (FieldPath)"abcdefgh"[i].ToString());

    private static Gen<FieldPath> FannedOut { get; } = Gen.Select(FilterGenerators.Path.Where(path => !path.IsId && !path.IsVersion), Gen.Bool, (path, fansOut) => fansOut ? (FieldPath)(path.Text + "[]") : path);

    private static Gen<FieldPath> Field { get; } = Gen.Frequency((5, FannedOut), (1, FilterGenerators.Path));

    /// <summary>Paths to group by that do not stand in each other's way.</summary>
    public static Gen<IReadOnlyList<FieldPath>> By { get; } = FannedOut.List[0, 4].Select(paths =>
    {
        var kept = new List<FieldPath>();
        foreach (var path in paths)
            if (kept.TrueForAll(other => !Meet(AggregateResult.NamesOf(path), AggregateResult.NamesOf(other)))) kept.Add(path);
        return (IReadOnlyList<FieldPath>)kept;
    });

    public static Gen<Accumulator> Accumulator { get; } = Gen.Frequency(
        (1, Gen.Const(new Accumulator(AccumulatorFunction.Count))),
        (6, Gen.Select(Gen.Int[0, 6], Field, (function, field) => new Accumulator((AccumulatorFunction)function, field))));

    /// <summary>Named n0, n1, ..., which no document of the generators has.</summary>
    public static Gen<IReadOnlyList<KeyValuePair<string, Accumulator>>> Compute { get; } = Accumulator.List[1, 5].Select(list =>
        (IReadOnlyList<KeyValuePair<string, Accumulator>>)[.. list.Select((accumulator, i) => KeyValuePair.Create("n" + i, accumulator))]);

    private static Gen<FieldPath> ResultPath { get; } = Gen.Frequency((3, Gen.Int[0, 4].Select(i => (FieldPath)("n" + i))), (2, Plain));

    private static Gen<Filter?> Having { get; } = Gen.Frequency(
        (3, Gen.Const((Filter?)null)),
        (2, Gen.Select(Gen.Int[0, 5], ResultPath, Gen.Int[0, 3], (op, path, number) => (Filter?)new CompareFilter((CompareOperator)op, path, number))),
        (1, Gen.Select(ResultPath, Gen.Bool, (path, negated) => (Filter?)new ExistsFilter(path, negated))));

    private static Gen<IReadOnlyList<SortKey>> Sort { get; } = Gen.Select(ResultPath, Gen.Bool, Gen.Int[0, 2], (path, descending, nulls) =>
        new SortKey(path, descending, nulls switch { 0 => null, 1 => NullsOrder.First, _ => NullsOrder.Last })).List[0, 2].Select(keys => (IReadOnlyList<SortKey>)keys);

    /// <summary>Aggregates of one collection.</summary>
    public static Gen<AggregateQuery> Of(string from)
        => Gen.Select(FilterGenerators.Filter, Gen.Int[0, 2], By, Compute, Having, Sort, Gen.Int[0, 30], (where, filtered, by, compute, having, sort, limit) => new AggregateQuery
        {
            From = from, Where = filtered == 0 ? where : null, By = by, Compute = compute, Having = having, Sort = sort, Limit = limit is 0 or > 20 ? null : limit,
        });

    private static bool Meet(IReadOnlyList<string> one, IReadOnlyList<string> other) => one.Take(other.Count).SequenceEqual(other.Take(one.Count));
}
