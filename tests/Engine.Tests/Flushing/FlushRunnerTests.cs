using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Compaction;

namespace IngoDB.Tests.Flushing;

public sealed class FlushRunnerTests
{
    [Fact]
    public async Task Fifty_updates_of_a_key_reach_the_disk_as_one_row_when_nobody_can_read_the_others()
    {
        using var lsm = new LsmOnDisk();

        await lsm.FlushAsync(Enumerable.Range(0, 1000).Select(i => LsmOnDisk.Put(i % 20, (ulong)i + 1)), watermark: 1000);

        Assert.Equal(20, lsm.Everything.Count());
        Assert.All(lsm.Everything, e => Assert.True(e.Version.Raw > 980));
    }

    [Fact]
    public async Task A_snapshot_in_between_keeps_what_it_reads()
    {
        using var lsm = new LsmOnDisk();

        await lsm.FlushAsync([LsmOnDisk.Put(1, 1), LsmOnDisk.Put(1, 2), LsmOnDisk.Put(1, 3), LsmOnDisk.Put(1, 4)], watermark: 2);

        Assert.Equal([4UL, 3, 2], lsm.Everything.Select(e => e.Version.Raw));
    }

    [Fact]
    public async Task A_deletion_of_what_never_reached_a_table_does_not_reach_one_either()
    {
        using var lsm = new LsmOnDisk();
        await lsm.FlushAsync([LsmOnDisk.Put(1, 1)]);

        var edit = await lsm.FlushAsync([LsmOnDisk.Put(7, 2), LsmOnDisk.Delete(7, 3)], watermark: 9);

        Assert.Empty(edit.TablesAdded);
        Assert.Single((await lsm.FlushAsync([LsmOnDisk.Delete(1, 4)], watermark: 9)).TablesAdded);
    }

    [Fact]
    public async Task A_deletion_stays_while_an_older_memtable_waits_for_its_own_flush()
    {
        using var lsm = new LsmOnDisk();
        var older = lsm.Seal([LsmOnDisk.Put(7, 1)]);
        var newer = lsm.Seal([LsmOnDisk.Delete(7, 2)]);

        await lsm.FlushAsync(newer, watermark: 9);
        await lsm.FlushAsync(older, watermark: 9);

        Assert.Equal([2UL, 1UL], lsm.Everything.Select(e => e.Version.Raw).OrderDescending().ToArray());
    }

    [Fact]
    public async Task A_large_memtable_becomes_several_tables_told_in_one_event()
    {
        using var lsm = new LsmOnDisk { TableBytesMax = 4 << 10 };
        FlushEnded? ended = null;
        lsm.Events.Raised += e => ended = e as FlushEnded ?? ended;

        var edit = await lsm.FlushAsync(Enumerable.Range(0, 200).Select(i => LsmOnDisk.Put(i, (ulong)i + 1, rowBytes: 100)));

        Assert.True(edit.TablesAdded.Length > 1);
        Assert.Equal(edit.TablesAdded.Select(t => t.Id.Value), ended!.Tables);
        Assert.Equal(200, ended.Entries);
    }

    [Fact]
    public async Task A_failed_flush_leaves_the_memtable_readable_and_no_file()
    {
        using var lsm = new LsmOnDisk();
        var memtable = lsm.Seal([LsmOnDisk.Put(1, 1)]);
        lsm.Files.Faults.FailNth(1, SimulatedFault.DiskFull, SimulatedOperation.Write);

        await Assert.ThrowsAsync<StorageException>(() => lsm.FlushAsync(memtable, watermark: 0));

        Assert.Empty(lsm.FileNames);
        Assert.True(memtable.TryGet(LsmOnDisk.Key(1), DocumentVersion.Max, out _));
        await lsm.FlushAsync(memtable, watermark: 0);
        Assert.Single(lsm.Everything);
    }
}
