// What a query promises beside its answer: that it stops where it may, and says what it did.

using IngoDB.Engine;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Querying;

public sealed class QueryEngineTests : EngineFixture
{
    protected override EngineOptions Options => base.Options with { Columns = false };

    [Fact]
    public async Task A_limited_scan_in_id_order_stops_early()
    {
        await Fill(5_000);
        Assert.Equal((10, 10), Measure(new(Things) { Limit = 10 }));
        Assert.Equal((10, 91), Measure(new(Things) { Where = Filter.Eq("tenth", 0), Limit = 10 }));
    }

    [Fact]
    public async Task An_id_is_a_point_read_never_a_scan()
    {
        await Fill(5_000);
        Assert.Equal((1, 1), Measure(new(Things) { Where = Filter.Eq("_id", "k00042") }));
        Assert.Equal((2, 3), Measure(new(Things) { Where = Filter.In("_id", "k00042", "k00043", "nobody") }));
    }

    [Fact]
    public async Task A_budget_of_documents_ends_a_scan_with_what_was_found_and_says_so()
    {
        await Fill(1_000);
        using var stream = Engine.Scan(new(Things) { Budget = new(Documents: 100) });
        Assert.Equal(100, stream.ToList().Count);
        Assert.Equal("docs", stream.StoppedBy);
    }

    [Fact]
    public async Task A_deadline_ends_a_scan_with_what_was_found_and_says_so()
    {
        await Fill(5_000);
        using var stream = Engine.Scan(new(Things) { Budget = new(Milliseconds: 10) });
        Assert.True(stream.MoveNext());
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(stream.ToList().Count, 1, 300);
        Assert.Equal("ms", stream.StoppedBy);
    }

    [Fact]
    public async Task A_budget_of_bytes_bounds_what_a_sort_may_keep()
    {
        await Fill(1_000);
        using var stream = Engine.Scan(new(Things) { Sort = [new("n", Descending: true)], Budget = new(Bytes: 4_000) });
        Assert.InRange(stream.ToList().Count, 1, 200);
        Assert.Equal("bytes", stream.StoppedBy);
    }

    [Fact]
    public async Task A_cancelled_scan_throws_within_a_few_hundred_rows()
    {
        await Fill(5_000);
        using var cancellation = new CancellationTokenSource();
        using var stream = Engine.Scan(new(Things), cancellationToken: cancellation.Token);
        Assert.True(stream.MoveNext());
        await cancellation.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => stream.ToList());
    }

    [Fact]
    public async Task A_count_is_what_a_scan_would_return()
    {
        await Fill(1_000);
        Assert.Equal(1_000, Engine.Count(Things, null));
        Assert.Equal(100, Engine.Count(Things, Filter.Eq("tenth", 3)));
        Engine.DefineIndex(Things, "tags[]", "test");
        await Engine.BuildIndexesAsync();
        Assert.Equal(200, Engine.Count(Things, Filter.Any("tags", Filter.In("$", "t1", "t2"))));
    }

    [Fact]
    public async Task Explain_says_why_there_is_no_index_and_when_there_would_be_one()
    {
        await Fill(5_000);
        var request = new ScanRequest(Things) { Where = Filter.Eq("tenth", 3) };
        var before = Engine.Explain(request, execute: true);
        Assert.Equal("primary scan", before["access"].AsString());
        Assert.Contains("no index on tenth", before["noIndexBecause"].AsString(), StringComparison.Ordinal);
        Assert.Equal(5_000, before["measured"].AsDocument()["documentsExamined"].AsInt64());
        Assert.Equal("tenth", before["learning"].AsArray().Span[0].AsDocument()["index"].AsString());

        Engine.DefineIndex(Things, "tenth", "test");
        await Engine.BuildIndexesAsync();
        var after = Engine.Explain(request, execute: true);
        Assert.Equal("index range tenth", after["access"].AsString());
        Assert.Equal(500, after["measured"].AsDocument()["documentsExamined"].AsInt64());
        Assert.False(after.Contains("noIndexBecause"));
    }

    [Fact]
    public async Task A_join_gives_each_document_once_with_and_without_an_index()
    {
        await Fill(1_000);
        Value[] values = ["t1", "t2", "t1", Value.Null, 7];
        string[] Join()
        {
            using var stream = Engine.Join(Things, "tags", values, Filter.Lt("n", 500));
            return [.. stream.ToList().Select(document => document.Id.ToString())];
        }

        var scanned = Join();
        Assert.Equal(100, scanned.Length);
        foreach (var path in (string[])["tags", "tags[]"])
        {
            Engine.DefineIndex(Things, path, "test");
            await Engine.BuildIndexesAsync();
            Assert.Equal(scanned, Join());
            Engine.DropIndex(Things, path, "test");
        }
    }

    [Fact]
    public async Task A_stream_may_be_left_and_disposed_at_any_time()
    {
        await Fill(1_000);
        using (var stream = Engine.Scan(new(Things))) Assert.True(stream.MoveNext());
        Assert.Equal(1, Engine.QueryStatistics.Single().Executions);
    }

    private (int Returned, int Examined) Measure(ScanRequest request)
    {
        using var stream = Engine.Scan(request);
        var returned = stream.ToList().Count;
        return (returned, (int)stream.Work.DocumentsExamined);
    }

    private async Task Fill(int rows)
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, rows).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("n", i), ("tenth", i % 10), ("tags", Value.From($"t{i % 10}", "all")))))]);
        await Engine.FlushAsync();
    }
}
