// Joins by value as a graph: the known answers of the real air routes, and the rules of docs/semantics.md, over a
// source that is a plain list of documents.

using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Tests.Traversing;

public sealed class TraversalTests
{
    [Fact]
    public async Task From_Austin_every_airport_that_routes_reach_is_within_six_flights()
    {
        var routes = new ListSource(("routes", SharedData.Read("routes.jsonl")));
        var reached = new HashSet<string>();
        var counts = new List<int>();
        for (var flights = 1; flights <= 7; flights++)
        {
            // The first flight is the start; each further one joins where the last one landed with where the next takes off.
            var query = new TraverseQuery { From = "routes", Start = Filter.Eq("from", "AUS"), Hops = [new("to", new("routes", "from")) { Min = 0, Max = Math.Max(1, flights - 1) }] };
            var traversal = new Traversal(query, routes, TimeProvider.System);
            while (await traversal.MoveNextAsync())
                if (traversal.Depth < flights && traversal.Decode()["to"].AsString() is var to && to != "AUS") reached.Add(to);
            counts.Add(reached.Count);
        }

        Assert.Equal([98, 1043, 2780, 3359, 3442, 3458, 3461], counts);
    }

    [Fact]
    public async Task Two_hops_cross_collections_and_only_the_last_one_is_the_result()
    {
        var source = new ListSource(
            ("users", [Doc("u1", ("name", "Ann")), Doc("u2", ("name", "Bob"))]),
            ("orders", [Doc("o1", ("user", "u1"), ("product", "p2")), Doc("o2", ("user", "u1"), ("product", "p1")), Doc("o3", ("user", "u2"), ("product", "p3"))]),
            ("products", [Doc("p1"), Doc("p2"), Doc("p3")]));
        var query = new TraverseQuery
        {
            From = "users",
            Start = Filter.Eq("name", "Ann"),
            Hops = [new("_id", new("orders", "user")), new("product", new("products", "_id"))],
        };
        Assert.Equal(["p1", "p2"], await Run(query, source));
    }

    [Fact]
    public async Task Arrays_fan_out_on_both_sides_and_null_never_joins()
    {
        var source = new ListSource(("movies", [
            Doc("alien", ("cast", Value.From("Weaver", "Hurt", Value.Null))),
            Doc("aliens", ("cast", Value.From("Weaver", "Biehn"))),
            Doc("solo", ("cast", "Hurt")),
            Doc("nobody", ("cast", Value.Null)),
            Doc("nothing", ("cast", Value.From(Value.Null))),
            Doc("silent")]));
        Assert.Equal(["aliens", "solo"], await Run(Hop("movies", "alien", "cast", "cast"), source));
    }

    [Fact]
    public async Task Start_documents_count_as_visited_so_a_cycle_does_not_return_to_them()
    {
        var ring = new ListSource(("n", [Doc("1", ("next", "2")), Doc("2", ("next", "3")), Doc("3", ("next", "1"))]));
        Assert.Equal(["2", "3"], await Run(Hop("n", "1", "next", "_id", max: 9), ring));
    }

    [Fact]
    public async Task Without_uniqueness_a_cycle_is_walked_until_max()
    {
        var ring = new ListSource(("n", [Doc("1", ("next", "2")), Doc("2", ("next", "1"))]));
        Assert.Equal(["2", "1", "2", "1"], await Run(Hop("n", "1", "next", "_id", max: 4) with { Unique = UniqueMode.None }, ring));
    }

    [Fact]
    public async Task Path_uniqueness_reaches_a_node_again_on_another_way_but_never_twice_on_one()
    {
        // a → b → d and a → c → b: b is one step away, and two by the other way; d likewise.
        var source = new ListSource(("n", [Doc("a", ("to", Value.From("b", "c"))), Doc("b", ("to", Value.From("d", "a"))), Doc("c", ("to", "b")), Doc("d")]));
        Assert.Equal(["b", "c", "b", "d", "d"], await Run(Hop("n", "a", "to", "_id", max: 5) with { Unique = UniqueMode.Path }, source));
    }

