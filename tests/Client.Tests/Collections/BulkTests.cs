using IngoDB.Client.Collections;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Collections;

/// <summary>A bulk is cut into pages, sent in parallel, and answers for each write in the order given.</summary>
public sealed class BulkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2_500, 10, 3)]
    [InlineData(1_000, 10, 1)]
    [InlineData(100, 50_000, 5)]
    public async Task Pages_hold_a_thousand_writes_or_a_mebibyte(int documents, int bytesEach, int pages)
    {
        var cluster = new FakeCluster();
        var items = Enumerable.Range(0, documents).Select(n => Document.Of(("n", n), ("text", new string('x', bytesEach))));
        var result = await cluster.Database.Collection("bulk").InsertManyAsync(items, cancellationToken: Token);
        Assert.Equal(documents, result.EnsureApplied().Inserted);
        Assert.Equal(pages, cluster.Coordinator.Writes.Count);
        Assert.All(cluster.Coordinator.Writes, write => Assert.InRange(write.Page.Length, 1, (1 << 20) + 64 * 1024));
    }

    [Fact]
    public async Task Results_stand_in_the_order_of_the_writes()
    {
        var cluster = new FakeCluster(options => options.BulkPageWrites = 7);
        var collection = cluster.Database.Collection("bulk");
        await collection.InsertAsync(Document.Empty, new DocumentId("13"), cancellationToken: Token);
        var writes = Enumerable.Range(0, 30).Select(n => new InsertWrite { Into = "bulk", Id = new DocumentId($"{n}"), Document = Document.Of(("n", n)) });
        var result = await collection.BulkAsync(writes, cancellationToken: Token);
        Assert.Equal(Enumerable.Range(0, 30).Select(n => new DocumentId($"{n}")), result.Results.Select(one => one.Id));
        Assert.Equal((29, 1), (result.Inserted, result.Refused));
        Assert.Equal("document.exists", result.Results[13].ErrorCode);
        Assert.Throws<ConflictException>(result.EnsureApplied);
    }

    [Fact]
    public async Task A_page_that_fails_does_not_hide_the_others()
    {
        var cluster = new FakeCluster(options => (options.BulkPageWrites, options.BulkParallelism) = (10, 1));
        cluster.Coordinator.Hang(Task.CompletedTask);
        cluster.Coordinator.Throw(new StorageException("storage.disk_full", "full"));
        var result = await cluster.Database.Collection("bulk").InsertManyAsync(Enumerable.Range(0, 30).Select(n => Document.Of(("n", n))), cancellationToken: Token);
        Assert.Equal((20, 10), (result.Inserted, result.Refused));
        Assert.All(result.Results.Skip(10).Take(10), one => Assert.Equal("storage.disk_full", one.ErrorCode));
        Assert.Throws<UnavailableException>(result.EnsureApplied);
    }

    [Fact]
    public async Task What_makes_no_sense_for_many_is_refused_and_nothing_is_sent()
    {
        var cluster = new FakeCluster();
        var bulk = cluster.Database.Collection("bulk");
        var one = new WriteOptions { IfVersion = new(5) };
        Assert.Equal("query.conflicting_keys", (await Assert.ThrowsAsync<InvalidRequestException>(() => bulk.InsertManyAsync([Document.Empty], one, Token))).Code);
        Assert.Equal("query.conflicting_keys", (await Assert.ThrowsAsync<InvalidRequestException>(() => bulk.BulkAsync([new DeleteWrite { Into = "bulk", Id = "a" }], options: one, cancellationToken: Token))).Code);
        Assert.Equal("write.other_collection", (await Assert.ThrowsAsync<InvalidRequestException>(() => bulk.BulkAsync([new DeleteWrite { Into = "other", Id = "a" }], atomic: true, cancellationToken: Token))).Code);
        Assert.Empty(cluster.Coordinator.Writes);
    }

    [Fact]
    public async Task Writes_refused_as_busy_are_sent_again_alone()
    {
        var cluster = new FakeCluster();
        var refused = new HashSet<DocumentId>();
        cluster.Coordinator.OnWrite = id => id.Text is "3" or "5" && refused.Add(id) ? FakeCollection.Refused("busy", "later") : null;
        var writes = Enumerable.Range(0, 9).Select(n => new UpsertWrite { Into = "bulk", Id = new DocumentId($"{n}"), Document = Document.Of(("n", n)) });
        var result = await cluster.Database.Collection("bulk").BulkAsync(writes, cancellationToken: Token);
        Assert.Equal(9, result.EnsureApplied().Inserted);
        Assert.Equal(2, cluster.Coordinator.Writes.Count);
        Assert.Equal(2, new WritePageReader(cluster.Coordinator.Writes[1].Page).Count);
    }

    [Fact]
    public async Task An_atomic_bulk_is_one_page_whatever_its_length()
    {
        var cluster = new FakeCluster(options => options.BulkPageWrites = 2);
        var writes = Enumerable.Range(0, 9).Select(n => new UpsertWrite { Into = "bulk", Id = new DocumentId($"{{tag}}{n}"), Document = Document.Empty });
        await cluster.Database.Collection("bulk").BulkAsync(writes, atomic: true, cancellationToken: Token);
        Assert.True(Assert.Single(cluster.Coordinator.Writes).Atomic);
    }

    [Fact]
    public async Task Writes_as_JSON_reach_their_collections_and_report_in_order()
    {
        var cluster = new FakeCluster();
        var reply = await cluster.Database.ExecuteJsonAsync(
            """
            {"kind":"bulk","writes":[
              {"kind":"insert","into":"a","document":{"_id":"1","n":1}},
              {"kind":"upsert","into":"b","document":{"_id":"2","n":2}},
              {"kind":"patch","into":"a","id":"1","inc":{"n":41}},
              {"kind":"delete","from":"b","id":"3"}]}
            """, cancellationToken: Token);
        Assert.Equal([WriteStatus.Inserted, WriteStatus.Inserted, WriteStatus.Replaced, WriteStatus.NotFound], reply.Writes!.Results.Select(result => result.Status));
        Assert.Equal(42, cluster.Coordinator.DocumentsOf("a").Single()["n"].AsInt64());
    }

    [Fact]
    public async Task A_multi_get_gives_those_that_there_are()
    {
        var cluster = new FakeCluster();
        var collection = cluster.Database.Collection("many");
        await collection.InsertManyAsync(Enumerable.Range(0, 1_500).Select(n => new StoredDocument(new DocumentId($"{n}"), default, Document.Of(("n", n)))), cancellationToken: Token);
        var found = await collection.GetManyAsync(Enumerable.Range(1_000, 1_000).Select(n => new DocumentId($"{n}")), Token);
        Assert.Equal(500, found.Count);
        Assert.Equal(1_234, found[new DocumentId("1234")]["n"].AsInt64());
    }

    [Fact]
    public async Task A_snapshot_reads_the_same_and_refuses_writes()
    {
        var cluster = new FakeCluster();
        var notes = cluster.Database.Collection("notes");
        await notes.InsertAsync(Document.Of(("n", 1)), new DocumentId("a"), cancellationToken: Token);
        await using (var snapshot = await cluster.Database.SnapshotAsync(Token))
        {
            await notes.UpsertAsync(Document.Of(("n", 2)), new DocumentId("a"), cancellationToken: Token);
            Assert.Equal(1, (await snapshot.Collection("notes").GetAsync(new DocumentId("a"), Token))!["n"].AsInt64());
            Assert.Equal(1, (await notes.Query().At(snapshot).ToListAsync(Token))[0]["n"].AsInt64());
            Assert.Equal(0, await snapshot.Collection("notes").Where("n", CompareOperator.Eq, 2).CountAsync(Token));
            var error = await Assert.ThrowsAsync<InvalidRequestException>(() => snapshot.Collection("notes").DeleteAsync(new DocumentId("a"), cancellationToken: Token));
            Assert.Equal("snapshot.read_only", error.Code);
        }

        Assert.Equal(["snapshot.take", "snapshot.release"], cluster.Coordinator.Admin.Select(request => request.Operation));
    }

    [Fact]
    public async Task A_held_snapshot_renews_its_lease()
    {
        var cluster = new FakeCluster();
        await using var snapshot = await cluster.Database.SnapshotAsync(Token);
        cluster.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("snapshot.renew", cluster.Coordinator.Admin[^1].Operation);
    }

    [Fact]
    public async Task Rows_are_put_like_documents_and_only_what_was_not_applied_is_told()
    {
        var cluster = new FakeCluster();
        var notes = cluster.Database.Collection("notes");
        var (batch, row, shape) = (new RowBatch(), new DocWriter(), Shape.Of("n", "text"));
        Assert.Empty(await notes.UpsertRowsAsync(batch, cancellationToken: TestContext.Current.CancellationToken));
        for (var i = 0; i < 10; i++) batch.Upsert(new DocumentId($"{i}"), row.Begin(shape).Write(i).Write($"text {i}"));
        Assert.Empty(await notes.UpsertRowsAsync(batch, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(0, batch.Count);
        Assert.True(Assert.Single(cluster.Coordinator.Writes).Brief);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => Document.Of(("n", i), ("text", $"text {i}"))), cluster.Coordinator.DocumentsOf("notes").Select(d => d.Fields));

        cluster.Coordinator.OnWrite = id => id.Text == "3" ? new() { Status = (byte)WriteStatus.Refused, ErrorCode = "document.bad_expires", ErrorMessage = "no" } : null;
        for (var i = 0; i < 10; i++) batch.Upsert(new DocumentId($"{i}"), row.Begin(shape).Write(i).Write("again"));
        var refused = Assert.Single(await notes.UpsertRowsAsync(batch, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(("3", "document.bad_expires"), (refused.Id.Text, refused.ErrorCode));
    }

    [Fact]
    public async Task Rows_of_a_busy_partition_are_sent_again_and_a_failed_batch_is_told_for_each()
    {
        var cluster = new FakeCluster();
        var notes = cluster.Database.Collection("notes");
        var (batch, row, shape, busy) = (new RowBatch(), new DocWriter(), Shape.Of("n"), true);
        cluster.Coordinator.OnWrite = id => id.Text == "3" && busy && !(busy = false) ? new() { Status = (byte)WriteStatus.Refused, ErrorCode = "busy", ErrorMessage = "later" } : null;
        for (var i = 0; i < 10; i++) batch.Upsert(new DocumentId($"{i}"), row.Begin(shape).Write(i));
        Assert.Empty(await notes.UpsertRowsAsync(batch, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(10, cluster.Coordinator.DocumentsOf("notes").Count);

        cluster.Coordinator.Throw(new StorageException("storage.disk_full", "full"));
        for (var i = 0; i < 10; i++) batch.Upsert(new DocumentId($"{i}"), row.Begin(shape).Write(i));
        var lost = await notes.UpsertRowsAsync(batch, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Repeat("storage.disk_full", 10), lost.Select(r => r.ErrorCode));
    }
}
