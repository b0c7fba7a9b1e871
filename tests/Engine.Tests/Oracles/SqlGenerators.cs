// Documents and filters inside what SQLite's JSON means as we do: null, booleans, 64-bit integers and doubles, texts, arrays,
// documents. Left out: what JSON has no type for (NaN, decimals, uuids, times, bytes), NUL in texts, which SQLite cuts, and
// doubles with more digits than its parser promises to read exactly.

using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Oracles;

internal static class SqlGenerators
{
    private static readonly FieldPath[] s_scalars = ["n", "s", "m", "o.a", "o.b.c"];

    private static readonly long[] s_integers = [0, 1, -1, 2, 255, int.MaxValue, (1L << 53) - 1, 1L << 53, (1L << 53) + 1, -(1L << 53) - 1, long.MaxValue, long.MaxValue - 1, long.MinValue, long.MinValue + 1];

    private static readonly double[] s_doubles = [0.0, -0.0, 1.0, 0.5, -1.5, 9007199254740992.0, 9007199254740994.0, 9223372036854775808.0, -9223372036854775808.0, 1e300, 2.0];

    private static readonly Gen<Value> s_text = Gen.Int[0, 9].Select(i => new[] { "a", "b", "B", "\u0001", "é", "\uE000", "\uFFFD", "\uFFFF", "😀", "Z" }[i]).List[0, 4].Select(parts => Value.From(string.Concat(parts)));

    private static readonly Gen<Value> s_number = Gen.Frequency(
        (3, Gen.Long[-20, 20].Select(Value.From)),
        (1, Gen.Int[0, s_integers.Length - 1].Select(i => Value.From(s_integers[i]))),
        (2, Gen.Int[-40, 40].Select(i => Value.From(i / 4.0))),
        (1, Gen.Int[0, s_doubles.Length - 1].Select(i => Value.From(s_doubles[i]))));

    private static readonly Gen<Value> s_scalar = Gen.Frequency((1, Gen.Const(Value.Null)), (1, Gen.Bool.Select(Value.From)), (4, s_number), (3, s_text));

    private static readonly Gen<Value> s_item = Gen.Frequency(
        (4, s_scalar),
        (1, Gen.Select(s_scalar, s_scalar, (k, v) => Value.From(Model.Document.Of(("k", k), ("v", v))))),
        (1, s_scalar.Array[0, 2].Select(Value.From)));

    public static Gen<Document> Document { get; } = Gen.Select(s_number, s_text, s_scalar, s_item.Array[0, 4], s_scalar, s_scalar, Gen.Int[0, 63], (n, s, m, t, a, c, present) =>
    {
        var fields = new DocumentBuilder();
        if ((present & 1) == 0) fields.Add("n", n);
        if ((present & 2) == 0) fields.Add("s", s);
        if ((present & 12) != 0) fields.Add("m", m);
        if ((present & 16) == 0) fields.Add("t", Value.From(t));
        if ((present & 32) == 0) fields.Add("o", (present & 4) == 0 ? Model.Document.Of(("a", a)) : Model.Document.Of(("a", a), ("b", Model.Document.Of(("c", c)))));
        return fields.Build();
    });

    public static Gen<ScanQuery> Question { get; } = Gen.Select(Nested(2), Sort(), Gen.Int[0, 30], (where, sort, limit) =>
        new ScanQuery { From = "things", Where = where, Sort = sort, Limit = limit is 0 or > 20 ? null : limit });

    // Groups and what is counted of them. Sums are left out: SQL adds doubles as they come; ours are exact (ExactSumTests).
    public static Gen<AggregateQuery> Groups { get; } = Gen.Select(Nested(1), Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 12], (where, by, byCount, limit) => new AggregateQuery
    {
        From = "things",
        Where = where,
        By = by switch { 0 => [], 1 => ["s"], _ => ["s", "o.a"] },
        Compute =
        [
            new("rows", new(AccumulatorFunction.Count)), new("numbers", new(AccumulatorFunction.Count, "n")), new("kinds", new(AccumulatorFunction.Distinct, "n")),
            new("least", new(AccumulatorFunction.Min, "s")), new("greatest", new(AccumulatorFunction.Max, "s")), new("inside", new(AccumulatorFunction.Count, "o.b.c")),
        ],
        Having = byCount ? Filter.Gt("rows", 1) : null,
        Sort = byCount ? [new("rows", Descending: true)] : [],
        Limit = byCount || limit == 0 ? null : limit,
    });

    private static Gen<IReadOnlyList<SortKey>> Sort() => Gen.Select(Scalar(), Gen.Bool, Gen.Int[0, 3], (path, descending, nulls) =>
        new SortKey(path, descending, nulls switch { 0 => NullsOrder.First, 1 => NullsOrder.Last, _ => null })).List[0, 2].Select(keys => (IReadOnlyList<SortKey>)keys);

    private static Gen<FieldPath> Scalar() => Gen.Int[0, s_scalars.Length - 1].Select(i => s_scalars[i]);

    private static Gen<FieldPath> Path() => Gen.Frequency((8, Scalar()), (1, Gen.Int[0, 4].Select(i => ((FieldPath[])["t", "o", "o.b", "t[0]", "t[1].k"])[i])));

    private static Gen<Filter> Nested(int depth) => depth == 0
        ? Leaf(Path())
        : Gen.Frequency(
            (5, Leaf(Path())),
            (2, Nested(depth - 1).Array[1, 3].Select(args => (Filter)new AndFilter(args))),
            (2, Nested(depth - 1).Array[1, 3].Select(args => (Filter)new OrFilter(args))),
            (1, Nested(depth - 1).Select(Model.Filter.Not)),
            (2, Leaf(Gen.Int[0, 3].Select(i => ((FieldPath[])["$", "$", "$.k", "v"])[i])).Select(where => Model.Filter.Any("t", where))),
            (1, Gen.Select(Leaf(Gen.Const((FieldPath)"$")), Leaf(Gen.Const((FieldPath)"$")), (one, other) => Model.Filter.Any("t", Model.Filter.And(one, Model.Filter.Not(other))))));

    private static Gen<Filter> Leaf(Gen<FieldPath> path) => Gen.Frequency(
        (6, Gen.Select(Gen.Int[0, 5], path, s_scalar, (op, field, value) => (Filter)new CompareFilter((CompareOperator)op, field, value))),
        (2, Gen.Select(path, s_scalar, s_scalar, Gen.Int[0, 3], (field, low, high, bounds) => (Filter)new RangeFilter(field, low, high, (RangeBounds)bounds))),
        (2, Gen.Select(path, s_scalar.Array[1, 4], Gen.Bool, (field, values, negated) => (Filter)new InFilter(field, values, negated))),
        (1, Gen.Select(path, Gen.Bool, (field, negated) => (Filter)new ExistsFilter(field, negated))),
        (2, Gen.Select(Gen.Int[0, 1], path, s_text, (op, field, text) => (Filter)new TextFilter((TextOperator)op, field, text.AsString()))),
        (1, Gen.Select(path, Gen.Int[0, 8], (field, type) => (Filter)new TypeFilter(field, (TypeName)type))),
        (1, Gen.Select(path, Gen.Long[0, 3], Gen.Long[0, 3], (field, low, high) => (Filter)new SizeFilter(field, low, Math.Max(low, high)))));
}
