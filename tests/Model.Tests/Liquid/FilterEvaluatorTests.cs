using IngoDB.Model;

namespace IngoDB.Tests.Liquid;

public sealed class FilterEvaluatorTests
{
    private static readonly StoredDocument Sample = new(
        new(new Guid("0195b7a0-0000-7000-8000-000000000000")), new(42),
        DocumentJson.Read("""
            {"n":5,"s":"The Gold Wind","nil":null,"t":true,"when":{"$date":"2024-02-29T00:00:00Z"},"d":{"$decimal":"5.00"},"nan":{"$double":"NaN"},
             "tags":["red","Blue",7,null],"items":[{"sku":"x","n":1,"sub":[{"k":1},{"k":2}]},{"sku":"y","n":9,"sub":[]}],"nested":{"a":{"b":1}},"a.b":"dotted"}
            """u8));

    [Fact]
    public void A_missing_field_satisfies_missing_ne_nin_and_not_only()
    {
        Yes(new ExistsFilter("gone", Negated: true), Filter.Ne("gone", 1L), Filter.Ne("gone", Value.Null), new InFilter("gone", [1L, Value.Null], Negated: true), Filter.Not(Filter.Eq("gone", 1L)));
        No(Filter.Eq("gone", Value.Null), Filter.Lt("gone", 1L), Filter.Gte("gone", Value.Null), Filter.In("gone", Value.Null), Filter.Exists("gone"), Filter.Range("gone", 0L, 9L),
            new TypeFilter("gone", TypeName.Null), new SizeFilter("gone", null, 5), Filter.Any("gone", Filter.All), new TextFilter(TextOperator.Contains, "gone", ""));
    }

    [Fact]
    public void Null_is_there()
    {
        Yes(Filter.Eq("nil", Value.Null), Filter.Exists("nil"), Filter.In("nil", Value.Null), Filter.Gte("nil", Value.Null), new TypeFilter("nil", TypeName.Null));
        No(new ExistsFilter("nil", Negated: true), Filter.Ne("nil", Value.Null), Filter.Lt("nil", 1L), Filter.Gt("nil", Value.Null));
    }

    [Fact]
    public void Comparisons_hold_within_a_class_only()
    {
        Yes(Filter.Eq("n", 5.0), Filter.Gt("n", 4.5m), Filter.Lte("d", 5UL), Filter.Lt("nan", double.NegativeInfinity), Filter.Gt("s", "The"), Filter.Gt("t", false), Filter.Gt("nested", Document.Empty), Filter.Lt("tags", Value.ArrayOf("sed")));
        No(Filter.Lt("n", "6"), Filter.Gt("s", 1L), Filter.Gt("t", 0L), Filter.Eq("n", "5"), Filter.Gt("tags", "a"));
    }

    [Fact]
    public void A_range_includes_what_its_bounds_say()
    {
        Yes(Filter.Range("n", 5L, 6L), Filter.Range("n", 4L, 5L, RangeBounds.Closed), Filter.Range("n", 4L, 5L, RangeBounds.OpenClosed), Filter.Range("n", 5L, Value.Missing), Filter.Range("n", Value.Missing, 6L));
        No(Filter.Range("n", 4L, 5L), Filter.Range("n", 5L, 6L, RangeBounds.Open), Filter.Range("n", 5L, 6L, RangeBounds.OpenClosed), Filter.Range("n", "a", "z"), Filter.Range("n", 6L, 5L));
    }

    [Fact]
    public void Texts_match_by_prefix_part_and_pattern()
    {
        Yes(Text(TextOperator.Prefix, "The "), Text(TextOperator.Prefix, "the ", fold: true), Text(TextOperator.Contains, "GOLD", fold: true), Text(TextOperator.Matches, "^The .* Wind$"), Text(TextOperator.Matches, "gold", fold: true), Text(TextOperator.Matches, "o.d"));
        No(Text(TextOperator.Prefix, "the "), Text(TextOperator.Contains, "GOLD"), Text(TextOperator.Matches, "^Gold"), new TextFilter(TextOperator.Contains, "n", "5"));
    }

    [Fact]
    public void A_pattern_that_would_take_for_ever_does_not()
    {
        var evil = new StoredDocument(new("x"), new(1), Document.Of(("s", new string('a', 50_000) + "!")));
        Assert.False(FilterEvaluator.Matches(Text(TextOperator.Matches, "^(a+)+$"), evil));
        Assert.Equal("query.bad_pattern", Assert.Throws<InvalidRequestException>(() => FilterEvaluator.Matches(Text(TextOperator.Matches, "(?=a)"), evil)).Code);
    }

