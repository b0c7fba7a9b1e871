// Pages of one engine: together they are the stream, at one point in time, whatever is written meanwhile; and a cursor that is not
// of this engine and this query is refused with a reason.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class PagingTests : EngineFixture
{
    private static readonly IReadOnlyList<KeyValuePair<string, Accumulator>> Counts = [new("n", new(AccumulatorFunction.Count)), new("last", new(AccumulatorFunction.Max, "n"))];

    [Fact]
    public async Task Pages_of_every_query_are_its_stream_at_the_time_of_the_first()
    {
        await FillAsync(200);
        Query[] queries =
        [
            new ScanQuery { From = "things" },
            new ScanQuery { From = "things", Sort = [new("group", Descending: true), new("text")], Select = ["n"], Skip = 7, Limit = 101 },
            new ScanQuery { From = "things", Where = Filter.Lt("n", 50), Sort = [new("text", Nulls: NullsOrder.Last)], Include = [new("group", new("things", "n"), "others") { Select = ["text"] }] },
            new AggregateQuery { From = "things", By = ["group"], Compute = Counts },
            new AggregateQuery { From = "things", By = ["group", "text"], Compute = Counts, Sort = [new("last", Descending: true)], Limit = 23 },
            new TraverseQuery { From = "things", Start = Filter.Eq("n", 3), Hops = [new Hop("group", new("things", "group"))] },
        ];
        foreach (var query in queries)
        {
            List<string> expected;
            using (var stream = Engine.Query(query)) expected = stream.ToList().ConvertAll(Text);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await PagesAsync(query, documentsMax: 9));
        }
    }

    [Fact]
    public async Task Any_scan_in_pages_of_any_size_is_the_scan()
    {
        var random = new Random(3);
        foreach (var document in ValueGenerators.Document.Array[150].Single(_ => true, "0000KuxHBAp1")) await Write(EngineWrite.Upsert(Things, new($"k{random.Next(120)}"), document.Without(FieldNames.Expires)));
        await Gen.Select(FilterGenerators.Filter, FilterGenerators.Sort, Gen.Int[0, 40], Gen.Int[0, 20], Gen.Int[1, 30]).SampleAsync(async story =>
        {
            var (where, sort, limit, skip, size) = story;
            var query = new ScanQuery { From = "things", Where = where, Sort = sort, Limit = limit == 0 ? null : limit, Skip = skip };
            using var stream = Engine.Query(query);
            Assert.Equal(stream.ToList().ConvertAll(Text), await PagesAsync(query, size, disturb: false));
        }, iter: 150, threads: 1);
    }

    [Fact]
    public async Task A_cursor_that_was_changed_or_is_of_something_else_is_refused_with_the_reason()
    {
        await FillAsync(20);
        var query = new ScanQuery { From = "things", Sort = [new("text")] };
        var cursor = (await Engine.QueryPageAsync(query, documentsMax: 3)).Cursor!;
        var changed = (cursor[0] == 'A' ? 'B' : 'A') + cursor[1..];
        var inside = cursor[..20] + (cursor[20] == 'A' ? 'B' : 'A') + cursor[21..];

        Assert.InRange(cursor.Length, 1, 512);
        Assert.Contains("another query", (await RefusedAsync(query with { Limit = 5, Cursor = cursor })).Message, StringComparison.Ordinal);
        Assert.Equal("cursor.invalid", (await RefusedAsync(query with { Cursor = changed })).Code);
        Assert.Contains("signature", (await RefusedAsync(query with { Cursor = inside })).Message, StringComparison.Ordinal);
        await Reopen();
        Assert.Contains("signature", (await RefusedAsync(query with { Cursor = cursor })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_asked_for_too_late_is_refused()
    {
        await FillAsync(20);
        var query = new ScanQuery { From = "things" };
        var cursor = (await Engine.QueryPageAsync(query, documentsMax: 3)).Cursor;
        Time.Advance(TimeSpan.FromMinutes(2));
        await Write(EngineWrite.Upsert(Things, new("thing-00005"), Document.Of(("n", 0))));
        await Engine.CompactAsync(everything: true);

        await Assert.ThrowsAsync<SnapshotTooOldException>(async () => await Engine.QueryPageAsync(query with { Cursor = cursor }));
    }

    [Fact]
    public async Task Pages_of_a_walk_that_a_budget_cuts_are_the_whole_walk()
    {
        await FillAsync(200);
        var walk = new TraverseQuery { From = "things", Start = Filter.Lt("n", 3), Hops = [new Hop("group", new("things", "group")) { Where = Filter.Gt("n", 20), Prune = Filter.Gt("n", 150), Max = 2 }], Emit = EmitMode.Edges, Unique = UniqueMode.None };
        var path = new PathQuery { From = "things", Start = Filter.Eq("n", 3), Goal = Filter.Eq("n", 16), Hops = [new Hop("group", new("things", "group"))], Depth = 2, K = 7, Weight = "n" };
        foreach (var query in new Query[] { walk, path })
        {
            List<string> expected;
            using (var stream = Engine.Query(query)) expected = stream.ToList().ConvertAll(Text);
            Assert.True(expected.Count >= 7);
            foreach (var budget in new Budget[] { new(Documents: 11), new(Nodes: 9), new(Bytes: 300) })
            {
                var cut = query is TraverseQuery ? walk with { Budget = budget } : (Query)(path with { Budget = budget });
                var (all, stops) = (new List<string>(), 0);
                for (var page = await Engine.QueryPageAsync(cut, 5); ; page = await Engine.QueryPageAsync(WithCursor(cut, page.Cursor), 5))
                {
                    all.AddRange(page.Documents.Select(Text));
                    if (page.StoppedBy is not null) stops++;
                    Assert.InRange(stops, 0, 2_000);
                    if (page.Cursor is null) break;
                    await Write(EngineWrite.Upsert(Things, new($"late-{stops}"), Document.Of(("n", 100), ("group", 3))));
                }

                Assert.True(stops > 1, $"{budget} stopped nothing");
                Assert.Equal(expected, all);
            }
        }
    }

    [Theory]
    [InlineData("n", 20)]
    [InlineData("_id", 0)]
    public async Task A_page_of_a_scan_that_a_budget_ended_says_so_and_is_the_last(string sortedBy, int skip)
    {
        await FillAsync(200);
        var query = new ScanQuery { From = "things", Sort = [new(sortedBy, Descending: true)], Skip = skip, Budget = new(Documents: 50) };
        var (given, page) = (0, await Engine.QueryPageAsync(query, 10));
        for (; page.Cursor is not null; page = await Engine.QueryPageAsync(query with { Cursor = page.Cursor }, 10))
        {
            Assert.Null(page.StoppedBy);
            given += page.Documents.Count;
            Assert.InRange(given, 0, 200);
        }

        Assert.Equal("docs", page.StoppedBy);
    }

    [Fact]
    public async Task Every_page_of_an_aggregate_that_a_budget_ended_says_so()
    {
        await FillAsync(200);
        var query = new AggregateQuery { From = "things", By = ["n"], Compute = [new("rows", new(AccumulatorFunction.Count))], Budget = new(Documents: 50) };
        var (groups, page) = (0, await Engine.QueryPageAsync(query, 20));
        for (; page.Cursor is not null; page = await Engine.QueryPageAsync(query with { Cursor = page.Cursor }, 20))
        {
            Assert.Equal(("docs", 20), (page.StoppedBy, page.Documents.Count));
            groups += page.Documents.Count;
        }

        Assert.Equal(("docs", 50), (page.StoppedBy, groups + page.Documents.Count));
    }

    [Fact]
    public async Task When_a_collection_is_made_again_cursors_that_read_the_old_one_are_refused()
    {
        await FillAsync(50);
        Query[] queries =
        [
            new ScanQuery { From = "things", Include = [new("group", new("others", "group"), "more")] },
            new AggregateQuery { From = "others", By = ["group"], Compute = Counts },
            new TraverseQuery { From = "things", Hops = [new Hop("group", new("others", "group"))] },
            new TraverseQuery { From = "others", Hops = [new Hop("group", new("things", "group"))] },
            new PathQuery { From = "things", Start = Filter.All, Goal = Filter.All, Hops = [new Hop("group", new("others", "group")), new Hop("group", new("things", "group"))], Depth = 2, K = 9 },
        ];
        foreach (var query in queries)
        {
            await FillOthersAsync();
            var cursor = (await Engine.QueryPageAsync(query, documentsMax: 3)).Cursor;
            Assert.NotNull(cursor);
            Engine.DropCollection(Engine.FindCollection("others")!.Value);
            await FillOthersAsync();
            Assert.Equal("cursor.invalid", (await RefusedAsync(WithCursor(query, cursor))).Code);
        }

        async Task FillOthersAsync()
        {
            var others = Engine.Collection("others");
            await Engine.WriteAsync([.. Enumerable.Range(0, 30).Select(i => EngineWrite.Upsert(others, new($"other-{i}"), Document.Of(("n", i), ("group", i % 13))))]);
        }
    }

    private async Task<List<string>> PagesAsync(Query query, int documentsMax, bool disturb = true)
    {
        var all = new List<string>();
        for (var page = await Engine.QueryPageAsync(query, documentsMax); ; page = await Engine.QueryPageAsync(WithCursor(query, page.Cursor), documentsMax))
        {
            all.AddRange(page.Documents.Select(Text));
            if (page.Cursor is null) return all;
            Assert.Equal(documentsMax, page.Documents.Count);
            if (!disturb) continue;
            await Write(EngineWrite.Upsert(Things, new($"thing-{all.Count:D5}"), Document.Of(("n", 9_999), ("group", 3), ("text", "new"))));
            await Write(EngineWrite.Upsert(Things, new($"a-{Guid.CreateVersion7()}"), Document.Of(("n", 9_999), ("group", 3))));
        }
    }

    private async Task FillAsync(int count)
    {
        for (var i = 0; i < count; i++) await Write(EngineWrite.Upsert(Things, new($"thing-{i:D5}"), Document.Of(("n", i), ("group", i % 13), ("text", $"text {i % 17}"))));
        await Engine.FlushAsync();
    }

    private async Task<InvalidRequestException> RefusedAsync(Query query) => await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.QueryPageAsync(query));

    private static Query WithCursor(Query query, string? cursor) => query switch
    {
        ScanQuery scan => scan with { Cursor = cursor },
        AggregateQuery aggregate => aggregate with { Cursor = cursor },
        PathQuery path => path with { Cursor = cursor },
        _ => (TraverseQuery)query with { Cursor = cursor },
    };

    private static string Text(StoredDocument document) => DocumentJson.ToJson(document);
}
