// A traversal over sixteen partitions is the one machine of the engine with another source; so it gives what a plain walk over
// the documents gives, on one silo and on three, in one page or in many.

using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterTraversesTests(SiloFixture fixture)
{
    private const int Cities = 300;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_traversal_is_a_walk_by_depth_then_id(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var (cities, roads) = (TestDatabase.NewCollection(), TestDatabase.NewCollection());
        var random = new Random(7);
        var edges = Enumerable.Range(0, 900).Select(_ => (From: Name(random.Next(Cities)), To: Name(random.Next(Cities)))).ToList();
        await database.UpsertAsync(cities, Enumerable.Range(0, Cities).Select(i => (new DocumentId(Name(i)), Document.Of(("n", i)))));
        await database.UpsertAsync(roads, edges.Select((e, i) => (new DocumentId($"road-{i}"), Document.Of(("from", e.From), ("to", e.To)))));

        // city -(roads.from)-> road -(to)-> city: two hops a step, three steps.
        var step = new[] { new Hop("_id", new(roads, "from")), new Hop("to", new(cities, "_id")) };
        var query = new TraverseQuery { From = cities, Start = Filter.Eq("_id", Name(0)), Hops = [.. step, .. step, .. step] };
        var expected = Walk(edges, steps: 3);
        Assert.Equal(expected, (await database.QueryAsync(query)).Select(d => d.Id.Text));
        Assert.Equal(expected, (await database.QueryAsync(query with { Select = [FieldPath.Parse("n")] }, pageBytes: 4 << 10)).Select(d => Name((int)d["n"].AsInt64())));
    }

    [Fact]
    public async Task A_hop_that_repeats_finds_everything_within_its_depth()
    {
        var database = await fixture.OfAsync(3);
        var people = TestDatabase.NewCollection();
        await database.UpsertAsync(people, Enumerable.Range(0, 100).Select(i => (new DocumentId($"{i:D3}"), Document.Of(("boss", $"{(i - 1) / 2:D3}"), ("friends", Value.From($"{(i * 7) % 100:D3}", $"{(i * 3) % 100:D3}"))))));
        var reports = new TraverseQuery { From = people, Start = Filter.Eq("_id", "003"), Hops = [new Hop("_id", new(people, "boss")) { Max = 3 }] };
        Assert.Equal(["007", "008", "015", "016", "017", "018", "031", "032", "033", "034", "035", "036", "037", "038"], (await database.QueryAsync(reports)).Select(d => d.Id.Text));

        var friends = reports with { Hops = [new Hop("friends", new(people, "_id"))] };
        Assert.Equal(["009", "021"], (await database.QueryAsync(friends)).Select(d => d.Id.Text));
        Assert.Equal("/hops/0/to/collection", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.QueryAsync(friends with { Hops = [new Hop("a", new("nowhere", "b"))] }))).Pointer);
    }

    [Fact]
    public async Task A_traversal_that_was_forgotten_is_replayed()
    {
        var database = await fixture.OfAsync(3);
        var things = TestDatabase.NewCollection();
        await database.UpsertAsync(things, Enumerable.Range(0, 500).Select(i => (new DocumentId($"{i:D3}"), Document.Of(("root", "r"), ("padding", new string('x', 50))))));
        await database.UpsertAsync(things, [(new("root"), Document.Of(("key", "r")))]);
        var query = new TraverseQuery { From = things, Start = Filter.Eq("_id", "root"), Hops = [new Hop("key", new(things, "root"))] };
        var first = await database.PageAsync(query, pageBytes: 4 << 10);
        var second = await database.PageAsync(query with { Cursor = first.Cursor }, pageBytes: 4 << 10);

        // The first cursor is behind what the silo kept by now, so the same page comes from a replay.
        var again = await database.PageAsync(query with { Cursor = first.Cursor }, pageBytes: 4 << 10);
        Assert.Equal(second.Page, again.Page);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i:D3}"), (await database.QueryAsync(query, pageBytes: 4 << 10)).Select(d => d.Id.Text));
    }

    private static List<string> Walk(List<(string From, string To)> edges, int steps)
    {
        var next = edges.ToLookup(e => e.From, e => e.To);
        var visited = new HashSet<string> { Name(0) };
        var frontier = visited.ToList();
        for (var step = 0; step < steps; step++)
        {
            frontier = [.. frontier.SelectMany(city => next[city]).Distinct().Where(visited.Add)];
        }

        return [.. frontier.Order(StringComparer.Ordinal)];
    }

    private static string Name(int city) => $"city-{city:D4}";
}
