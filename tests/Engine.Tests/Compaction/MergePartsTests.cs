using CsCheck;
using IngoDB.Engine.Compaction;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Compaction;

public sealed class MergePartsTests
{
    private static readonly Gen<(List<List<(int Key, bool IsDelete, ulong Expires)>> Flushes, int Threads, ulong Lag)> Story =
        Gen.Select(Gen.Select(Gen.Int[0, 90], Gen.Bool, Gen.OneOf(Gen.Const(0UL), Gen.ULong[1, 400])).List[1, 120].List[1, 6], Gen.Int[2, 5], Gen.ULong[0, 200]);

    [Fact]
    public Task A_merge_in_parts_leaves_what_one_thread_would_have_left() => Story.SampleAsync(async story =>
    {
        using var lsm = new LsmOnDisk();
        var version = 1UL;
        foreach (var flush in story.Flushes)
            await lsm.FlushAsync(flush.Select(e => new TestEntry(LsmOnDisk.Key(e.Key), new(version++), e.IsDelete ? EntryKind.Delete : EntryKind.Put, new(e.IsDelete ? 0 : e.Expires), e.IsDelete ? [] : [1, 2, 3])).ToList());
        if (lsm.State.Tables.Length == 0) return;

        // Some tables stay outside, so that deletions have something to hide.
        var inputs = lsm.State.Tables.Skip(story.Flushes.Count > 2 ? 1 : 0).Select(t => t.Info).ToList();
        var watermark = version - Math.Min(version, story.Lag);
        var whole = await Contents(lsm, inputs, watermark, threads: 1);
        var parts = await Contents(lsm, inputs, watermark, story.Threads);

        Assert.Equal(whole.Select(Text), parts.Select(Text));
    }, iter: 150);

    [Fact]
    public Task A_flush_in_parts_leaves_what_one_thread_would_have_left() => Story.SampleAsync(async story =>
    {
        var contents = new List<List<string>>();
        foreach (var threads in new[] { 1, story.Threads })
        {
            using var lsm = new LsmOnDisk { Threads = threads };
            var version = 1UL;
            var entries = story.Flushes.SelectMany(f => f).Select(e => new TestEntry(LsmOnDisk.Key(e.Key), new(version++), e.IsDelete ? EntryKind.Delete : EntryKind.Put, new(e.IsDelete ? 0 : e.Expires), e.IsDelete ? [] : [1, 2, 3])).ToList();
            await lsm.FlushAsync(entries, version - Math.Min(version, story.Lag));
            contents.Add([.. lsm.Everything.Select(Text).Order(StringComparer.Ordinal)]);
        }

        Assert.Equal(contents[0], contents[1]);
    }, iter: 150);

    [Fact]
    public async Task Parts_meet_at_a_key_and_none_is_empty()
    {
        using var lsm = new LsmOnDisk { Threads = 4 };
        await lsm.FlushAsync(Enumerable.Range(0, 400).Select(i => LsmOnDisk.Put(i, (ulong)i + 1, rowBytes: 50)));
        await lsm.FlushAsync(Enumerable.Range(0, 400).Select(i => LsmOnDisk.Put(i, (ulong)i + 401, rowBytes: 50)));

        var edit = await lsm.MergeAllAsync(watermark: 0);

        Assert.Equal(4, edit.TablesAdded.Length);
        Assert.All(edit.TablesAdded, t => Assert.InRange(t.EntryCount, 150, 250));
        for (var i = 1; i < edit.TablesAdded.Length; i++)
            Assert.True(edit.TablesAdded[i - 1].LastKey.Span.SequenceCompareTo(edit.TablesAdded[i].FirstKey.Span) < 0);
    }

    [Fact]
    public async Task When_one_part_fails_no_file_of_any_is_left()
    {
        for (var nth = 1; ; nth++)
        {
            using var lsm = new LsmOnDisk { Threads = 3 };
            await lsm.FlushAsync(Enumerable.Range(0, 300).Select(i => LsmOnDisk.Put(i, (ulong)i + 1, rowBytes: 100)));
            await lsm.FlushAsync(Enumerable.Range(0, 300).Select(i => LsmOnDisk.Put(i, (ulong)i + 301, rowBytes: 100)));
            var before = lsm.FileNames;
            lsm.Files.Faults.FailNth(nth, SimulatedFault.DiskFull, pathContains: ".sst");
            var failure = await Record.ExceptionAsync(() => lsm.AttemptAsync(lsm.State.Tables.Select(t => t.Info), watermark: 0));
            lsm.Files.Faults.Clear();
            if (failure is null)
            {
                Assert.True(nth > 9);
                return;
            }

            Assert.IsType<StorageException>(failure);
            Assert.Equal(before, lsm.FileNames);
        }
    }

    [Fact]
    public void Small_merges_are_not_worth_a_second_thread()
    {
        var table = new TableInfo(new(1), MergeParts.PartBytesMin, 100, 0, 1000, LsmOnDisk.Key(0), LsmOnDisk.Key(99), new(1), new(100));
        var small = new CompactionChoice.Merge([table], [], 0, CompactionCause.Asked);
        Assert.Empty(MergeParts.Cuts(small, partsMax: 8));
        Assert.Single(MergeParts.Cuts(small with { Inputs = [table, table with { Id = new(2) }] }, partsMax: 8));
    }

    private static async Task<List<TestEntry>> Contents(LsmOnDisk lsm, List<TableInfo> inputs, ulong watermark, int threads)
    {
        lsm.Threads = threads;
        var contents = new List<TestEntry>();
        foreach (var info in (await lsm.AttemptAsync(inputs, watermark)).TablesAdded)
        {
            using var table = lsm.Open(info);
            contents.AddRange(LsmOnDisk.Entries(table));
        }

        return contents;
    }

    private static string Text(TestEntry entry) => $"{Convert.ToHexString(entry.Key)} {entry.Version} {entry.Kind} {entry.ExpiresAt} {Convert.ToHexString(entry.Row)}";
}