    [Fact]
    public void Types_and_sizes()
    {
        Yes(new TypeFilter("n", TypeName.Number), new TypeFilter("d", TypeName.Number), new TypeFilter("when", TypeName.Date), new TypeFilter("tags", TypeName.Array), new TypeFilter("nested", TypeName.Object), new TypeFilter("_id", TypeName.Uuid), new TypeFilter("t", TypeName.Bool));
        No(new TypeFilter("n", TypeName.String), new TypeFilter("s", TypeName.Date));
        Yes(new SizeFilter("tags", 4, 4), new SizeFilter("tags", null, 9), new SizeFilter("tags", 1, null), new SizeFilter("items[1].sub", 0, 0));
        No(new SizeFilter("tags", 5, null), new SizeFilter("tags", null, 3), new SizeFilter("s", 0, 99));
    }

    [Fact]
    public void Any_looks_at_elements_and_paths_inside_it_are_the_elements()
    {
        Yes(Filter.Any("tags", Filter.Eq("$", "red")), Filter.Any("tags", Filter.Gt("$", 6L)), Filter.Any("tags", Filter.Eq("$", Value.Null)),
            Filter.Any("items", Filter.And(Filter.Eq("$.sku", "y"), Filter.Gt("$.n", 5L))), Filter.Any("items", Filter.Eq("sku", "x")),
            Filter.Any("items", Filter.Any("$.sub", Filter.Eq("$.k", 2L))), Filter.Any("items", Filter.Any("sub", Filter.Eq("k", 2L))));
        No(Filter.Any("tags", Filter.Eq("$", "blue")), Filter.Any("items", Filter.And(Filter.Eq("$.sku", "x"), Filter.Gt("$.n", 5L))),
            Filter.Any("items", Filter.Eq("n", 5L)), Filter.Any("s", Filter.All), Filter.Eq("tags", "red"), Filter.Any("items[1].sub", Filter.All));
    }

    [Fact]
    public void A_plain_string_is_coerced_beside_a_uuid_or_a_time()
    {
        Yes(Filter.Eq("_id", "0195b7a0-0000-7000-8000-000000000000"), Filter.In("_id", "x", "0195b7a0-0000-7000-8000-000000000000"), Filter.Eq("when", "2024-02-29"),
            Filter.Range("when", "2024-02-01", "2024-03-01"), Filter.Lt("when", "2024-02-29T00:00:00.0000001Z"));
        No(Filter.Ne("when", "2024-02-29"), Filter.Eq("when", "29.2.2024"), Filter.Gt("when", "not a time"), Filter.Eq("n", "5"));
        Assert.Equal([ValueKind.String, ValueKind.Timestamp], OperandCoercion.Readings("2024-02-29").Select(v => v.Kind));
    }

    [Fact]
    public void The_logic_is_plain()
    {
        Yes(Filter.All, Filter.And(), Filter.Not(Filter.Or()), Filter.Or(Filter.Eq("n", 1L), Filter.Eq("n", 5L)), Filter.Eq("_version", 42L), Filter.Eq("nested.a.b", 1L), Filter.Eq("[\"a.b\"]", "dotted"), Filter.Eq("tags[2]", 7L));
        No(Filter.Or(), Filter.And(Filter.Eq("n", 5L), Filter.Eq("n", 1L)), Filter.Not(Filter.All), Filter.Eq("a.b", "dotted"));
        Assert.True(FilterEvaluator.Matches(null, Sample));
    }

    [Fact]
    public void A_scan_orders_by_its_keys_and_then_by_id()
    {
        StoredDocument[] documents =
        [
            new(new("a"), new(1), Document.Of(("n", 1L))), new(new("b"), new(1), Document.Of(("n", 1.0))), new(new("c"), new(1), Document.Of(("n", Value.Null))),
            new(new("d"), new(1), Document.Empty), new(new("e"), new(1), Document.Of(("n", "x"))),
        ];
        Assert.Equal("dcabe", Sorted(new SortKey("n")));
        Assert.Equal("eabcd", Sorted(new SortKey("n", Descending: true)));
        Assert.Equal("abedc", Sorted(new SortKey("n", Nulls: NullsOrder.Last)));
        Assert.Equal("cdeab", Sorted(new SortKey("n", Descending: true, NullsOrder.First)));
        Assert.Equal("abcde", Sorted());

        string Sorted(params SortKey[] keys) => string.Concat(documents.Order(new ScanOrder(keys)).Select(d => d.Id.Text));
    }

    private static TextFilter Text(TextOperator comparison, string value, bool fold = false) => new(comparison, "s", value, fold);

    private static void Yes(params Filter[] filters) => Assert.All(filters, filter => Assert.True(FilterEvaluator.Matches(filter, Sample), filter.ToString()));

    private static void No(params Filter[] filters) => Assert.All(filters, filter => Assert.False(FilterEvaluator.Matches(filter, Sample), filter.ToString()));
}
