// Filters over the small domains of ValueGenerators, so that they match something: every operator, every kind of
// operand, nested any/and/or/not.

using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>CsCheck generators of filters and sorts.</summary>
public static class FilterGenerators
{
    private static Gen<FieldPath> TopLevel { get; } = Gen.Int[0, 7].Select(i => (FieldPath)"abcdefgh"[i].ToString());

    public static Gen<FieldPath> Path { get; } = Gen.Frequency(
        (8, TopLevel),
        (2, Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], (i, j) => (FieldPath)$"{"abcd"[i]}.{"abcd"[j]}")),
        (1, Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], (i, j) => (FieldPath)$"{"abcd"[i]}[{j}]")),
        (1, Gen.Const((FieldPath)"[\"a.b\"]")),
        (1, Gen.Const((FieldPath)"_id")),
        (1, Gen.Const((FieldPath)"_version")));

    public static Gen<Value> Operand { get; } = Gen.Frequency(
        (6, ValueGenerators.Scalar),
        (1, ValueGenerators.AnyValue),
        (1, ValueGenerators.Id.Select(id => id.ToValue())),
        (1, Gen.Int[0, 3].Select(i => Value.From(new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)i).ToString()))),
        (1, Gen.Const(Value.From("2024-01-01T00:00:00Z"))));

    public static Gen<Filter> Filter { get; } = Nested(Path, 2);

    public static Gen<IReadOnlyList<SortKey>> Sort { get; } = Gen.Select(Path, Gen.Bool, Gen.Int[0, 2], (path, descending, nulls) =>
        new SortKey(path, descending, nulls switch { 0 => null, 1 => NullsOrder.First, _ => NullsOrder.Last })).List[0, 2].Select(keys => (IReadOnlyList<SortKey>)keys);

    private static Gen<Filter> Nested(Gen<FieldPath> path, int depth) => depth == 0
        ? Leaf(path)
        : Gen.Frequency(
            (6, Leaf(path)),
            (2, Nested(path, depth - 1).Array[1, 3].Select(args => (Filter)new AndFilter(args))),
            (2, Nested(path, depth - 1).Array[1, 3].Select(args => (Filter)new OrFilter(args))),
            (1, Nested(path, depth - 1).Select(Model.Filter.Not)),
            (1, Gen.Select(path, Nested(Gen.Frequency((3, Gen.Const((FieldPath)"$")), (1, TopLevel)), depth - 1), Model.Filter.Any)));

    private static Gen<Filter> Leaf(Gen<FieldPath> path) => Gen.Frequency(
        (6, Gen.Select(Gen.Int[0, 5], path, Operand, (op, field, value) => (Filter)new CompareFilter((CompareOperator)op, field, value))),
        (2, Gen.Select(path, Operand, Operand, Gen.Int[0, 3], (field, low, high, bounds) => (Filter)new RangeFilter(field, low, high, (RangeBounds)bounds))),
        (2, Gen.Select(path, Operand.Array[1, 4], Gen.Bool, (field, values, negated) => (Filter)new InFilter(field, values, negated))),
        (1, Gen.Select(path, Gen.Bool, (field, negated) => (Filter)new ExistsFilter(field, negated))),
        (1, Gen.Select(Gen.Int[0, 1], path, ValueGenerators.Text, Gen.Bool, (op, field, text, fold) => (Filter)new TextFilter((TextOperator)op, field, text, fold))),
        (1, Gen.Select(path, Gen.Bool, (field, fold) => (Filter)new TextFilter(TextOperator.Matches, field, "^(a|B).*", fold))),
        (1, Gen.Select(path, Gen.Int[0, 8], (field, type) => (Filter)new TypeFilter(field, (TypeName)type))),
        (1, Gen.Select(path, Gen.Long[0, 3], Gen.Long[0, 3], (field, low, high) => (Filter)new SizeFilter(field, low, Math.Max(low, high)))));
}
