// The ways in which the original lost acknowledged data through its log, each as the right behaviour. The crowd of
// random lives (SimulatedCrashTests) meets most of them by chance; here each is met on purpose, and named. Those of
// tables, indexes and files are in FileDefectTests.

using IngoDB.Engine;
using IngoDB.Engine.Wal;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Crash;

public sealed class LogDefectTests : DefectFixture
{
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
        MemtableBytes = 1;
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
        Background = true;
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

    private string NewestLog() => Disk.ListFiles(Folder).Last(name => name.EndsWith(WalFormat.Extension, StringComparison.Ordinal));
}
