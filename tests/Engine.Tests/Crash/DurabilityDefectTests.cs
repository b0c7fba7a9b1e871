// The fifteen ways in which the original lost data that it had acknowledged, each as the right behaviour. The crowd of
// random lives (SimulatedCrashTests) meets most of them by chance; here each is met on purpose, and named.

using IngoDB.Engine;
using IngoDB.Engine.Wal;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Crash;

public sealed class DurabilityDefectTests : EngineFixture
{
    private bool _background;
    private long _memtableBytes = 1 << 20;

    protected override EngineOptions Options => base.Options with
    {
        BackgroundWork = _background,
        MemtableBytes = _memtableBytes,
        BlockBytes = 512,
        LogSegmentBytesMin = 4096,
        LogSegmentBytesMax = 4096,
    };

    [Fact, Trait("Defect", "1")]
    public async Task What_recovery_read_is_still_there_after_the_next_crash()
    {
        await Put("a", 1);
        for (var crash = 1; crash <= 10; crash++)
        {
            await CrashAndOpen(crash);
            Assert.Equal(1, ValueOf("a"));
        }
    }

    [Fact, Trait("Defect", "2")]
    public async Task A_flush_releases_only_the_log_of_what_it_flushed()
    {
        await Put("flushed", 1);
        await Engine.FlushAsync();
        await Put("after", 2);
        await CrashAndOpen();
        Assert.Equal((1, 2), (ValueOf("flushed"), ValueOf("after")));
    }

