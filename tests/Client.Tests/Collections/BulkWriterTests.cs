using IngoDB.Client.Collections;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Collections;

/// <summary>A bulk writer takes a stream of any length at the speed of the cluster, and tells how far it is.</summary>
public sealed class BulkWriterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_of_writes_arrives_in_pages_and_is_counted()
    {
        var cluster = new FakeCluster(options => options.BulkPageWrites = 10);
        var told = new Told();
        await using var bulk = cluster.Database.Collection<Thing>("things").OpenBulk(told);
        for (var i = 0; i < 95; i++) await bulk.UpsertAsync(new() { Id = $"t{i}", Number = i }, Token);
        await bulk.DeleteAsync(new("t7"), Token);
        await bulk.PatchAsync(new("t8"), new Patch().Set("number", 88), Token);
        var done = await bulk.CompleteAsync(Token);
        Assert.Equal((97, 0, 10), (done.Applied, done.Refused, done.Pages));
        Assert.Equal(94, cluster.Coordinator.DocumentsOf("things").Count);
        Assert.Equal(10, told.Reports.Count);
        Assert.Equal(done, told.Reports.MaxBy(report => report.Pages));
        Assert.Equal("bulk.completed", (await Assert.ThrowsAsync<InvalidRequestException>(() => bulk.InsertAsync(new() { Id = "late" }, Token).AsTask())).Code);
    }

    [Fact]
    public async Task No_more_pages_are_under_way_than_allowed_and_the_writer_waits_for_them()
    {
        var cluster = new FakeCluster(options => (options.BulkPageWrites, options.BulkParallelism) = (1, 2));
        var answered = new TaskCompletionSource();
        cluster.Coordinator.Hang(answered.Task);
        cluster.Coordinator.Hang(answered.Task);
        await using var bulk = cluster.Database.Collection<Thing>("things").OpenBulk();
        await bulk.UpsertAsync(new() { Id = "a" }, Token);
        await bulk.UpsertAsync(new() { Id = "b" }, Token);
        var third = bulk.UpsertAsync(new() { Id = "c" }, Token).AsTask();
        Assert.False(third.IsCompleted);
        Assert.Equal(2, cluster.Coordinator.Writes.Count);
        answered.SetResult();
        await third;
        Assert.Equal(3, (await bulk.CompleteAsync(Token)).Applied);
    }

    [Fact]
    public async Task Refused_writes_are_counted_and_told_and_stop_nothing()
    {
        var cluster = new FakeCluster(options => options.BulkPageWrites = 3);
        var things = cluster.Database.Collection<Thing>("things");
        await things.InsertAsync(new() { Id = "t4" }, cancellationToken: Token);
        await using var bulk = things.OpenBulk();
        for (var i = 0; i < 9; i++) await bulk.InsertAsync(new() { Id = $"t{i}" }, Token);
        var done = await bulk.CompleteAsync(Token);
        Assert.Equal((8, 1), (done.Applied, done.Refused));
        Assert.Equal(("t4", "document.exists"), (Assert.Single(bulk.Refusals).Id.Text, bulk.Refusals[0].ErrorCode));
    }

    [Fact]
    public async Task A_page_whose_reply_is_lost_is_sent_again_as_the_same_request()
    {
        var cluster = new FakeCluster(options => (options.BulkPageWrites, options.BulkParallelism) = (2, 1));
        cluster.Coordinator.Throw(new TimeoutException("lost"));
        await using var bulk = cluster.Database.Collection<Thing>("things").OpenBulk();
        for (var i = 0; i < 4; i++) await bulk.UpsertAsync(new() { Id = $"t{i}" }, Token);
        var done = await bulk.CompleteAsync(Token);
        Assert.Equal((4, 0), (done.Applied, done.Refused));
        Assert.Empty(bulk.Refusals);
        var requests = cluster.Coordinator.Writes.Select(write => (write.Session, write.Sequence)).ToList();
        Assert.DoesNotContain(Guid.Empty, requests.Select(request => request.Session));
        Assert.Equal(2, requests.Distinct().Count());
    }

    [Fact]
    public async Task What_was_not_completed_is_not_sent()
    {
        var cluster = new FakeCluster();
        await using (var bulk = cluster.Database.Collection<Thing>("things").OpenBulk()) await bulk.UpsertAsync(new() { Id = "a" }, Token);
        Assert.Empty(cluster.Coordinator.Writes);
    }

    private sealed class Told : IProgress<BulkProgress>
    {
        public List<BulkProgress> Reports { get; } = [];

        public void Report(BulkProgress value) => Reports.Add(value);
    }

    private sealed record Thing
    {
        public string Id { get; set; } = "";

        public int Number { get; init; }
    }
}
