// A traversal over sixteen partitions is the one machine of the engine with another source; so it gives what a plain walk over
// the documents gives, on one silo and on three, in one page or in many.

using CsCheck;
using IngoDB.Abstractions;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests;

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

    [Fact]
    public async Task Whatever_is_given_out_of_sixteen_partitions_is_what_a_naive_walk_gives()
    {
        var database = await fixture.OfAsync(3);
        var samples = 0;
        await TraverseGenerators.GraphAndQuery.SampleAsync(async sample =>
        {
            var (graph, names) = await PutAsync(database, sample.Graph);
            var query = sample.Query with { From = names(sample.Query.From), Hops = [.. sample.Query.Hops.Select(hop => hop with { To = hop.To with { Collection = names(hop.To.Collection) } })] };
            var expected = new ReferenceGraph(graph).Traverse(query).Select(d => (d.Id, d.Fields)).ToList();
            Assert.Equal(expected, (await database.QueryAsync(query)).Select(d => (d.Id, d.Fields)));

            // A budget stops each request; its cursor goes on, now from what the silo holds, now by a replay.
            var cut = query with { Budget = (samples++ % 3) switch { 0 => new(Documents: 3), 1 => new(Nodes: 2), _ => new(Bytes: 60) } };
            var results = new List<(DocumentId, Document)>();
            for (var requests = 0; ; requests++)
            {
                Assert.InRange(requests, 0, 10_000);
                var reply = await database.PageAsync(cut);
                if (reply.Page.Length > 0) results.AddRange(DocumentPageReader.DecodeAll(reply.Page).Select(d => (d.Id, d.Fields)));
                if (reply.Cursor is null) break;
                if (requests % 5 == 1) await database.PageAsync(cut with { Cursor = reply.Cursor });
                cut = cut with { Cursor = reply.Cursor };
            }

            Assert.Equal(expected, results);
        }, iter: 40, threads: 1, print: sample => LiquidJson.Write(sample.Query));
    }

    [Fact]
    public async Task The_least_paths_through_sixteen_partitions_are_those_of_all_paths_sorted()
    {
        var database = await fixture.OfAsync(3);
        await TraverseGenerators.GraphAndPath.SampleAsync(async sample =>
        {
            var (graph, names) = await PutAsync(database, sample.Graph);
            var query = sample.Query with { From = names(sample.Query.From), Hops = [.. sample.Query.Hops.Select(hop => hop with { To = hop.To with { Collection = names(hop.To.Collection) } })] };
            Assert.Equal(new ReferencePaths(graph).Find(query), (await database.QueryAsync(query)).Select(d => d.Fields));
        }, iter: 40, threads: 1, print: sample => LiquidJson.Write(sample.Query));
    }

    [Fact]
    public async Task A_hop_is_one_message_to_each_partition()
    {
        var database = await fixture.OfAsync(3);
        var people = TestDatabase.NewCollection();
        await database.UpsertAsync(people, Enumerable.Range(0, 600).Select(i => (new DocumentId($"{i:D3}"), Document.Of(("code", i), ("next", Value.From(i * 2, (i * 2) + 1))))));
        var query = new TraverseQuery { From = people, Start = Filter.Eq("code", 1), Hops = [new Hop("next", new(people, "code")) { Max = 5 }] };
        Assert.Equal(62, (await database.QueryAsync(query)).Count);

        // Every partition counts the joins it was asked for.
        var learned = await database.AdminAsync("patterns.list", Document.Of(("collection", people)));
        var joins = learned["patterns"].AsArray().ToArray().Select(pattern => pattern.AsDocument()).Single(pattern => pattern["shape"].AsString().StartsWith("join", StringComparison.Ordinal));
        Assert.Equal(5 * 16, joins["executions"].AsInt64());
    }

    private static async Task<(Dictionary<string, IReadOnlyList<StoredDocument>> Graph, Func<string, string> Names)> PutAsync(TestDatabase database, IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> sample)
    {
        var run = TestDatabase.NewCollection();
        string Named(string collection) => $"{collection}-{run}";
        foreach (var (name, documents) in sample)
        {
            // A collection exists from its first write on.
            await database.UpsertAsync(Named(name), documents.Select(d => (d.Id, d.Fields)).Append((new("unreached"), Document.Of(("k", 99)))));
        }

        return (sample.ToDictionary(c => Named(c.Key), c => (IReadOnlyList<StoredDocument>)[.. c.Value, new StoredDocument(new("unreached"), new(1), Document.Of(("k", 99)))]), Named);
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