    [Fact, Trait("Defect", "3")]
    public async Task A_write_stays_with_the_log_of_its_memtable_however_often_that_is_sealed()
    {
        _memtableBytes = 1;
        await Reopen();
        for (var i = 0; i < 30; i++)
        {
            await Put($"k{i}", i);
            if (i % 7 == 6) await Engine.FlushAsync();
        }

        await CrashAndOpen();
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (long?)i), Enumerable.Range(0, 30).Select(i => ValueOf($"k{i}")));
    }

    [Fact, Trait("Defect", "4")]
    public async Task A_torn_head_never_swallows_later_writes()
    {
        await Put("before", 1);
        await Engine.FlushAsync();
        Disk.Corrupt($"{Folder}/{NewestLog()}", 3, 0xFF);
        await CrashAndOpen();
        await Put("after", 2);
        await CrashAndOpen();
        Assert.Equal((1, 2), (ValueOf("before"), ValueOf("after")));
    }

    [Fact, Trait("Defect", "5")]
    public async Task Nothing_is_written_behind_a_record_that_failed_half_way()
    {
        await Put("before", 1);
        Disk.Faults.FailNth(1, SimulatedFault.ShortWrite, SimulatedOperation.Write, ".log");
        await Assert.ThrowsAsync<UnknownOutcomeException>(() => Put("torn", 2, padding: 3000));
        await Assert.ThrowsAsync<UnavailableException>(() => Put("behind", 3));
        await CrashAndOpen();
        await Put("after", 4);
        await CrashAndOpen();
        Assert.Equal((1, null, null, 4), (ValueOf("before"), ValueOf("torn"), ValueOf("behind"), ValueOf("after")));
    }

    [Fact, Trait("Defect", "6")]
    public async Task Nothing_acknowledged_depends_on_what_was_not_synced()
    {
        await Put("in a table", 1);
        await Engine.FlushAsync();
        await Put("in the log", 2);
        var written = Disk;
        for (var seed = 0; seed < 50; seed++)
        {
            Disk = written;
            await CrashAndOpen(seed);
            Assert.Equal((1, 2), (ValueOf("in a table"), ValueOf("in the log")));
        }
    }

    [Fact, Trait("Defect", "7")]
    public async Task When_a_group_fails_each_of_its_writers_hears_of_it()
    {
        _background = true;
        await Reopen();
        Disk.Faults.FailNth(1, SimulatedFault.InputOutput, SimulatedOperation.SyncData, ".log", sticky: true);
        var writers = Enumerable.Range(0, 20).Select(i => Task.Run(() => Put($"k{i}", i))).ToArray();
        foreach (var writer in writers) Assert.True(await Record.ExceptionAsync(() => writer) is UnknownOutcomeException or UnavailableException);
    }

    [Fact, Trait("Defect", "8")]
    public async Task A_failed_flush_keeps_the_documents_and_their_log()
    {
        await Put("a", 1);
        Disk.Faults.FailNth(1, SimulatedFault.DiskFull, SimulatedOperation.Write, ".sst");
        Assert.Equal("storage.disk_full", (await Assert.ThrowsAsync<StorageException>(() => Engine.FlushAsync())).Code);
        Assert.Equal(1, ValueOf("a"));

        var wreck = Disk.CrashClone(new Random(1));
        await Engine.FlushAsync();
        Assert.Equal(1, ValueOf("a"));
        Disk = wreck;
        await Open();
        Assert.Equal(1, ValueOf("a"));
    }

    [Fact, Trait("Defect", "9")]
    public async Task A_damaged_table_is_named_and_never_left_out()
    {
        for (var i = 0; i < 20; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        await Engine.DisposeAsync();
        var table = Disk.ListFiles(Folder).Single(name => name.EndsWith(".sst", StringComparison.Ordinal));
        var length = Disk.ReadAll($"{Folder}/{table}").Length;
        for (var at = 0; at < length; at += 3)
        {
            Disk.Corrupt($"{Folder}/{table}", at, 0x10);
            var error = await Record.ExceptionAsync(ReadAllAsync);
            Assert.EndsWith(table, Assert.IsType<CorruptionException>(error).File);
            Disk.Corrupt($"{Folder}/{table}", at, 0x10);
        }

        await Open();

        async Task ReadAllAsync()
        {
            await using var engine = await StorageEngine.OpenAsync(Folder, Options);
            using var all = engine.Scan(new(engine.FindCollection("things")!.Value));
            for (var i = 0; i < 20; i++) Assert.Equal(i, engine.Get(Things, new($"k{i}"))!["value"].AsInt64());
            Assert.Equal(20, all.ToList().Count);
        }
    }

    [Fact, Trait("Defect", "10")]
    public async Task A_crash_in_a_compaction_brings_no_deleted_document_back()
    {
        await Put("deleted", 1);
        await Put("kept", 2);
        await Engine.FlushAsync();
        await Write(EngineWrite.Delete(Things, new("deleted")));
        await Engine.FlushAsync();
        var start = Disk;
        for (var operations = 1; ; operations++)
        {
            Disk = start.ProcessCrashClone();
            await Open();
            Disk.CrashAfter(Disk.MutatingOperations + operations);
            var crashed = await Record.ExceptionAsync(() => Engine.CompactAsync(everything: true)) is not null;
            await CrashAndOpen(operations);
            Assert.Equal((null, 2), (ValueOf("deleted"), ValueOf("kept")));
            if (!crashed) break;
        }
    }

    [Fact, Trait("Defect", "11")]
    public async Task An_index_file_is_never_taken_for_a_table()
    {
        for (var i = 0; i < 20; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        Engine.DefineIndex(Things, "value", "test");
        await Engine.BuildIndexesAsync();
        Assert.Contains(Disk.ListFiles(Folder), name => name.EndsWith(".idx", StringComparison.Ordinal));
        for (var restart = 0; restart < 3; restart++)
        {
            await Reopen();
            Assert.All(Scan(), document => Assert.Equal(2, document.Fields.Count));
            Assert.Equal(20, Scan().Count);
            await Put("new", 100);
            await Engine.FlushAsync();
            await Engine.CompactAsync(everything: true);
            await Write(EngineWrite.Delete(Things, new("new")));
        }

        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "value");
    }

    [Fact, Trait("Defect", "12")]
    public async Task An_atomic_batch_is_there_whole_or_not_at_all()
    {
        var start = Disk;
        for (var seed = 0; seed < 60; seed++)
        {
            Disk = start.ProcessCrashClone();
            await Open();
            Disk.CrashAfter(Disk.MutatingOperations + 1 + (seed % 3));
            var batch = Enumerable.Range(0, 10).Select(i => Upsert($"k{i}", i, padding: 300)).ToArray();
            var acknowledged = await Record.ExceptionAsync(async () => await Engine.WriteAsync(batch, atomic: true)) is null;
            await CrashAndOpen(seed);
            Assert.Contains(Scan().Count, acknowledged ? [10] : (int[])[0, 10]);
        }
    }

    [Fact, Trait("Defect", "13")]
    public async Task A_file_number_is_never_given_twice()
    {
        var seen = new HashSet<string>();
        var before = new HashSet<string>();
        Engine.DefineIndex(Things, "value", "test");
        for (var i = 0; i < 12; i++)
        {
            await Put($"k{i}", i);
            await Engine.FlushAsync();
            await Engine.BuildIndexesAsync();
            if (i % 3 == 2) await Engine.CompactAsync(everything: true);
            if (i % 2 == 1) await CrashAndOpen(i);
            var now = Disk.ListFiles(Folder).Where(name => name.EndsWith(".sst", StringComparison.Ordinal) || name.EndsWith(".idx", StringComparison.Ordinal)).ToHashSet();
            Assert.DoesNotContain(now.Except(before), seen.Contains);
            seen.UnionWith(now);
            before = now;
        }

        Assert.True(seen.Count > 20);
    }

    [Fact, Trait("Defect", "15")]
    public async Task A_failed_index_build_loses_no_entry_and_is_built_again()
    {
        for (var i = 0; i < 20; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        Engine.DefineIndex(Things, "value", "test");
        Disk.Faults.FailNth(1, SimulatedFault.InputOutput, SimulatedOperation.Write, ".idx");
        await Assert.ThrowsAsync<StorageException>(() => Engine.BuildIndexesAsync());
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "value");
        await Engine.BuildIndexesAsync();
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "value");
        Assert.True(Assert.Single(Engine.Indexes).IsReady);
    }

    private string NewestLog() => Disk.ListFiles(Folder).Last(name => name.EndsWith(WalFormat.Extension, StringComparison.Ordinal));

    private async Task Put(string id, long value, int padding = 0) => await Write(Upsert(id, value, padding));

    private EngineWrite Upsert(string id, long value, int padding) =>
        EngineWrite.Upsert(Things, new(id), Document.Of(("value", value), ("padding", new string('p', padding))));

    private long? ValueOf(string id) => Engine.Get(Things, new(id))?["value"].AsInt64();
}
