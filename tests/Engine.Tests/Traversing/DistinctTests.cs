// `distinct` gives what documents that stand for edges lead to, each once. That it leaves out nothing else, over links, columns and
// pieces, is for the random traversals of TraversalModelTests and LinkModelTests; here is what equal means, and what counts.

using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Tests.Traversing;

public sealed class DistinctTests
{
    private static readonly TraverseQuery s_query = new() { From = "flights", Start = Filter.Eq("from", "AUS"), Hops = [new("to", new("flights", "from")) { Min = 0, Max = 3 }], Select = ["to"], Distinct = true };

    [Fact]
    public async Task The_first_flight_to_each_place_is_given_by_depth_and_id()
    {
        var source = new ListSource(("flights", [Flight("1", "AUS", "LAX"), Flight("2", "AUS", "DFW"), Flight("3", "AUS", "LAX"), Flight("4", "LAX", "DFW"), Flight("5", "LAX", "WLG"), Flight("6", "DFW", "AUS")]));
        Assert.Equal(["1 LAX", "2 DFW", "5 WLG", "6 AUS"], await Run(s_query, source));
    }

    [Fact]
    public async Task The_limit_counts_what_is_left()
    {
        var source = new ListSource(("flights", [.. Enumerable.Range(0, 9).Select(i => Flight($"{i}", "AUS", i < 7 ? "LAX" : $"X{i}"))]));
        Assert.Equal(["0 LAX", "7 X7"], await Run(s_query with { Limit = 2 }, source));
    }

    [Fact]
    public async Task Equal_is_what_compares_equal_and_missing_equals_missing()
    {
        var source = new ListSource(("flights", [.. new[] { 5, 5.0, 5m, Value.Null, Value.Missing, Value.Null, Value.Missing, "5", Value.From(1, 2), Value.From(1.0, 2) }.Select((to, i) => Flight($"{i}", "AUS", to))]));
        Assert.Equal(["0 5", "3 null", "4 missing", "7 \"5\"", "8 [1,2]"], await Run(s_query with { Select = ["to", "nothing.there"] }, source, value => value.ToString()));
    }

    [Fact]
    public async Task A_part_of_a_field_is_compared_by_that_part()
    {
        var source = new ListSource(("flights", [Placed("1", "Austin", 1), Placed("2", "Austin", 2), Placed("3", "Dallas", 2)]));
        Assert.Equal(["1", "3"], await Run(s_query with { Select = ["at.city"] }, source, _ => ""));

        static StoredDocument Placed(string id, string city, int gate) => new(new(id), new(1), Document.Of(("from", "AUS"), ("at", Document.Of(("city", city), ("gate", gate)))));
    }

    [Fact]
    public async Task A_walk_that_was_lost_is_repeated_up_to_what_it_had_given()
    {
        var source = new ListSource(("flights", [.. Enumerable.Range(0, 40).Select(i => Flight($"{i:D2}", i % 2 == 0 ? "AUS" : $"X{i % 6}", $"X{i % 5}"))]));
        var whole = await Run(s_query, source);
        for (var given = 0; given <= whole.Count; given++)
        {
            await using var again = new Traversal(s_query, source, TimeProvider.System);
            await again.ReplayAsync(given, examined: 0, TestContext.Current.CancellationToken);
            Assert.Equal(whole.Skip(given), await Rest(again, value => value.AsString()));
        }
    }

    private static StoredDocument Flight(string id, string from, Value to) => new(new(id), new(1), to.IsMissing ? Document.Of(("from", from)) : Document.Of(("from", from), ("to", to)));

    private static async Task<List<string>> Run(TraverseQuery query, ListSource source, Func<Value, string>? show = null)
    {
        await using var traversal = new Traversal(query, source, TimeProvider.System);
        return await Rest(traversal, show ?? (value => value.AsString()));
    }

    private static async Task<List<string>> Rest(Traversal traversal, Func<Value, string> show)
    {
        var results = new List<string>();
        while (await traversal.MoveNextAsync(TestContext.Current.CancellationToken))
        {
            var result = traversal.Decode();
            results.Add($"{result.Id} {show(result["to"])}".TrimEnd());
        }

        return results;
    }
}
