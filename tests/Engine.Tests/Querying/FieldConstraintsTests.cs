// An index is asked for the ranges that a filter implies. They may hold too much (the filter is evaluated anyway),
// never too little: whatever matches must have its key inside.

using CsCheck;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Tests.Querying;

public sealed class FieldConstraintsTests
{
    [Fact]
    public void What_matches_a_filter_has_its_keys_inside_every_constraint()
        => Gen.Select(FilterGenerators.Filter, ValueGenerators.StoredDocument.Array[1, 20]).Sample((filter, documents) =>
        {
            var constraints = FieldConstraints.Of(FieldConstraints.Conjuncts(filter));
            foreach (var document in documents.Where(document => FilterEvaluator.Matches(filter, document)))
                foreach (var constraint in constraints)
                    Assert.True(KeysOf(document, constraint).Any(key => constraint.Ranges.Any(range => range.Contains(key))), $"{filter} matches {document}, {constraint} does not");
        }, iter: 20_000);

    [Fact]
    public void A_range_ends_where_the_class_of_its_constant_ends()
    {
        var constraint = FieldConstraints.Of([Filter.Gt("x", 5)]).Single();
        Assert.True(Holds(constraint, double.PositiveInfinity));
        Assert.False(Holds(constraint, "a string"));
        Assert.False(Holds(constraint, 5m));
    }

    [Fact]
    public void Two_bounds_on_one_value_are_one_range_but_two_elements_may_satisfy_two_anys()
    {
        Assert.Single(FieldConstraints.Of([Filter.Gt("x", 5), Filter.Lt("x", 9)]));
        Assert.Equal(2, FieldConstraints.Of([Filter.Any("x", Filter.Eq("$", 5)), Filter.Any("x", Filter.Eq("$", 9))]).Count);
    }

    [Fact]
    public void An_or_over_one_field_is_one_constraint_and_over_two_fields_none()
    {
        Assert.Equal(2, FieldConstraints.Of([Filter.Or(Filter.Eq("x", 5), Filter.Eq("x", 9))]).Single().Ranges.Length);
        Assert.Empty(FieldConstraints.Of([Filter.Or(Filter.Eq("x", 5), Filter.Eq("y", 9))]));
    }

    private static bool Holds(FieldConstraint constraint, Value value)
    {
        var key = KeyClasses.KeyOf(value);
        return constraint.Ranges.Any(range => range.Contains(key));
    }

    private static IEnumerable<byte[]> KeysOf(StoredDocument document, FieldConstraint constraint)
    {
        var value = constraint.Path.In(document);
        if (!constraint.OnElements) return [KeyClasses.KeyOf(value)];
        return value.Kind == ValueKind.Array ? value.AsArray().ToArray().Select(KeyClasses.KeyOf) : [];
    }
}
