// What the cluster promises about time, tokens, names and what it cannot do yet.

using IngoDB.Abstractions;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterPromisesTests(SiloFixture fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_snapshot_over_all_partitions_stays_as_it_was(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Numbers(0, 200, 1));
        var token = (await database.AdminAsync("snapshot.take"))["snapshot"].AsString();
        await database.UpsertAsync(collection, Numbers(100, 300, 2));
        await database.WriteAsync(collection, page => page.AddDelete(new("0000")));

        var then = await database.QueryAsync(new ScanQuery { From = collection, At = token }, pageBytes: 4 << 10);
        Assert.Equal(200, then.Count);
        Assert.All(then, d => Assert.Equal(1, d["generation"].AsInt64()));
        Assert.Equal(200, await database.CountAsync(collection, at: token));
        Assert.Equal(299, await database.CountAsync(collection));
        await database.AdminAsync("snapshot.renew", Document.Of(("snapshot", token)));
        await database.AdminAsync("snapshot.release", Document.Of(("snapshot", token)));
    }

    [Fact]
    public async Task Pages_of_one_scan_are_of_one_moment()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Numbers(0, 1_000, 1));
        var query = new ScanQuery { From = collection, Sort = [new("n", Descending: true)] };
        var first = await database.PageAsync(query, pageBytes: 4 << 10);
        await database.UpsertAsync(collection, Numbers(0, 1_000, 2));
        await database.WriteAsync(collection, page => page.AddDelete(DocumentPageReader.DecodeAll(first.Page)[^1].Id));

        var rest = await database.QueryAsync(query with { Cursor = first.Cursor }, pageBytes: 4 << 10);
        var all = DocumentPageReader.DecodeAll(first.Page).Concat(rest).ToList();
        Assert.Equal(Enumerable.Range(0, 1_000).Reverse(), all.Select(d => (int)d["n"].AsInt64()));
        Assert.All(all, d => Assert.Equal(1, d["generation"].AsInt64()));
    }

    [Fact]
    public async Task The_cursor_of_another_query_is_refused()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Numbers(0, 1_000, 1));
        var query = new ScanQuery { From = collection };
        var cursor = (await database.PageAsync(query, pageBytes: 4 << 10)).Cursor!;
        foreach (var other in new[] { query with { Cursor = cursor, Limit = 5 }, query with { Cursor = cursor[..^1] + (cursor[^1] == 'A' ? 'B' : 'A') }, query with { Cursor = "x" } })
            Assert.Equal("cursor.invalid", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.PageAsync(other))).Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task When_a_collection_is_made_again_cursors_that_read_the_old_one_are_refused(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var (from, to) = (TestDatabase.NewCollection(), TestDatabase.NewCollection());
        await database.UpsertAsync(from, Numbers(0, 500, 1));
        Query[] queries =
        [
            new ScanQuery { From = to },
            new ScanQuery { From = from, Include = [new("generation", new(to, "n"), "more")] },
            new AggregateQuery { From = to, By = ["n", "padding"], Compute = [new("rows", new(AccumulatorFunction.Count))] },
            new TraverseQuery { From = from, Start = Filter.Eq("n", 1), Hops = [new Hop("generation", new(to, "generation"))] },
            new PathQuery { From = from, Start = Filter.Eq("n", 1), Goal = Filter.All, Hops = [new Hop("generation", new(to, "generation")), new Hop("n", new(from, "n"))], Depth = 2, K = 100 },
        ];
        foreach (var query in queries)
        {
            foreach (var isForgotten in (bool[])[false, true])
            {
                await database.UpsertAsync(to, Numbers(0, 500, 1));
                var cursor = (await database.PageAsync(query, pageBytes: 4 << 10)).Cursor;
                Assert.NotNull(cursor);
                if (isForgotten) await database.PageAsync(TestDatabase.After(query, cursor), pageBytes: 4 << 10);
                await database.AdminAsync("collections.drop", Document.Of(("name", to)));
                Assert.Equal("collection.not_found", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.PageAsync(TestDatabase.After(query, cursor)))).Code);
                await database.UpsertAsync(to, Numbers(0, 500, 2));
                Assert.Equal("cursor.invalid", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.PageAsync(TestDatabase.After(query, cursor)))).Code);
            }
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task A_page_of_a_scan_that_a_budget_ended_says_so_and_is_the_last(int silos, bool sorted)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Numbers(0, 2_000, 1));
        var query = new ScanQuery { From = collection, Sort = sorted ? [new("n", Descending: true)] : [], Budget = new(Documents: 90) };
        var ids = new List<int>();
        var page = await database.PageAsync(query, pageBytes: 4 << 10);
        for (; page.Cursor is not null; page = await database.PageAsync(query with { Cursor = page.Cursor }, pageBytes: 4 << 10))
        {
            Assert.Null(page.StoppedBy);
            ids.AddRange(DocumentPageReader.DecodeAll(page.Page).Select(d => (int)d["n"].AsInt64()));
        }

        // What came before is the beginning of the whole answer; where a sort has seen a part only, nothing is.
        Assert.Equal("docs", page.StoppedBy);
        Assert.Equal(Enumerable.Range(0, ids.Count), ids);
        Assert.Equal(sorted, ids.Count == 0);
    }

    [Fact]
    public async Task Reading_a_collection_that_is_not_there_names_the_nearest()
    {
        var database = await fixture.OfAsync(3);
        await database.UpsertAsync("airports", [(new("AUS"), Document.Of(("city", "Austin")))]);
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => database.QueryAsync(new ScanQuery { From = "airport" }));
        Assert.Equal(("collection.not_found", "/from"), (error.Code, error.Pointer));
        Assert.StartsWith("airports", error.Suggestion, StringComparison.Ordinal);
        Assert.Equal("collection.bad_name", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.UpsertAsync("../etc", [(new("a"), Document.Empty)]))).Code);
    }

    [Fact]
    public async Task A_database_is_made_by_writing_to_it_and_not_by_asking_for_it()
    {
        var database = await fixture.OfAsync(3);
        var other = database.In("other-1");
        var query = new ScanQuery { From = "things" };
        Assert.Equal("database.not_found", (await Assert.ThrowsAsync<InvalidRequestException>(() => other.QueryAsync(query))).Code);
        await other.UpsertAsync("things", Numbers(0, 10, 1));
        Assert.Equal(10, (await other.QueryAsync(query)).Count);
        Assert.Equal("database.bad_name", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.In("../x").UpsertAsync("things", Numbers(0, 1, 1)))).Code);
    }

    [Fact]
    public async Task Explain_of_a_get_asks_the_partitions_of_its_ids()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Numbers(0, 100, 1));
        var id = (await database.QueryAsync(new ScanQuery { From = collection, Limit = 1 }))[0].Id;
        var plan = SingleDocument.Read((await database.PageAsync(new GetQuery { From = collection, Ids = [id] }, explain: ExplainMode.Execute)).Value)!;
        Assert.Equal((1, 1), (plan["partitions"].AsInt64(), plan["measured"].AsDocument()["documentsReturned"].AsInt64()));
    }

    [Fact]
    public async Task Explain_of_a_walk_tells_how_it_starts_how_each_hop_joins_and_what_it_cost()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Numbers(0, 100, 1));
        var walk = new TraverseQuery { From = collection, Start = Filter.Lt("n", 3), Hops = [new("n", new(collection, "n")), new("n", new(collection, "_id"))], Unique = UniqueMode.None };
        var plan = SingleDocument.Read((await database.PageAsync(walk, explain: ExplainMode.Execute)).Value)!;
        Assert.Equal(16, plan["start"].AsDocument()["partitions"].AsInt64());
        Assert.Equal((3, 0), (plan["start"].AsDocument()["measured"].AsDocument()["documentsReturned"].AsInt64(), plan["measured"].AsDocument()["documentsReturned"].AsInt64()));
        var hops = plan["hops"].AsArray().ToArray().Select(hop => hop.AsDocument()).ToArray();
        Assert.Equal("primary scan", hops[0]["forOneValue"].AsDocument()["access"].AsString());
        Assert.StartsWith("point reads", hops[1]["access"].AsString(), StringComparison.Ordinal);
        Assert.True(plan["measured"].AsDocument()["documentsExamined"].AsInt64() >= 6);

        var path = new PathQuery { From = collection, Start = Filter.Eq("n", 1), Goal = Filter.Eq("n", 2), Hops = [new("n", new(collection, "n"))], Depth = 2 };
        Assert.Equal("path", SingleDocument.Read((await database.PageAsync(path, explain: ExplainMode.Plan)).Value)!["kind"].AsString());
    }

    [Fact]
    public async Task Explain_adds_up_the_plans_of_all_partitions()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Numbers(0, 500, 1));
        var reply = await database.PageAsync(new ScanQuery { From = collection, Where = Filter.Gte("n", 250) }, explain: ExplainMode.Execute);
        var plan = SingleDocument.Read(reply.Value)!;
        Assert.Equal((16, 16, "primary scan"), (plan["partitions"].AsInt64(), plan["plans"].AsArray().Length, plan["access"].AsString()));
        Assert.Equal((500, 250), (plan["measured"].AsDocument()["documentsExamined"].AsInt64(), plan["measured"].AsDocument()["documentsReturned"].AsInt64()));
    }

    [Fact]
    public async Task Explain_of_an_aggregate_adds_up_documents_and_records_of_groups()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Numbers(0, 500, 1));
        var groups = new AggregateQuery { From = collection, Where = Filter.Gte("n", 250), By = ["generation"], Compute = [new("rows", new(AccumulatorFunction.Count))] };
        var plan = SingleDocument.Read((await database.PageAsync(groups, explain: ExplainMode.Execute)).Value)!;
        Assert.Equal((16, 16), (plan["partitions"].AsInt64(), plan["plans"].AsArray().Length));
        Assert.Equal((500, 16), (plan["measured"].AsDocument()["documentsExamined"].AsInt64(), plan["measured"].AsDocument()["documentsReturned"].AsInt64()));
        Assert.False(SingleDocument.Read((await database.PageAsync(groups, explain: ExplainMode.Plan)).Value)!.Contains("measured"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_status_shows_nodes_and_where_partitions_are(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var status = await database.AdminAsync("cluster.status");
        var nodes = status["nodes"].AsArray().ToArray().Select(n => n.AsDocument()).ToList();
        Assert.Equal(silos, nodes.Count);
        Assert.All(nodes, node => Assert.True(node["up"].AsBool()));
        Assert.All(nodes, node => Assert.InRange(node["partitions"].AsInt64(), 16 / silos, (16 / silos) + 1));
        Assert.Equal("admin.unknown_operation", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.AdminAsync("cluster.statis"))).Code);
    }

    private static IEnumerable<(DocumentId Id, Document Fields)> Numbers(int from, int to, int generation)
        => Enumerable.Range(from, to - from).Select(i => (new DocumentId($"{i:D4}"), Document.Of(("n", i), ("generation", generation), ("padding", new string('p', 30)))));
}
