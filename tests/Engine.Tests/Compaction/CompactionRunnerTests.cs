using CsCheck;
using IngoDB.Engine.Compaction;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Compaction;

public sealed class CompactionRunnerTests
{
    // A history is flushed in pieces, and random tables are merged in between, with a watermark that only rises.
    private static readonly Gen<(List<List<(int Key, bool IsDelete, ulong Expires)>> Flushes, List<(int First, int Second, int Third)> Merges, List<int> Lags)> History =
        Gen.Select(Gen.Select(Gen.Int[0, 6], Gen.Bool, Gen.OneOf(Gen.Const(0UL), Gen.ULong[1, 60])).List[1, 12].List[1, 8], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 9]).List[8], Gen.Int[0, 10].List[8]);

    [Fact]
    public Task Flushes_and_merges_of_any_tables_change_nothing_for_readers_at_or_above_the_watermark() => History.SampleAsync(async history =>
    {
        using var lsm = new LsmOnDisk();
        var written = new List<TestEntry>();
        var (version, watermark) = (1UL, 0UL);
        for (var step = 0; step < history.Flushes.Count; step++)
        {
            var entries = history.Flushes[step].Select(e => new TestEntry(LsmOnDisk.Key(e.Key), new(version++), e.IsDelete ? EntryKind.Delete : EntryKind.Put, new(e.IsDelete ? 0 : e.Expires), e.IsDelete ? [] : [1])).ToList();
            written.AddRange(entries);
            watermark = Math.Max(watermark, version - 1 - Math.Min(version - 1, (ulong)history.Lags[step]));
            await lsm.FlushAsync(entries, watermark);
            ReadersSeeTheSame(written, lsm, watermark, version + 5);

            var (first, second, third) = history.Merges[step];
            var tables = lsm.State.Tables.Select(t => t.Info).OrderBy(t => t.Id).ToList();
            if (tables.Count == 0) continue;
            await lsm.MergeAsync(new[] { first, second, third }.Select(i => tables[i % tables.Count]).Distinct(), watermark);
            ReadersSeeTheSame(written, lsm, watermark, version + 5);
        }

        await lsm.MergeAllAsync(version + 99);
        Assert.DoesNotContain(lsm.Everything, e => e.Kind == EntryKind.Delete);
        Assert.All(lsm.State.Tables, t => Assert.Equal(0, t.Info.SupersededCount));
    }, iter: 300);

    [Fact]
    public async Task Outputs_are_bounded_and_a_key_lives_in_one_of_them()
    {
        using var lsm = new LsmOnDisk { TableBytesMax = 32 << 10 };
        await lsm.FlushAsync(Enumerable.Range(0, 200).Select(i => LsmOnDisk.Put(i, (ulong)i + 1, rowBytes: 100)));
        await lsm.FlushAsync(Enumerable.Range(0, 200).Select(i => LsmOnDisk.Put(i, (ulong)i + 201, rowBytes: 100)));
        lsm.TableBytesMax = 12 << 10;

        var edit = await lsm.MergeAllAsync(watermark: 0);

        Assert.True(edit.TablesAdded.Length > 1);
        Assert.All(edit.TablesAdded, t => Assert.InRange(t.FileBytes, 1, 20 << 10));
        for (var i = 1; i < edit.TablesAdded.Length; i++)
            Assert.True(edit.TablesAdded[i - 1].LastKey.Span.SequenceCompareTo(edit.TablesAdded[i].FirstKey.Span) < 0);
        Assert.Equal(400, lsm.Everything.Count());
    }

    [Fact]
    public async Task A_damaged_input_is_named_by_file_and_offset_and_nothing_is_left_behind()
    {
        using var lsm = new LsmOnDisk();
        await lsm.FlushAsync(Enumerable.Range(0, 100).Select(i => LsmOnDisk.Put(i, (ulong)i + 1)));
        await lsm.FlushAsync(Enumerable.Range(0, 100).Select(i => LsmOnDisk.Put(i, (ulong)i + 101)));
        var damaged = lsm.State.Tables[^1].Info.FileName;
        lsm.Files.Corrupt($"{LsmOnDisk.Folder}/{damaged}", 300, 0x10);
        var before = lsm.FileNames;

        var error = await Assert.ThrowsAsync<CorruptionException>(() => lsm.MergeAllAsync(watermark: 999));

        Assert.EndsWith(damaged, error.File, StringComparison.Ordinal);
        Assert.InRange(error.Offset, 0, 300);
        Assert.Equal(before, lsm.FileNames);
    }

    [Fact]
    public async Task Whichever_call_of_the_disk_fails_no_file_of_the_attempt_is_left()
    {
        for (var nth = 1; ; nth++)
        {
            using var lsm = new LsmOnDisk { TableBytesMax = 4 << 10 };
            await lsm.FlushAsync(Enumerable.Range(0, 200).Select(i => LsmOnDisk.Put(i, (ulong)i + 1, rowBytes: 100)));
            var before = lsm.FileNames;
            lsm.Files.Faults.FailNth(nth, SimulatedFault.DiskFull, pathContains: ".sst");
            try
            {
                var edit = await lsm.AttemptAsync(lsm.State.Tables.Select(t => t.Info), watermark: 0);
                Assert.True(nth > 6 && edit.TablesAdded.Length > 1);
                return;
            }
            catch (StorageException)
            {
                lsm.Files.Faults.Clear();
                Assert.Equal(before, lsm.FileNames);
            }
        }
    }

    [Fact]
    public async Task A_cancelled_merge_leaves_no_file_and_the_inputs_as_they_were()
    {
        using var cancellation = new CancellationTokenSource();
        using var lsm = new LsmOnDisk { Pacer = new CancelsAtTheFirstStretch(cancellation) };
        await lsm.FlushAsync(Enumerable.Range(0, 100).Select(i => LsmOnDisk.Put(i, (ulong)i + 1, rowBytes: 30_000)));
        var before = lsm.FileNames;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lsm.MergeAllAsync(watermark: 0, cancellation.Token));

        Assert.Equal(before, lsm.FileNames);
        Assert.Equal(100, lsm.Everything.Count());
    }

    [Fact]
    public async Task Rows_of_a_dropped_collection_go_and_a_table_of_nothing_else_is_not_even_read()
    {
        using var lsm = new LsmOnDisk();
        var gone = new CollectionId(9);
        await lsm.FlushAsync(Enumerable.Range(0, 50).Select(i => LsmOnDisk.Put(i, (ulong)i + 1) with { Key = EntryKey.Of(gone, new($"{i:D3}")) }));
        var unread = lsm.State.Tables[0].Info;
        await lsm.FlushAsync([LsmOnDisk.Put(1, 60), LsmOnDisk.Put(1, 61) with { Key = EntryKey.Of(gone, new("x")) }]);
        lsm.DropCollection(gone);
        lsm.Files.Corrupt($"{LsmOnDisk.Folder}/{unread.FileName}", 40, 0xFF);

        await lsm.MergeAllAsync(watermark: 0);

        Assert.Equal([60UL], lsm.Everything.Select(e => e.Version.Raw));
    }

    [Fact]
    public async Task A_merge_tells_what_it_read_wrote_and_dropped()
    {
        using var lsm = new LsmOnDisk();
        await lsm.FlushAsync([LsmOnDisk.Put(1, 1), LsmOnDisk.Put(2, 2)]);
        await lsm.FlushAsync([LsmOnDisk.Put(1, 3)]);
        var events = new List<EngineEvent>();
        lsm.Events.Raised += events.Add;

        await lsm.MergeAllAsync(watermark: 9);

        var ended = Assert.IsType<CompactionEnded>(events[^1]);
        Assert.IsType<CompactionBegan>(events[0]);
        Assert.Equal(1, ended.EntriesDropped);
        Assert.Equal([1UL, 2UL], ended.Inputs.Order().ToArray());
        Assert.Equal(3UL, Assert.Single(ended.Outputs));
        Assert.Equal(lsm.State.Tables.Sum(t => t.Info.FileBytes), ended.BytesWritten);
    }

    private static void ReadersSeeTheSame(List<TestEntry> written, LsmOnDisk lsm, ulong from, ulong to)
    {
        var there = lsm.Everything.ToList();
        for (var at = from; at <= to; at++)
            for (var key = 0; key <= 6; key++)
                Assert.Equal(Visible(written, LsmOnDisk.Key(key), at), Visible(there, LsmOnDisk.Key(key), at));
    }

    private static ulong Visible(IEnumerable<TestEntry> entries, byte[] key, ulong at)
    {
        var newest = entries.Where(e => e.Key.AsSpan().SequenceEqual(key) && e.Version.Raw <= at).MaxBy(e => e.Version);
        return newest is { Kind: EntryKind.Put } && !ReadPoint.At(new(at)).IsExpired(newest.ExpiresAt) ? newest.Version.Raw : 0;
    }

    private sealed class CancelsAtTheFirstStretch(CancellationTokenSource cancellation) : IBackgroundPacer
    {
        public async ValueTask PaceAsync(long bytes, CancellationToken cancellationToken)
        {
            Assert.InRange(bytes, 1 << 20, 2 << 20);
            await cancellation.CancelAsync();
        }
    }
}
