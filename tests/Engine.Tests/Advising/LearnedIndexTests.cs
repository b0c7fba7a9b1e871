// The product's headline, on a real engine that is driven by hand: a question that examines everything to return
// little has its index by the third run, a sorted question leaves its order behind, an edge that is walked is
// indexed on its target; and what nobody asks for is not built, or dropped again.

using IngoDB.Engine;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Advising;

public sealed class LearnedIndexTests : EngineFixture
{
    private const int Rows = 20_000;

    // Columns answer most of these questions so cheaply that no index would pay.
    protected override EngineOptions Options => base.Options with { Columns = false };

    [Fact]
    public async Task A_query_that_examines_everything_to_return_a_thousandth_has_its_index_by_the_third_run()
    {
        await Fill();
        var request = new ScanRequest(Things) { Where = Filter.Eq("shelf", 7) };

        var first = await RunAndLearn(request);
        var second = await RunAndLearn(request);
        var third = await RunAndLearn(request);

        Assert.Equal(("primary scan", Rows), (first.AccessPath, first.DocumentsExamined));
        Assert.Equal("primary scan", second.AccessPath);
        Assert.Equal("index range shelf", third.AccessPath);
        Assert.Equal((20, 20), (third.DocumentsReturned, third.DocumentsExamined));
        Assert.Contains("2 runs of \"scan where eq(shelf)\"", Engine.Indexes.Single().Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_constants_are_the_same_question_and_the_same_index()
    {
        await Fill();
        for (var shelf = 0; shelf < 20; shelf++) await RunAndLearn(new(Things) { Where = Filter.Eq("shelf", shelf) });
        Assert.Equal("things/shelf", Engine.Indexes.Single().Name);
    }

    [Fact]
    public async Task A_sorted_scan_leaves_its_order_behind_and_a_limit_then_examines_little_more_than_it_returns()
    {
        await Fill();
        var request = new ScanRequest(Things) { Sort = [new("price", Descending: true)], Limit = 10 };
        await RunAndLearn(request);
        await RunAndLearn(request);
        var third = await RunAndLearn(request);
        Assert.Equal("index order price", third.AccessPath);
        Assert.InRange(third.DocumentsExamined, 10, 20);
    }

    [Fact]
    public async Task An_edge_that_is_walked_is_indexed_on_its_target_with_brackets_when_that_holds_arrays()
    {
        await Fill();
        var query = new TraverseQuery { From = "things", Start = Filter.Eq("_id", "k00007"), Hops = [new("tag", new("things", "tags"))] };
        for (var run = 0; run < 3; run++)
        {
            using var stream = Engine.Query(query);
            stream.ToList();
            stream.Dispose();
            Engine.AdvanceLearning();
            await Engine.BuildIndexesAsync();
        }

        Assert.Equal("things/tags[]", Engine.Indexes.Single().Name);
    }

    [Fact]
    public async Task A_small_collection_gets_no_index_however_often_it_is_asked()
    {
        await Fill(500);
        for (var run = 0; run < 50; run++) await RunAndLearn(new(Things) { Where = Filter.Eq("shelf", 7) });
        Assert.Empty(Engine.Indexes);
    }

    [Fact]
    public async Task A_query_that_returns_nearly_everything_gets_no_index()
    {
        await Fill();
        for (var run = 0; run < 10; run++) await RunAndLearn(new(Things) { Where = Filter.Gte("shelf", 10) });
        Assert.Empty(Engine.Indexes);
    }

    [Fact]
    public async Task An_index_that_is_written_to_but_no_longer_asked_is_dropped()
    {
        await Fill();
        for (var run = 0; run < 3; run++) await RunAndLearn(new(Things) { Where = Filter.Eq("shelf", 7) });
        Assert.Single(Engine.Indexes);

        for (var round = 0; round < 3 && Engine.Indexes.Count > 0; round++)
        {
            await Fill(Rows, round + 1);
            await Engine.CompactAsync(everything: true); // its entries are written again, too
            Engine.AdvanceLearning();
        }

        Assert.Empty(Engine.Indexes);
    }

    [Fact]
    public async Task Rows_in_memory_have_cost_an_index_nothing_yet()
    {
        await Fill();
        Engine.DefineIndex(Things, "shelf", "test");
        await Engine.BuildIndexesAsync();
        Assert.Equal(0, Engine.Indexes.Single().Regret);

        await Engine.WriteAsync([.. Enumerable.Range(0, 1_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("shelf", i))))]);
        Assert.Equal(0, Engine.Indexes.Single().Regret);
        await Engine.FlushAsync();
        Assert.Equal(1_000 * QueryCosts.Default.RowIndexed, Engine.Indexes.Single().Regret);
    }

    [Fact]
    public async Task Writes_during_a_build_are_found_before_and_after_it()
    {
        await Fill();
        Engine.DefineIndex(Things, "shelf", "test");
        await Write(EngineWrite.Upsert(Things, new("new"), Document.Of(("shelf", 7))));
        await Write(EngineWrite.Upsert(Things, new("k00007"), Document.Of(("shelf", 8))));
        Assert.Equal(20, Scan(Filter.Eq("shelf", 7)).Count);
        await Engine.BuildIndexesAsync();
        Assert.Equal(20, Scan(Filter.Eq("shelf", 7)).Count);
        await Engine.FlushAsync();
        Assert.Equal(20, Scan(Filter.Eq("shelf", 7)).Count);
        await Engine.CompactAsync(everything: true);
        Assert.Equal(20, Scan(Filter.Eq("shelf", 7)).Count);
        await Reopen();
        Assert.Equal(20, Scan(Filter.Eq("shelf", 7)).Count);
    }

    [Fact]
    public async Task A_damaged_index_file_is_named_and_its_table_serves_without_it()
    {
        await Fill();
        Engine.DefineIndex(Things, "shelf", "test");
        await Engine.BuildIndexesAsync();
        await Engine.DisposeAsync();
        var name = Disk.ListFiles(Folder).Single(file => file.EndsWith(".idx", StringComparison.Ordinal));
        using (var file = Disk.Open($"{Folder}/{name}", writable: true)) file.Write(file.Length - 1, [0]);

        await Open();
        Assert.Contains(name, Engine.Status.LastBackgroundError, StringComparison.Ordinal);
        Assert.Equal(20, Scan(Filter.Eq("shelf", 7)).Count);
        await Engine.CompactAsync(everything: true);
        Assert.Equal("index range shelf", Engine.Explain(new(Things) { Where = Filter.Eq("shelf", 7) }, execute: false)["access"].AsString());
    }

    private async Task<QueryWork> RunAndLearn(ScanRequest request)
    {
        QueryWork work;
        using (var stream = Engine.Scan(request))
        {
            stream.ToList();
            work = stream.Work;
        }

        Engine.AdvanceLearning();
        await Engine.BuildIndexesAsync();
        return work;
    }

    private async Task Fill(int rows = Rows, int round = 0)
    {
        for (var from = 0; from < rows; from += 1_000)
            await Engine.WriteAsync([.. Enumerable.Range(from, Math.Min(1_000, rows - from)).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(
                ("shelf", i % 1_000), ("price", (i * 7919) % 10_007), ("round", round), ("tag", $"t{i % 50}"), ("tags", Value.From($"t{i % 500}", $"t{i % 700}")))))]);
        await Engine.FlushAsync();
    }
}
