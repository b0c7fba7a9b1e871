// What went wrong in the original when several things happened at once (rows 17 and 23 to 28). The engine runs with
// its background threads and memtables of a few kilobytes, so that flushes and merges never stop while tests
// write and read. Tests wait for writers and for SettleAsync, never for time.

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Defects;

public sealed class ConcurrencyDefectTests : EngineFixture
{
    protected override EngineOptions Options => base.Options with { BackgroundWork = true, MemtableBytes = 16 << 10, TableBytesMax = 64 << 10, BlockBytes = 1024, Time = TimeProvider.System };

    [Fact, Trait("Defect", "17")]
    public async Task A_document_is_there_at_every_moment_of_its_flush()
    {
        await Write(Upsert("a", 1));
        var seenByFlushes = new ConcurrentBag<long?>();
        Engine.Events.Raised += e => { if (e is FlushBegan or FlushEnded) seenByFlushes.Add(ValueOf("a")); };
        var done = false;
        var reader = Task.Run(() =>
        {
            while (!Volatile.Read(ref done)) Assert.Equal(1, ValueOf("a"));
        });
        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 100; j++) await Write(Upsert($"other{j}", i));
            await Engine.FlushAsync();
        }

        Volatile.Write(ref done, true);
        await reader;
        Assert.True(seenByFlushes.Count >= 40);
        Assert.All(seenByFlushes, seen => Assert.Equal(1, seen));
    }

    [Fact, Trait("Defect", "23")]
    public async Task Two_reads_of_a_snapshot_are_equal_whatever_is_under_way()
    {
        var writers = StartWriters(count: 3, writes: 400);
        for (var i = 0; i < 60; i++)
        {
            using var snapshot = new SnapshotChecker(Engine, Things);
            await Task.Yield();
            snapshot.Check();
        }

        await Task.WhenAll(writers);
    }

    [Fact, Trait("Defect", "23")]
    public async Task A_snapshot_holds_whole_batches_only()
    {
        var writer = Task.Run(async () =>
        {
            for (var i = 1; i <= 500; i++) await Engine.WriteAsync([Upsert("left", i), Upsert("right", i)], atomic: true);
        });
        while (!writer.IsCompleted)
        {
            using var snapshot = Engine.TakeSnapshot();
            Assert.Equal(Engine.Get(Things, new("left"), snapshot)?["value"], Engine.Get(Things, new("right"), snapshot)?["value"]);
        }

        await writer;
    }

    [Fact, Trait("Defect", "24")]
    public async Task A_writer_reads_its_own_write_as_soon_as_it_is_told()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await Write(Upsert($"writer{w}", i));
                Assert.Equal(i, ValueOf($"writer{w}"));
            }
        })));
    }

    [Fact, Trait("Defect", "25")]
    public async Task Writers_beside_flushes_and_merges_meet_no_error_and_lose_nothing()
    {
        var failures = new List<BackgroundFailed>();
        Engine.Events.Raised += e => { if (e is BackgroundFailed failed) lock (failures) failures.Add(failed); };
        var writers = StartWriters(count: 4, writes: 500);
        var merging = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++) await Engine.CompactAsync(everything: i % 5 == 0);
        });
        await Task.WhenAll([.. writers, merging]);
        await Engine.SettleAsync();

        Assert.Empty(failures);
        for (var w = 0; w < 4; w++)
            for (var i = 0; i < 50; i++) Assert.Equal(450 + i, ValueOf($"{w}/{i}"));
        TablesChecker.Check(Engine, Disk, Folder);
    }

    [Fact, Trait("Defect", "27")]
    public async Task Settling_ends_and_then_nothing_is_left_to_do()
    {
        for (var i = 0; i < 30; i++)
        {
            await Task.WhenAll(StartWriters(count: 2, writes: 30));
            await Engine.SettleAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(0, Engine.Status.SealedMemtables);
        }
    }

    [Fact, Trait("Defect", "28")]
    public async Task A_closed_engine_lets_go_of_its_folder_its_threads_and_its_memory()
    {
        for (var i = 0; i < 5; i++)
        {
            await Task.WhenAll(StartWriters(count: 2, writes: 50));
            await Reopen();
        }

        var closed = await OpenWriteAndCloseAsync("/other");
        for (var i = 0; i < 20 && closed.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.False(closed.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> OpenWriteAndCloseAsync(string folder)
    {
        var engine = await StorageEngine.OpenAsync(folder, Options with { Files = new SimulatedFileSystem() });
        var things = engine.Collection("things");
        for (var i = 0; i < 300; i++) await engine.WriteAsync([EngineWrite.Upsert(things, new($"{i}"), Document.Of(("text", new string('x', 100))))]);
        await engine.DisposeAsync();
        return new(engine);
    }

    /// <summary>Each writes its own fifty documents again and again.</summary>
    private Task[] StartWriters(int count, int writes) => [.. Enumerable.Range(0, count).Select(w => Task.Run(async () =>
    {
        for (var i = 0; i < writes; i++) await Write(Upsert($"{w}/{i % 50}", i));
    }))];

    private EngineWrite Upsert(string id, long value) => EngineWrite.Upsert(Things, new(id), Document.Of(("value", value), ("text", new string('x', 50))));

    private long? ValueOf(string id) => Engine.Get(Things, new(id))?["value"].AsInt64();
}
