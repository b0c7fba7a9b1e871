// What the original's reads got wrong about age and time (rows 16 to 22 of docs/original-defects.md), each as the
// right behaviour. Age is a version that one writer gives in order; never a level, a size, a file name or a clock.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Compaction;
using IngoDB.Tests.Core;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Defects;

public sealed class ReadDefectTests : EngineFixture
{
    private long _memtableBytes = 1 << 20;
    private TimeProvider? _otherClock;

    protected override EngineOptions Options => base.Options with { MemtableBytes = _memtableBytes, Time = _otherClock ?? Time };

    [Fact, Trait("Defect", "16")]
    public async Task A_snapshot_reads_its_version_through_every_flush_and_merge()
    {
        await Put("a", 1);
        using var snapshot = Engine.TakeSnapshot();
        for (var i = 2; i < 6; i++)
        {
            await Put("a", i);
            await Engine.FlushAsync();
            await Engine.CompactAsync(everything: true);
            Assert.Equal(1, Engine.Get(Things, new("a"), snapshot)!["value"].AsInt64());
        }

        Assert.Equal(5, ValueOf("a"));
    }

    [Fact, Trait("Defect", "18")]
    public async Task Of_several_sealed_memtables_the_newest_version_wins_before_and_after_their_flush()
    {
        _memtableBytes = 1;
        await Reopen();
        for (var i = 1; i <= 5; i++)
        {
            await Put("a", i);
            Assert.Equal(i, ValueOf("a"));
        }

        Assert.True(Engine.Status.SealedMemtables >= 4);
        await Engine.FlushAsync();
        Assert.Equal(5, ValueOf("a"));
    }

    [Fact, Trait("Defect", "18")]
    public async Task Memtables_that_are_flushed_in_the_wrong_order_still_give_the_newest_version()
    {
        using var lsm = new LsmOnDisk();
        var older = lsm.Seal([LsmOnDisk.Put(1, 1)]);
        var newer = lsm.Seal([LsmOnDisk.Put(1, 2)]);
        await lsm.FlushAsync(newer, watermark: 0);
        await lsm.FlushAsync(older, watermark: 0);
        Assert.Equal(2UL, Newest(lsm, 1));
    }

    [Fact, Trait("Defect", "19")]
    public async Task A_version_in_a_large_table_beats_an_older_one_in_a_small_table()
    {
        await Put("a", 1);
        await Engine.FlushAsync();
        await Engine.WriteAsync([.. Enumerable.Range(0, 5000).Select(i => Upsert($"k{i}", i)), Upsert("a", 2)]);
        await Engine.FlushAsync();

        Assert.Equal(2, ValueOf("a"));
        Assert.Equal(2, Scan(Filter.Eq("_id", "a")).Single()["value"].AsInt64());
        await Engine.CompactAsync();
        Assert.Equal(2, ValueOf("a"));
    }

    [Fact, Trait("Defect", "20")]
    public async Task What_is_flushed_during_a_merge_is_newer_than_what_the_merge_writes()
    {
        await Put("a", 1);
        await Engine.FlushAsync();
        await Put("a", 2);
        await Engine.FlushAsync();
        var flushed = false;
        Engine.Events.Raised += e =>
        {
            if (e is not CompactionBegan || flushed) return;
            flushed = true;
            Put("a", 3).Wait();
            Engine.FlushAsync().Wait();
        };

        await Engine.CompactAsync(everything: true);

        Assert.True(flushed);
        Assert.Equal(3, ValueOf("a"));
        await Reopen();
        Assert.Equal(3, ValueOf("a"));
    }

    [Fact, Trait("Defect", "20")]
    public async Task A_merge_that_skips_the_table_in_between_does_not_outrank_it()
    {
        using var lsm = new LsmOnDisk();
        await lsm.FlushAsync([LsmOnDisk.Put(1, 1), LsmOnDisk.Put(2, 2)]);
        await lsm.FlushAsync([LsmOnDisk.Put(1, 3)]);
        await lsm.FlushAsync([LsmOnDisk.Put(2, 4)]);
        var tables = lsm.State.Tables.Select(t => t.Info).OrderBy(t => t.Id).ToList();

        await lsm.MergeAsync([tables[0], tables[2]], watermark: 9);

        Assert.Equal((3UL, 4UL), (Newest(lsm, 1), Newest(lsm, 2)));
    }

    [Fact, Trait("Defect", "21")]
    public async Task A_deletion_is_kept_while_any_other_table_holds_an_older_version()
    {
        using var lsm = new LsmOnDisk();
        await lsm.FlushAsync([LsmOnDisk.Put(1, 1)]);
        await lsm.FlushAsync([LsmOnDisk.Delete(1, 2)], watermark: 9);
        await lsm.FlushAsync([LsmOnDisk.Put(2, 3)]);
        var tables = lsm.State.Tables.Select(t => t.Info).OrderBy(t => t.Id).ToList();

        await lsm.MergeAsync(tables[1..], watermark: 9);
        Assert.Null(Newest(lsm, 1));

        await lsm.MergeAllAsync(watermark: 9);
        Assert.Null(Newest(lsm, 1));
        Assert.Single(lsm.Everything);
    }

    [Fact, Trait("Defect", "22")]
    public async Task After_the_clock_went_back_writes_are_still_the_newest()
    {
        await Put("a", 1);
        var before = Engine.Get(Things, new("a"))!.Version;
        await Engine.DisposeAsync();
        _otherClock = new FakeTimeProvider(Time.GetUtcNow().AddDays(-30));
        await Open();

        await Put("a", 2);

        Assert.True(Engine.Get(Things, new("a"))!.Version > before);
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        Assert.Equal(2, ValueOf("a"));
    }

    private static ulong? Newest(LsmOnDisk lsm, int key)
    {
        var counters = default(ReadCounters);
        return PointReader.TryGet(lsm.State, ReadPoint.At(DocumentVersion.Max), LsmOnDisk.Key(key), ref counters, out var hit) ? hit.Version.Raw : null;
    }

    private async Task Put(string id, long value) => await Write(Upsert(id, value));

    private EngineWrite Upsert(string id, long value) => EngineWrite.Upsert(Things, new(id), Document.Of(("value", value)));

    private long? ValueOf(string id) => Engine.Get(Things, new(id))?["value"].AsInt64();
}
