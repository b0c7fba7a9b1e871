// Where the cost of the original's writes grew with everything there was (rows 63, 64 and 69 to 73): flushes that
// rewrote every index, queues without a bound, merges of any size, knobs and figures that meant nothing.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Memtables;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Core;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Defects;

public sealed class WriteCostDefectTests : EngineFixture
{
    private int _scalingParameter;
    private long _tableBytesMax = 64 << 20;

    protected override EngineOptions Options => base.Options with { BlockBytes = 1024, ScalingParameter = _scalingParameter, TableBytesMax = _tableBytesMax, Learning = LearningMode.Off };

    [Fact, Trait("Defect", "63")]
    public async Task A_flush_writes_its_own_index_entries_only_and_keeps_no_writer_waiting()
    {
        Engine.DefineIndex(Things, "value", "test");
        await PutAsync(100);
        await Engine.FlushAsync();
        var before = IndexFiles();
        await PutAsync(50);
        var wroteDuringFlush = false;
        Engine.Events.Raised += e =>
        {
            if (e is not FlushBegan) return;
            Write(Upsert("during", 1)).Wait();
            wroteDuringFlush = true;
        };
        await Engine.FlushAsync();

        Assert.True(wroteDuringFlush);
        Assert.Equal(before, IndexFiles().Take(before.Count));
        Assert.Equal(before.Count + 1, IndexFiles().Count);

        List<(string Name, string Bytes)> IndexFiles() => [.. Disk.ListFiles(Folder).Where(n => n.EndsWith(".idx", StringComparison.Ordinal)).Select(n => (n, Convert.ToHexString(Disk.ReadAll($"{Folder}/{n}"))))];
    }

