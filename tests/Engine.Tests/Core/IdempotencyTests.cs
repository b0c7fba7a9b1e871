// A request that names itself is done once, however often it comes: at once, later, after a crash at any point between its
// commit and its reply, after a flush and after the merges behind it.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class IdempotencyTests : EngineFixture
{
    private static readonly Guid Session = new("11112222-3333-4444-5555-666677770000");
    private static readonly Document One = Document.Of(("n", 1));

    protected override EngineOptions Options => base.Options with { BlockBytes = 1024, Retention = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task A_request_that_comes_twice_is_done_once_and_answered_the_same()
    {
        var first = await Once(1, Inc("a"), Insert("b"), EngineWrite.Delete(Things, new("missing")), Insert("b"));

        var again = await Once(1, Inc("a"), Insert("b"), EngineWrite.Delete(Things, new("missing")), Insert("b"));

        Assert.Equal(first, again);
        Assert.Equal([WriteStatus.Refused, WriteStatus.Inserted, WriteStatus.NotFound, WriteStatus.Refused], again.Select(r => r.Status));
        Assert.Equal(["document.missing", null, null, "document.exists"], again.Select(r => r.ErrorCode));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_answer_survives_flush_compaction_restart_and_power_cut(bool atomic)
    {
        await Write(EngineWrite.Upsert(Things, new("a"), One));
        EngineWrite[] writes = [Inc("a"), Insert("b"), Insert("c"), EngineWrite.Delete(Things, new("c"))];
        var first = await Engine.WriteOnceAsync(Key(1), writes, atomic);
        async Task ExpectAsync(string when)
        {
            Assert.Equal(first, await Engine.WriteOnceAsync(Key(1), writes, atomic));
            Assert.Equal(2, Engine.Get(Things, new("a"))!["n"].AsInt64());
            Assert.True(Engine.Status.Documents >= 2, when);
        }

        await ExpectAsync("at once");
        await CrashAndOpen();
        await ExpectAsync("after a power cut");
        await Engine.FlushAsync();
        await ExpectAsync("after a flush");
        for (var i = 0; i < 3; i++)
        {
            await Once(10 + i, EngineWrite.Upsert(Things, new("x" + i), One));
            await Engine.FlushAsync();
        }

        await Engine.CompactAsync(everything: true);
        await ExpectAsync("after a merge of everything");
        await Reopen();
        await ExpectAsync("after a restart");
    }

    [Fact]
    public async Task A_batch_of_rows_is_put_once_too_whichever_way_it_comes()
    {
        var first = await Engine.PutOnceAsync(Key(1), Rows("a", "b"));
        await Engine.WriteAsync([EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 7)))]);

        Assert.Equal(first, await Engine.PutOnceAsync(Key(1), Rows("a", "b")));
        var asWrites = await Engine.WriteOnceAsync(Key(1), [EngineWrite.Upsert(Things, new("a"), One), EngineWrite.Upsert(Things, new("b"), One)]);
        Assert.Equal([first.Raw, first.Raw + 1], asWrites.Select(r => r.Version.Raw));
        Assert.Equal(7, Engine.Get(Things, new("a"))!["n"].AsInt64());
        Assert.Equal(2, Scan().Count);
    }

    [Fact]
    public async Task Another_request_under_the_same_number_is_refused()
    {
        await Once(1, Insert("a"));

        var reused = await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteOnceAsync(Key(1) with { Fingerprint = 8 }, [Insert("b")]));

        Assert.Equal("write.sequence_reused", reused.Code);
        Assert.Null(Engine.Get(Things, new("b")));
    }

    [Fact]
    public async Task A_session_keeps_as_many_answers_as_its_window_holds_and_says_when_one_is_gone()
    {
        await Once(1, Insert("a"));
        for (var i = 2; i <= RequestKey.Window + 1; i++) await Once(i, EngineWrite.Upsert(Things, new("b"), One));

        await Assert.ThrowsAsync<UnknownOutcomeException>(async () => await Once(1, Insert("a")));
        Assert.Equal(WriteStatus.Upserted, (await Once(2, EngineWrite.Upsert(Things, new("b"), One)))[0].Status);
        await Engine.FlushAsync();
        Assert.Equal(RequestKey.Window, Engine.State.Tables.Sum(t => t.Info.RowsOf(CollectionId.Requests)));
        Assert.Equal(2, Scan().Count);
    }

    [Fact]
    public async Task What_is_older_than_the_retention_is_forgotten_and_its_space_comes_back()
    {
        await Once(1, Insert("a"));
        await Engine.FlushAsync();
        Time.Advance(Options.RequestRetention + TimeSpan.FromMinutes(1));

        Assert.Equal("document.exists", (await Once(1, Insert("a")))[0].ErrorCode);
        await Engine.CompactAsync(everything: true);
        Assert.Equal(0, Engine.State.Tables.Sum(t => t.Info.RowsOf(CollectionId.Requests)));
    }

    [Fact]
    public async Task Sessions_do_not_disturb_each_other_and_must_be_well_formed()
    {
        await Once(1, Insert("a"));
        var other = new RequestKey(new("99992222-3333-4444-5555-666677770000"), 1, 7);

        Assert.Equal("document.exists", (await Engine.WriteOnceAsync(other, [Insert("a")]))[0].ErrorCode);
        foreach (var bad in new[] { Key(0), Key(1) with { Session = new("11112222-3333-4444-5555-666677770001") } })
            Assert.Equal("write.bad_session", (await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteOnceAsync(bad, [Insert("b")]))).Code);
    }

    [Fact]
    public async Task Copies_that_arrive_together_are_done_once()
    {
        await using var engine = await StorageEngine.OpenAsync("/threads", new EngineOptions { Files = new TestKit.Files.SimulatedFileSystem() });
        var things = engine.Collection("things");
        await engine.WriteAsync([EngineWrite.Upsert(things, new("a"), Document.Of(("n", 0)))]);

        for (var sequence = 1; sequence <= 50; sequence++)
        {
            var key = Key(sequence);
            var copies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await engine.WriteOnceAsync(key, [new(WriteKind.Patch, things, new("a")) { Steps = [new(PatchOperator.Inc, "n", 1)] }]))));
            Assert.Single(copies.Select(c => c[0].Version).Distinct());
        }

        Assert.Equal(50, engine.Get(things, new("a"))!["n"].AsInt64());
    }

    private static RequestKey Key(long sequence) => new(Session, sequence, 7);

    private async Task<WriteResult[]> Once(long sequence, params EngineWrite[] writes) => await Engine.WriteOnceAsync(Key(sequence), writes);

    private EngineWrite Insert(string id) => EngineWrite.Insert(Things, new(id), One);

    private EngineWrite Inc(string id) => new(WriteKind.Patch, Things, new(id)) { Steps = [new(PatchOperator.Inc, "n", 1)] };

    private PutBatch Rows(params string[] ids)
    {
        var batch = new PutBatch();
        var writer = new DocWriter();
        foreach (var id in ids) batch.Put(Things, new(id), writer.Begin(Shape.Of("n")).Write(1L));
        return batch;
    }
}
