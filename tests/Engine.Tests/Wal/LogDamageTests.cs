// Damage, exhaustively. Every byte of a small log is flipped in turn: recovery either calls it corruption by file and
// offset, or cuts the tail where nothing durable was. It never returns a record that was not written, never skips
// one, and never throws anything else. Then every call is made to fail in turn.

using IngoDB.Engine.Wal;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using static IngoDB.Tests.Wal.LogHelpers;

namespace IngoDB.Tests.Wal;

public sealed class LogDamageTests
{
    private const string Folder = "/log";
    private static readonly LogOptions Options = new(1024, 1024);
    private static readonly string[] Written = ["one", "two", "a longer third record", "four", "five"];

    [Fact]
    public void Every_flipped_byte_is_noticed_and_never_read_as_data()
    {
        foreach (byte xor in (byte[])[0x01, 0x80, 0xFF])
        {
            var files = SmallLog(out var ends);
            foreach (var (name, end) in ends)
            {
                for (long at = 0; at < end; at++)
                {
                    files.Corrupt($"{Folder}/{name}", at, xor);
                    CheckFlip(files, name, at);
                    files.Corrupt($"{Folder}/{name}", at, xor);
                }
            }

            Assert.Equal(Written, Payloads(files, Folder));
        }
    }

    private static void CheckFlip(SimulatedFileSystem files, string name, long at)
    {
        try
        {
            var (records, recovery) = Recover(files, Folder);
            Assert.Equal(Written.Take(records.Count), records.Select(r => r.Payload));
            Assert.True(recovery.TornTail is not null, $"{name} at {at}: nobody noticed");
            Assert.True(records.Count >= 4, $"{name} at {at}: record {records.Count + 1} was durable and vouched for");
        }
        catch (CorruptionException e)
        {
            Assert.Contains(name, e.File);
        }
    }

    [Fact]
    public void Damage_that_a_later_record_vouches_for_is_corruption()
    {
        var files = SmallLog(out _);
        files.Corrupt($"{Folder}/{WalFormat.FileName(2)}", WalFormat.HeaderBytes + 8, 1);
        var error = Assert.Throws<CorruptionException>(() => Recover(files, Folder));
        Assert.Equal(WalFormat.HeaderBytes, error.Offset);
    }

    [Fact]
    public void A_hole_before_an_intact_record_is_a_crash_when_nobody_was_told()
    {
        var files = NewFolder();
        using (var log = LogHelpers.Start(files, Folder, 1, 1, 1, Options))
        {
            log.Append("synced");
            log.Sync();
            log.Append("in the hole");
            log.Append("after the hole");
        }

        files.Corrupt($"{Folder}/{WalFormat.FileName(1)}", WalFormat.HeaderBytes + WalFormat.RecordBytes(6, hasCeiling: true) + 36, 1);
        var (records, recovery) = Recover(files, Folder);
        Assert.Equal("synced", Assert.Single(records).Payload);
        Assert.Equal(WalFormat.HeaderBytes + WalFormat.RecordBytes(6, hasCeiling: true), recovery.TornTail!.Value.Offset);
    }

    [Fact]
    public void A_cut_stays_where_it_was_made()
    {
        var files = NewFolder();
        using (var log = LogHelpers.Start(files, Folder, 1, 1, 1, Options))
        {
            log.Append("kept");
            log.Sync();
            log.Append("torn");
            log.Append("behind");
        }

        files.Corrupt($"{Folder}/{WalFormat.FileName(1)}", WalFormat.HeaderBytes + WalFormat.RecordBytes(4, hasCeiling: true) + 36, 1);
        using (var log = LogHelpers.Start(files, Folder, 2, Recover(files, Folder).Recovery.LastLsn + 1, 1, Options))
        {
            log.Append("new");
            log.Sync();
            log.Append("newer");
        }

        Assert.Equal(["kept", "new", "newer"], Payloads(files, Folder));
    }

    [Fact]
    public void Whatever_call_fails_the_log_stops_and_what_was_synced_is_there()
    {
        foreach (var fault in Enum.GetValues<SimulatedFault>())
        {
            for (var nth = 1; ; nth++)
            {
                var files = NewFolder();
                files.Faults.FailNth(nth, fault);
                var synced = Write(files);
                if (files.Faults.Struck == 0) break;
                Assert.True(nth < 100);
                Assert.Equal(Written.Take(synced), Payloads(files, Folder).Take(synced));
                for (var seed = 0; seed < 5; seed++)
                    Assert.Equal(Written.Take(synced), Payloads(files.CrashClone(new Random(seed)), Folder).Take(synced));
            }
        }
    }

    /// <summary>Writes until something fails; returns how many records were synced.</summary>
    private static int Write(SimulatedFileSystem files)
    {
        var synced = 0;
        WriteAheadLog? log = null;
        try
        {
            log = LogHelpers.Start(files, Folder, 1, 1, 1, new LogOptions(256, 256));
            for (var i = 0; i < Written.Length; i++)
            {
                if (i == 2) log.Rotate(2);
                log.Append(Written[i]);
                log.Sync();
                synced = i + 1;
            }
        }
        catch (StorageException cause)
        {
            if (log is null) return 0;
            AssertPoisoned(log, cause);
        }
        finally
        {
            log?.Dispose();
        }

        return synced;
    }

    private static void AssertPoisoned(WriteAheadLog log, StorageException cause)
    {
        foreach (var act in (Action[])[() => log.Append("more"), log.Sync, () => log.Rotate(9)])
        {
            var refused = Assert.Throws<UnavailableException>(act);
            Assert.Equal("engine.poisoned", refused.Code);
            Assert.Same(cause, refused.InnerException);
        }
    }

    /// <summary>Two records in a first segment, three in a second, each but the last vouched for by its successor.</summary>
    private static SimulatedFileSystem SmallLog(out (string Name, long End)[] ends)
    {
        var files = NewFolder();
        using var log = LogHelpers.Start(files, Folder, 1, 1, 1, Options);
        long firstEnd = 0;
        for (var i = 0; i < Written.Length; i++)
        {
            if (i == 2)
            {
                firstEnd = log.SegmentBytes;
                log.Rotate(2);
            }

            log.Append(Written[i]);
            log.Sync();
        }

        ends = [(WalFormat.FileName(1), firstEnd), (WalFormat.FileName(2), log.SegmentBytes)];
        return files;
    }

    private static SimulatedFileSystem NewFolder()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Folder);
        return files;
    }
}
