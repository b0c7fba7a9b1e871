// The life of a collection: made with options, renamed, dropped under readers, its name taken again.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.Tests.Counters;

namespace IngoDB.Tests.Core;

public sealed class CollectionTests : EngineFixture
{
    private static readonly Document One = Document.Of(("n", 1));

    [Fact]
    public async Task A_dropped_collection_is_gone_at_once_and_its_name_is_free()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), One));
        await Engine.FlushAsync();
        await Write(EngineWrite.Upsert(Things, new("b"), One));

        Engine.DropCollection(Things);

        Assert.Null(Engine.FindCollection("things"));
        foreach (var read in new Action[] { () => Engine.Get(Things, new("a")), () => Scan(), () => Engine.Count(Things, null), () => Engine.TryGetRows(Things, [new("a")], new RowResult[1]) })
            Assert.Equal("collection.dropped", Assert.Throws<InvalidRequestException>(read).Code);
        Assert.Equal("collection.dropped", (await Assert.ThrowsAsync<InvalidRequestException>(() => Write(EngineWrite.Upsert(Things, new("c"), One)))).Code);

        var again = Engine.CreateCollection("things");
        Assert.True(again.Value > Things.Value);
        Assert.Null(Engine.Get(again, new("a")));
        await CrashAndOpen();
        Assert.Equal(again, Engine.FindCollection("things"));
        Assert.Equal("collection.dropped", Assert.Throws<InvalidRequestException>(() => Engine.Get(Things, new("a"))).Code);
    }

    [Fact]
    public async Task A_scan_that_runs_is_read_to_its_end_and_a_snapshot_does_not_keep_what_was_dropped()
    {
        for (var i = 0; i < 100; i++) await Write(EngineWrite.Upsert(Things, new("d" + i), One));
        await Engine.FlushAsync();
        using var snapshot = Engine.TakeSnapshot();
        using var running = Engine.Scan(new(Things));
        Assert.True(running.MoveNext());

        Engine.DropCollection(Things);
        await Engine.CompactAsync(everything: true);

        var rest = 1;
        while (running.MoveNext()) rest++;
        Assert.Equal(100, rest);
        Assert.Equal("collection.dropped", Assert.Throws<InvalidRequestException>(() => Engine.Get(Things, new("d1"), snapshot)).Code);
    }

    [Fact]
    public async Task The_space_of_a_dropped_collection_comes_back()
    {
        var kept = Engine.Collection("kept");
        for (var i = 0; i < 200; i++) await Engine.WriteAsync([EngineWrite.Upsert(Things, new("d" + i), Document.Of(("p", Convert.ToHexString(System.Security.Cryptography.SHA512.HashData(BitConverter.GetBytes(i)))))), EngineWrite.Upsert(kept, new("k" + i), One)]);
        await Engine.FlushAsync();
        var before = Engine.Status.TableBytes;

        Engine.DropCollection(Things);
        await Engine.CompactAsync(everything: true);

        Assert.True(Engine.Status.TableBytes < before / 3, $"{Engine.Status.TableBytes} of {before}");
        Assert.Equal(200, Engine.Count(kept, null));
        Assert.Equal(0, Engine.State.Tables.Sum(t => t.Info.RowsOf(Things)));
    }

    [Fact]
    public async Task A_collection_that_was_dropped_before_it_was_known_can_not_be_made_late()
    {
        Engine.Reconcile([], [new CollectionId(77)]);
        Engine.Reconcile([], [new CollectionId(77)]);
        await Reopen();

        Assert.Equal("collection.dropped", Assert.Throws<InvalidRequestException>(() => Engine.DefineCollection(new(77), "late")).Code);
        Assert.True(Engine.Collection("next").Value > 77);
    }

    [Fact]
    public async Task A_renamed_collection_keeps_documents_indexes_and_id()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), One));
        Engine.DefineIndex(Things, "n", "test");
        Engine.Collection("taken");

        Assert.Equal("collection.exists", Assert.Throws<ConflictException>(() => Engine.RenameCollection(Things, "taken")).Code);
        Assert.Equal("collection.bad_name", Assert.Throws<InvalidRequestException>(() => Engine.RenameCollection(Things, "a/b")).Code);
        Engine.RenameCollection(Things, "items");
        await CrashAndOpen();

        Assert.Equal(Things, Engine.FindCollection("items"));
        Assert.Null(Engine.FindCollection("things"));
        Assert.Equal(One, Engine.Get(Things, new("a"))!.Fields);
        Assert.Equal("n", Assert.Single(Engine.Indexes).Path);
    }

    [Fact]
    public void Two_collections_can_change_names_in_one_step()
    {
        var other = Engine.Collection("other");

        Engine.Reconcile([(Things, "other", CollectionOptions.Default), (other, "things", new() { TimeToLive = TimeSpan.FromHours(1) })], []);

        Assert.Equal((other, Things), (Engine.FindCollection("things"), Engine.FindCollection("other")));
        Assert.Equal(TimeSpan.FromHours(1), Engine.OptionsOf(other).TimeToLive);
    }

    [Fact]
    public async Task Documents_of_a_collection_with_a_time_to_live_end_unless_they_say_otherwise()
    {
        var sessions = Engine.CreateCollection("sessions", new() { TimeToLive = TimeSpan.FromMinutes(10) });
        Engine.DefineIndex(sessions, "n", "test");
        var later = Time.GetUtcNow().AddHours(1);
        await Engine.WriteAsync([
            EngineWrite.Upsert(sessions, new("plain"), One),
            EngineWrite.Upsert(sessions, new("later"), Document.Of(("n", 1), ("_expires", Value.From(later)))),
            EngineWrite.Upsert(sessions, new("never"), Document.Of(("n", 1), ("_expires", Value.Null))),
            EngineWrite.Upsert(sessions, new("touched"), One)]);
        var writer = new DocWriter();
        writer.Begin(Shape.Of("n")).Write(1L);
        Engine.Put(sessions, new("row"), writer.Shape, writer.Row);
        var batch = new PutBatch();
        batch.Put(sessions, new("batch"), writer);
        Engine.Put(batch);
        await Engine.FlushAsync();
        using var snapshot = Engine.TakeSnapshot();
        Time.Advance(TimeSpan.FromMinutes(6));
        await Engine.WriteAsync([new EngineWrite(WriteKind.Patch, sessions, new("touched")) { Steps = [new(PatchOperator.Inc, "n", 1)] }]);
        Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(["later", "never", "touched"], IdsIn(sessions, null));
        Assert.Equal(["later", "never"], IdsIn(sessions, Filter.Eq("n", 1)));
        Assert.Equal(3, Engine.Count(sessions, null));
        Assert.Null(Engine.Get(sessions, new("row")));
        Assert.Equal(6, Engine.Scan(new(sessions), snapshot).ToList().Count);

        snapshot.Dispose();
        await Write(EngineWrite.Upsert(Things, new("now"), One)); // What is readable for ever moves with what is written.
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        Assert.Equal(3, Engine.State.Tables.Sum(t => t.Info.RowsOf(sessions)));
        await Reopen();
        Assert.Equal(["later", "never", "touched"], IdsIn(sessions, null));
    }

    [Fact]
    public async Task A_change_of_the_time_to_live_is_for_later_writes()
    {
        await Write(EngineWrite.Upsert(Things, new("before"), One));
        Engine.ConfigureCollection(Things, new() { TimeToLive = TimeSpan.FromMinutes(1) });
        await Write(EngineWrite.Upsert(Things, new("after"), One));
        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(["before"], IdsIn(Things, null));
        Assert.Equal("collection.bad_options", Assert.Throws<InvalidRequestException>(() => Engine.ConfigureCollection(Things, new() { TimeToLive = TimeSpan.FromMilliseconds(5) })).Code);
    }

    [Fact]
    public async Task A_buffered_collection_does_not_wait_for_the_disk_and_one_durable_among_them_does()
    {
        var files = new CountingFileSystem(Disk);
        await using var engine = await StorageEngine.OpenAsync("/counted", Options with { Files = files });
        var (careful, relaxed) = (engine.Collection("careful"), engine.CreateCollection("relaxed", new() { Buffered = true }));
        var before = files.Work.Syncs;
        await engine.WriteAsync([EngineWrite.Upsert(relaxed, new("a"), One)]);
        Assert.Equal(before, files.Work.Syncs);

        await engine.WriteAsync([EngineWrite.Upsert(relaxed, new("a"), One), EngineWrite.Upsert(careful, new("a"), One)]);
        Assert.True(files.Work.Syncs > before);
    }

    private List<string> IdsIn(CollectionId collection, Filter? where)
    {
        using var stream = Engine.Scan(new(collection) { Where = where });
        return [.. stream.ToList().Select(d => d.Id.Text)];
    }
}
