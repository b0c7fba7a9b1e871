// Where the cost of the original's reads grew with everything there was (rows 60 to 62 and 65 to 68): memory that held
// every file, scans that read all for one, blocks verified again for each get, maps without a bound, locks held by readers.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Defects;

public sealed class ReadCostDefectTests : EngineFixture
{
    protected override EngineOptions Options => base.Options with { BlockBytes = 1024, Learning = LearningMode.Off };

    [Fact, Trait("Defect", "60")]
    public async Task An_open_table_keeps_a_small_part_of_its_file_in_memory()
    {
        for (var round = 0; round < 4; round++) await PutAsync(5_000, round);
        await Engine.SettleAsync();
        var (memory, files) = (Engine.State.Tables.Sum(t => t.MemoryBytes), Engine.Status.TableBytes);
        Assert.InRange(memory, 1, files / 4);
        Assert.InRange(memory, 1, 8 * 5_000); // 8 bytes a document, however well the file is packed
    }

    [Fact, Trait("Defect", "61")]
    public async Task A_limited_scan_examines_what_it_gives_and_an_id_is_a_point_read()
    {
        await PutAsync(5_000);
        await Engine.FlushAsync();
        Assert.InRange(Work(new ScanRequest(Things) { Limit = 5 }).DocumentsExamined, 5, 10);
        Assert.Equal(1, Work(new ScanRequest(Things) { Where = Filter.Eq("_id", "k02500") }).DocumentsExamined);
        Assert.Equal(1, Work(new ScanRequest(Things) { Where = Filter.And(Filter.Gte("value", 0), Filter.Eq("_id", "k02500")) }).DocumentsExamined);
    }

    [Fact, Trait("Defect", "62")]
    public async Task A_hop_costs_one_look_for_all_its_join_values_together()
    {
        await PutAsync(2_000);
        using var byScan = Engine.Query(new TraverseQuery { From = "things", Start = Filter.Lt("value", 500), Hops = [new("value", new("things", "other"))] });
        Assert.Equal(500, byScan.ToList().Count);
        Assert.InRange(byScan.Work.DocumentsExamined, 500, 3 * 2_000);

        using var byId = Engine.Query(new TraverseQuery { From = "things", Start = Filter.In("_id", "k00001", "k00002"), Hops = [new("next", new("things", "_id"))] });
        Assert.Equal(["k00003"], byId.ToList().Select(d => d.Id.ToString()));
        Assert.InRange(byId.Work.DocumentsExamined, 1, 8);
    }

    [Fact, Trait("Defect", "65")]
    public async Task A_block_that_is_needed_again_is_verified_and_decoded_for_the_cache_and_then_never_more()
    {
        await PutAsync(1_000);
        await Engine.FlushAsync();
        var table = Engine.State.Tables.Single();
        var key = EntryKey.Of(Things, new("k00500"));
        var (twice, later) = (default(ReadCounters), default(ReadCounters));
        for (var i = 0; i < 2; i++) Assert.True(table.TryGet(key, EntryKey.Hash(key), DocumentVersion.Max, ref twice, out _));
        for (var i = 0; i < 50; i++) Assert.True(table.TryGet(key, EntryKey.Hash(key), DocumentVersion.Max, ref later, out _));
        Assert.Equal((2L, 0L), (twice.BlocksDecoded, later.BlocksDecoded));
        Assert.Equal(0, later.BytesRead);
    }

    [Fact, Trait("Defect", "66")]
    public async Task A_get_allocates_next_to_nothing_and_statistics_are_bounded()
    {
        await PutAsync(1_000);
        await Engine.FlushAsync();
        for (var i = 0; i < 10_000; i++)
        {
            using var stream = Engine.Scan(new ScanRequest(Things) { Where = Filter.And(Filter.Eq($"field{i}", 1), Filter.Eq("_id", "k00001")) });
            Assert.False(stream.MoveNext());
        }

        Assert.InRange(Engine.QueryStatistics.Count, 1, 5_000);
        var id = new DocumentId("k00500");
        for (var i = 0; i < 100; i++) Assert.True(Engine.TryGetRow(Things, id, null, out _, out _, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Engine.TryGetRow(Things, id, null, out _, out _, out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000 * 64);
    }

    [Fact, Trait("Defect", "67")]
    public async Task Reading_one_collection_keeps_nobody_from_another_or_from_the_same()
    {
        var others = Engine.Collection("others");
        await PutAsync(100);
        using var outer = Engine.Scan(new ScanRequest(Things));
        Assert.True(outer.MoveNext());

        await Write(EngineWrite.Upsert(others, new("a"), Document.Of(("x", 1))));
        await Write(Upsert("new", 1));
        using var inner = Engine.Scan(new ScanRequest(Things));
        Assert.Equal(101, inner.ToList().Count);
        Assert.Equal(1, Engine.Count(others, null));
        Assert.Equal(99, outer.ToList().Count);
    }

    [Fact, Trait("Defect", "68")]
    public async Task A_long_scan_stands_in_nobodys_way_and_sees_its_own_time_to_the_end()
    {
        await PutAsync(2_000);
        await Engine.FlushAsync();
        await PutAsync(2_000, round: 1);
        using var scan = Engine.Scan(new ScanRequest(Things));
        for (var i = 0; i < 10; i++) Assert.True(scan.MoveNext());

        await PutAsync(2_000, round: 2);
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        Assert.Equal(2, Engine.Get(Things, new("k01000"))!["round"].AsInt64());

        var rest = scan.ToList();
        Assert.Equal(1_990, rest.Count);
        Assert.All(rest, d => Assert.Equal(1, d["round"].AsInt64()));
    }

    private QueryWork Work(ScanRequest request)
    {
        using var stream = Engine.Scan(request);
        stream.ToList();
        return stream.Work;
    }

    private async Task PutAsync(int count, int round = 0)
        => await Engine.WriteAsync([.. Enumerable.Range(0, count).Select(i => Upsert($"k{i:D5}", i, round))]);

    private EngineWrite Upsert(string id, long value, long round = 0) => EngineWrite.Upsert(Things, new(id),
        Document.Of(("value", value), ("other", value - 500), ("round", round), ("next", $"k{value + 1:D5}"), ("text", $"{value * 7919 % 1000003}{value * 104729 % 1000003}{value * 1299709 % 1000003}")));
}
