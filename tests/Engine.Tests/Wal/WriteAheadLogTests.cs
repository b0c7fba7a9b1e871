// The story of the log on a real disk: what was appended comes back in order, segments end and begin, and what was
// released is used again without its old bytes ever coming back to life.

using IngoDB.Engine.Files;
using IngoDB.Engine.Wal;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Counters;
using static IngoDB.Tests.Wal.LogHelpers;

namespace IngoDB.Tests.Wal;

public sealed class WriteAheadLogTests : IDisposable
{
    private static readonly LogOptions Small = new(4096, 64 * 1024);
    private readonly TemporaryFolder _folder = new();
    private readonly IFileSystem _files = LocalFileSystem.Instance;

    public void Dispose() => _folder.Dispose();

    private static long BytesOf(WriteAheadLog log, CountingFileSystem disk, string payload)
    {
        var began = disk.Work.BytesWritten;
        log.Append(payload);
        return disk.Work.BytesWritten - began;
    }

    [Fact]
    public void An_empty_folder_is_an_empty_log()
    {
        var (records, recovery) = Recover(_files, _folder.Path);
        Assert.Empty(records);
        Assert.Equal(0ul, recovery.LastLsn);
        Assert.Null(recovery.TornTail);
    }

    [Fact]
    public void What_was_appended_comes_back_whole_and_in_order()
    {
        using (var log = Start(1, 1, epoch: 7))
        {
            Assert.Equal(1ul, log.Append(LogRecordKind.Batch, new(500), new(900), "first"u8));
            Assert.Equal(2ul, log.Append(LogRecordKind.ClockCeiling, new(500), new(1900), default));
            log.Sync();
        }

        var (records, recovery) = Recover(_files, _folder.Path);
        Assert.Equal([new(1, LogRecordKind.Batch, 7, 500, 900, "first"), new(2, LogRecordKind.ClockCeiling, 7, 500, 1900, "")], records);
        Assert.Equal([1ul], recovery.Segments.Select(segment => segment.Segment));
        Assert.Equal(new LogRecovery(2, 7, new(500), new(1900), 2, null) { LastSegment = 1, Segments = recovery.Segments, Unsynced = recovery.Unsynced }, recovery);
    }

    [Fact]
    public void A_new_memtable_begins_a_new_segment_and_both_are_replayed()
    {
        using (var log = Start(1, 1))
        {
            log.Append("one");
            log.Rotate(5);
            log.Append("two");
            Assert.Equal(5ul, log.CurrentSegment);
        }

        Assert.Equal(["one", "two"], Payloads(_files, _folder.Path));
        Assert.Equal(["two"], Payloads(_files, _folder.Path, oldest: 5));
    }

    [Fact]
    public void A_small_group_is_written_with_zeros_ahead_and_those_behind_it_are_not()
    {
        const int zeros = 256 << 10;
        var disk = new CountingFileSystem(_files);
        using (var log = LogHelpers.Start(disk, _folder.Path, 1, 1, 1, new LogOptions(1 << 20, 1 << 20)))
        {
            Assert.InRange(BytesOf(log, disk, "one"), zeros - 4096, zeros + 200);
            Assert.InRange(BytesOf(log, disk, "two"), 1, 200);
            Assert.InRange(BytesOf(log, disk, new string('x', 100_000)), 100_000, 100_200);
        }

        Assert.Equal(["one", "two", new string('x', 100_000)], Payloads(_files, _folder.Path));
        Assert.Null(Recover(_files, _folder.Path).Recovery.TornTail);
    }

    [Fact]
    public void A_segment_that_is_used_again_needs_no_zeros()
    {
        var disk = new CountingFileSystem(_files);
        using var log = LogHelpers.Start(disk, _folder.Path, 1, 1, 1, new LogOptions(1 << 20, 1 << 20));
        for (var i = 0; i < 10; i++) log.Append(new string('x', 50_000));
        log.Rotate(2);
        log.Release(2);
        log.Rotate(3);
        Assert.InRange(BytesOf(log, disk, "one"), 1, 200);
    }

    [Fact]
    public void A_record_larger_than_the_segment_makes_it_larger()
    {
        var large = new string('x', 300_000);
        using (var log = Start(1, 1))
        {
            log.Append("small");
            log.Append(large);
            log.Append("after");
        }

        Assert.Equal(["small", large, "after"], Payloads(_files, _folder.Path));
    }

    [Fact]
    public void A_released_segment_is_used_again_and_nothing_of_its_first_life_is_seen()
    {
        using (var log = Start(1, 1))
        {
            for (var i = 0; i < 20; i++) log.Append($"old {i}");
            log.Rotate(2);
            log.Release(2);
            log.Append("middle");
            log.Rotate(3);
            log.Append("new");
        }

        Assert.Equal([WalFormat.FileName(2), WalFormat.FileName(3)], _files.ListFiles(_folder.Path));
        Assert.Equal(["middle", "new"], Payloads(_files, _folder.Path, oldest: 2));
        Assert.Null(Recover(_files, _folder.Path, oldest: 2).Recovery.TornTail);
    }

    [Fact]
    public void A_released_segment_is_no_longer_replayed_even_while_its_file_waits_to_be_used_again()
    {
        using (var log = Start(1, 1))
        {
            log.Append("flushed");
            log.Rotate(2);
            log.Release(2);
            log.Append("kept");
        }

        Assert.Equal([WalFormat.FileName(1), WalFormat.FileName(2)], _files.ListFiles(_folder.Path));
        Assert.Equal(["kept"], Payloads(_files, _folder.Path, oldest: 2));
    }

    [Fact]
    public void Two_restarts_in_a_row_lose_nothing()
    {
        using (var log = Start(1, 1)) log.Append("one");
        using (var log = Start(2, Recover(_files, _folder.Path).Recovery.LastLsn + 1)) log.Append("two");
        using (var log = Start(3, Recover(_files, _folder.Path).Recovery.LastLsn + 1)) log.Append("three");
        Assert.Equal(["one", "two", "three"], Payloads(_files, _folder.Path));
    }

    [Fact]
    public void Syncing_twice_syncs_once()
    {
        using var log = Start(1, 1);
        log.Append("one");
        Assert.Equal(0ul, log.SyncedLsn);
        log.Sync();
        log.Sync();
        Assert.Equal(1ul, log.SyncedLsn);
    }

    [Fact]
    public void A_missing_segment_is_noticed()
    {
        using (var log = Start(1, 1))
        {
            log.Append("one");
            log.Rotate(2);
            log.Rotate(3);
            log.Append("two");
        }

        _files.Delete(_folder[WalFormat.FileName(2)]);
        var error = Assert.Throws<CorruptionException>(() => Recover(_files, _folder.Path));
        Assert.Contains(WalFormat.FileName(2), error.Message);
        Assert.Equal(["two"], Payloads(_files, _folder.Path, oldest: 3));
    }

    private WriteAheadLog Start(ulong segment, ulong nextLsn, ulong epoch = 1) => LogHelpers.Start(_files, _folder.Path, segment, nextLsn, epoch, Small);
}