    [Fact, Trait("Defect", "64")]
    public async Task When_flushes_cannot_keep_up_writers_hear_Busy_and_memory_stays_bounded()
    {
        var time = new FakeTimeProvider();
        await using var engine = await StorageEngine.OpenAsync("/busy", Options with { BackgroundWork = true, Time = time, MemtableBytes = 4096, SealedMemtablesMax = 2 });
        var things = engine.Collection("things");
        Disk.Faults.FailNth(1, SimulatedFault.DiskFull, SimulatedOperation.Write, ".sst", sticky: true);

        var busy = await Assert.ThrowsAsync<BusyException>(async () =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                var write = engine.WriteAsync([EngineWrite.Upsert(things, new($"k{i}"), Document.Of(("text", new string('x', 200))))]).AsTask();
                while (!write.IsCompleted)
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    await Task.Yield();
                }

                await write;
            }
        });

        Assert.True(busy.RetryAfter > TimeSpan.Zero);
        Assert.InRange(engine.Status.SealedMemtables, 2, 3);
        Disk.Faults.Clear();
    }

    [Fact, Trait("Defect", "69")]
    public async Task Outputs_of_a_merge_are_bounded()
    {
        _tableBytesMax = 64 << 10;
        await Reopen();
        for (var round = 0; round < 3; round++)
        {
            await PutAsync(5_000, round);
            await Engine.FlushAsync();
        }

        await Engine.CompactAsync();
        Assert.True(Engine.Status.Tables > 2);
        Assert.All(Engine.State.Tables, t => Assert.InRange(t.Info.FileBytes, 1, 2 * _tableBytesMax));
    }

    [Fact, Trait("Defect", "69")]
    public async Task A_lone_table_is_rewritten_when_most_of_it_is_dead()
    {
        await PutAsync(500);
        var snapshot = Engine.TakeSnapshot();
        await PutAsync(500, round: 1);
        await Engine.FlushAsync();
        Assert.Equal(1_000, Engine.State.Tables.Single().Info.EntryCount);
        await Engine.CompactAsync();
        Assert.Equal(1_000, Engine.State.Tables.Single().Info.EntryCount);

        snapshot.Dispose();
        await Engine.CompactAsync();
        Assert.Equal(500, Engine.State.Tables.Single().Info.EntryCount);
    }

    [Theory, Trait("Defect", "70")]
    [InlineData(-6)]
    [InlineData(0)]
    [InlineData(6)]
    public async Task W_survives_a_restart_and_changes_no_answer(int scalingParameter)
    {
        _scalingParameter = scalingParameter;
        await Reopen();
        for (var round = 0; round < 10; round++)
        {
            await PutAsync(20 + round, round);
            await Engine.FlushAsync();
            await Engine.CompactAsync();
        }

        await Reopen();
        Assert.Equal(scalingParameter, Engine.State.Manifest.ScalingParameter);
        Assert.Equal(9, Engine.Get(Things, new("k00000"))!["round"].AsInt64());
        Assert.All(Scan(), d => Assert.True(d["round"].AsInt64() >= d["value"].AsInt64() - 19));
    }

    [Theory, Trait("Defect", "71")]
    [InlineData(0, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(-3, 2)]
    public async Task So_many_overlapping_tables_as_W_says_are_merged_and_not_one_less(int scalingParameter, int threshold)
    {
        _scalingParameter = scalingParameter;
        await Reopen();
        for (var tables = 1; tables < threshold; tables++)
        {
            await PutAsync(20);
            await Engine.FlushAsync();
            await Engine.CompactAsync();
            Assert.Equal(tables, Engine.Status.Tables);
        }

        await PutAsync(20);
        await Engine.FlushAsync();
        await Engine.CompactAsync();
        Assert.Equal(1, Engine.Status.Tables);
    }

    [Fact, Trait("Defect", "72")]
    public void The_size_of_a_memtable_is_the_memory_that_it_takes()
    {
        const int entries = 50_000, entryBytes = 100;
        var shapes = new ShapeRegistry();
        var batch = new WriteBatchBuilder();
        var shape = Shape.Of("text");
        for (var i = 0; i < entries; i++) batch.Put((uint)i, DocumentVersion.None, EntryKey.Of(new(1), new($"k{i}")), shape, new byte[entryBytes]);
        var reader = new BatchOperations(batch.Operations, batch.Count, batch.Shapes, "test");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var memtable = new Memtable(shapes);
        while (reader.TryNext(out var operation)) memtable.Add(operation, new(1 + (ulong)operation.VersionOffset));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Growing the hash index throws its older halves away, so up to twice of what is kept is allocated on the way.
        Assert.InRange(memtable.SizeBytes, entries * entryBytes, 3 * entries * entryBytes);
        Assert.InRange(allocated, 0, 2 * memtable.SizeBytes);
    }

    [Fact, Trait("Defect", "73")]
    public async Task What_background_work_wrote_is_told_in_bytes_that_are_on_the_disk()
    {
        long flushed = 0, merged = 0;
        Engine.Events.Raised += e =>
        {
            if (e is FlushEnded flush) flushed += flush.FileBytes;
            if (e is CompactionEnded merge) merged += merge.BytesWritten;
        };
        for (var round = 0; round < 4; round++)
        {
            await PutAsync(1_000, round);
            await Engine.FlushAsync();
            Assert.Equal(flushed + merged, Written());
        }

        await Engine.CompactAsync(everything: true);
        Assert.Equal(Engine.Status.TableBytes, merged);

        // Write amplification is everything written for what the user wrote once: never below 1.
        Assert.True((flushed + merged) / (double)flushed > 1);

        long Written() => Disk.ListFiles(Folder).Where(n => n.EndsWith(".sst", StringComparison.Ordinal)).Sum(n => (long)Disk.ReadAll($"{Folder}/{n}").Length);
    }

    private async Task PutAsync(int count, int round = 0)
        => await Engine.WriteAsync([.. Enumerable.Range(0, count).Select(i => Upsert($"k{i:D5}", i, round))]);

    private EngineWrite Upsert(string id, long value, long round = 0) => EngineWrite.Upsert(Things, new(id),
        Document.Of(("value", value), ("other", value - 500), ("round", round), ("next", $"k{value + 1:D5}"), ("text", $"{value * 7919 % 1000003}{value * 104729 % 1000003}{value * 1299709 % 1000003}")));
}
