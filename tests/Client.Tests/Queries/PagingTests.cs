using IngoDB.Client.Collections;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Queries;

/// <summary>Results come a page at a time, the next one already under way; what is not complete says so.</summary>
public sealed class PagingTests
{
    private readonly FakeCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_pages_together_are_the_whole_answer_in_order()
    {
        var all = await FillAsync(25, pageDocuments: 4);
        var read = new List<long>();
        await foreach (var document in all.Query().OrderByDescending("n").AsAsyncEnumerable(Token)) read.Add(document["n"].AsInt64());
        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(n => (long)n), read);
        Assert.Equal(7, _cluster.Coordinator.Queries.Count);
    }

    [Fact]
    public async Task The_next_page_is_asked_for_while_this_one_is_read()
    {
        var all = await FillAsync(10, pageDocuments: 5);
        var secondAsked = new TaskCompletionSource();
        _cluster.Coordinator.OnQuery = _ =>
        {
            if (_cluster.Coordinator.Queries.Count == 2) secondAsked.SetResult();
        };
        await using var documents = all.Query().AsAsyncEnumerable(Token).GetAsyncEnumerator(Token);
        Assert.True(await documents.MoveNextAsync());
        await secondAsked.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task A_reader_that_stops_early_cancels_the_page_under_way()
    {
        var all = await FillAsync(10, pageDocuments: 5);
        var never = new TaskCompletionSource();
        await using (var documents = all.Query().AsAsyncEnumerable(Token).GetAsyncEnumerator(Token))
        {
            _cluster.Coordinator.Hang(Task.CompletedTask);
            _cluster.Coordinator.Hang(never.Task);
            Assert.True(await documents.MoveNextAsync());
        }

        Assert.Equal(2, _cluster.Coordinator.Queries.Count);
    }

    [Fact]
    public async Task Missing_partitions_are_an_exception_by_default()
    {
        var all = await FillAsync(3);
        _cluster.Coordinator.MissingPartitions = [2, 7];
        var error = await Assert.ThrowsAsync<UnavailableException>(() => all.Query().ToListAsync(Token));
        Assert.Equal("query.partitions_missing", error.Code);
        Assert.Contains("2, 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_allows_it_gets_what_there_is_and_is_told()
    {
        var all = await FillAsync(3);
        _cluster.Coordinator.MissingPartitions = [2, 7];
        var part = await all.Query().AllowPartial().ToListAsync(Token);
        Assert.Equal(3, part.Count);
        Assert.Equal([2, 7], part.MissingPartitions);
        Assert.True(part.IsPartial);
    }

    [Fact]
    public async Task A_point_read_never_takes_a_missing_partition_for_a_missing_document()
    {
        var all = await FillAsync(1);
        _cluster.Coordinator.MissingPartitions = [0];
        await Assert.ThrowsAsync<UnavailableException>(() => all.GetAsync(new DocumentId("1"), Token));
    }

    [Fact]
    public async Task A_budget_ends_a_list_visibly_and_a_stream_loudly()
    {
        var all = await FillAsync(10, pageDocuments: 5);
        _cluster.Coordinator.StoppedBy = "docs";
        var list = await all.Query().WithBudget(new Budget(Documents: 5)).ToListAsync(Token);
        Assert.Equal((5, "docs", "5"), (list.Count, list.StoppedBy, list.Cursor));
        var error = await Assert.ThrowsAsync<UnavailableException>(async () => await all.Query().AsAsyncEnumerable(Token).CountAsync(Token));
        Assert.Equal("query.stopped", error.Code);
        Assert.Equal(5, await all.Query().AllowPartial().AsAsyncEnumerable(Token).CountAsync(Token));
    }

    [Fact]
    public async Task Counts_first_ones_and_plans_need_no_documents()
    {
        var all = await FillAsync(12, pageDocuments: 5);
        Assert.Equal(12, await all.CountAsync(Token));
        Assert.Equal(4, await all.Where("n", CompareOperator.Lt, 4).CountAsync(Token));
        Assert.Equal(11, (await all.Query().OrderByDescending("n").FirstOrDefaultAsync(Token))!["n"].AsInt64());
        Assert.Null(await all.Where("n", CompareOperator.Gt, 99).FirstOrDefaultAsync(Token));
        Assert.Equal("primary scan", (await all.Query().ExplainAsync(cancellationToken: Token))["access"].AsString());
        Assert.True((await all.Query().ExplainAsync(execute: true, Token))["measured"].AsBool());
    }

    private async Task<DocumentCollection> FillAsync(int documents, int pageDocuments = 1_000)
    {
        var collection = _cluster.Database.Collection("numbers");
        foreach (var n in Enumerable.Range(0, documents)) await collection.InsertAsync(Document.Of(("n", n)), new DocumentId($"{n}"), cancellationToken: Token);
        _cluster.Coordinator.PageDocuments = pageDocuments;
        return collection;
    }
}