    [Fact]
    public async Task Min_leaves_out_what_is_too_near_and_zero_includes_the_start()
    {
        var chain = new ListSource(("n", [Doc("1", ("next", "2")), Doc("2", ("next", "3")), Doc("3", ("next", "4")), Doc("4")]));
        Assert.Equal(["3", "4"], await Run(Hop("n", "1", "next", "_id", max: 3, min: 2), chain));
        Assert.Equal(["1", "2"], await Run(Hop("n", "1", "next", "_id", max: 1, min: 0), chain));
    }

    [Fact]
    public async Task Where_refuses_a_node_and_prune_keeps_it_but_goes_no_further()
    {
        var chain = new ListSource(("n", [Doc("1", ("next", "2")), Doc("2", ("next", "3")), Doc("3", ("next", "4")), Doc("4")]));
        var hop = new Hop("next", new("n", "_id")) { Max = 9 };
        var query = Hop("n", "1", "next", "_id");
        Assert.Equal(["2"], await Run(query with { Hops = [hop with { Where = Filter.Ne("_id", "3") }] }, chain));
        Assert.Equal(["2", "3"], await Run(query with { Hops = [hop with { Prune = Filter.Eq("_id", "3") }] }, chain));
    }

    [Fact]
    public async Task Fanout_takes_the_first_neighbours_of_each_node_by_id()
    {
        var star = new ListSource(("n", [Doc("hub"), .. Enumerable.Range(0, 10).Select(i => Doc($"leaf{9 - i}", ("of", "hub")))]));
        var query = Hop("n", "hub", "_id", "of");
        Assert.Equal(["leaf0", "leaf1", "leaf2"], await Run(query with { Hops = [query.Hops[0] with { Fanout = 3 }] }, star));
    }

    [Fact]
    public async Task A_document_that_one_depth_refused_is_given_as_itself_at_the_next()
    {
        // `late` is the third neighbour of the hub, so it is cut; from `first` it is the second. What was kept of it at depth one is
        // gone by then, and `large` lies where it lay.
        var source = new ListSource(("n", [
            Doc("hub", ("to", Value.From("first", "further", "late"))),
            Doc("first", ("to", Value.From("large", "late"))),
            Doc("further", ("to", Value.Null)),
            Doc("large", ("to", new string('x', 200))),
            Doc("late", ("to", "nowhere"), ("name", "late"))]));
        var query = Hop("n", "hub", "to", "_id", max: 2);
        var results = new List<StoredDocument>();
        await using var traversal = new Traversal(query with { Hops = [query.Hops[0] with { Fanout = 2 }] }, source, TimeProvider.System);
        while (await traversal.MoveNextAsync()) results.Add(traversal.Decode());

        Assert.Equal(["first", "further", "large", "late"], results.Select(result => result.Id.ToString()));
        Assert.Equal(Document.Of(("to", "nowhere"), ("name", "late")), results[^1].Fields);
    }

    [Fact]
    public async Task A_budget_ends_it_with_what_was_found_and_names_the_limit()
    {
        var chain = new ListSource(("n", [.. Enumerable.Range(0, 100).Select(i => Doc($"{i:D3}", ("next", $"{i + 1:D3}")))]));
        var traversal = new Traversal(Hop("n", "000", "next", "_id", max: 64) with { Budget = new(Documents: 10) }, chain, TimeProvider.System);
        var reached = 0;
        while (await traversal.MoveNextAsync()) reached++;
        Assert.Equal(("docs", 9), (traversal.StoppedBy, reached));
        for (; traversal.Resume(); Assert.InRange(reached, 0, 99))
            while (await traversal.MoveNextAsync()) reached++;
        Assert.Equal((null, 64), (traversal.StoppedBy, reached));
    }

    private static TraverseQuery Hop(string collection, string start, string field, string toField, int max = 1, int min = 1)
        => new() { From = collection, Start = Filter.Eq("_id", start), Hops = [new(field, new(collection, toField)) { Min = min, Max = max }] };

    private static StoredDocument Doc(string id, params (string, Value)[] fields) => new(new(id), new(1), Document.Of(fields));

    private static async Task<List<string>> Run(TraverseQuery query, IFrontierSource source)
    {
        var reached = new List<string>();
        await using var traversal = new Traversal(query, source, TimeProvider.System);
        while (await traversal.MoveNextAsync()) reached.Add(traversal.Decode().Id.ToString());
        return reached;
    }
}
