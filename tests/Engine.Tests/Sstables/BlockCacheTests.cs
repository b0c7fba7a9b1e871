using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class BlockCacheTests
{
    private static readonly List<TestEntry> Rows = TestEntries.Sorted(Enumerable.Range(0, 3000).Select(i => TestEntries.Of(i, (ulong)i + 1, rowBytes: 100)));

    [Fact]
    public async Task The_cache_stays_within_its_bytes_while_many_read()
    {
        using var tables = new TestTables(cacheBytes: 64 << 10);
        using var table = tables.Open(tables.Write(Rows, new(BlockBytes: 2048)));
        var cancellation = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(1, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 3000; i++)
            {
                AssertFinds(table, Rows[random.Next(Rows.Count)]);
                Assert.InRange(tables.Cache.SizeBytes, 0, tables.Cache.CapacityBytes);
            }
        }, cancellation)));
        Assert.True(tables.Cache.SizeBytes > 32 << 10);
    }

    [Fact]
    public void Blocks_that_are_used_again_outlive_a_long_scan()
    {
        using var tables = new TestTables(cacheBytes: 64 << 10);
        using var table = tables.Open(tables.Write(Rows, new(BlockBytes: 2048)));
        var hot = Rows[1500];
        using var scan = table.OpenCursor(new());
        while (scan.MoveNext())
            if (scan.RowId.Value % 100 == 0) AssertFinds(table, hot);
        var counters = new ReadCounters();
        Assert.True(table.TryGet(hot.Key, EntryKey.Hash(hot.Key), DocumentVersion.Max, ref counters, out _));
        Assert.Equal(0, counters.BlocksDecoded);
    }

    [Fact]
    public void What_was_met_once_is_not_kept_what_is_met_again_is()
    {
        using var tables = new TestTables();
        using var table = tables.Open(tables.Write(Rows));
        foreach (var (kept, decoded) in new[] { (false, table.BlockCount), (true, table.BlockCount), (true, 0) })
        {
            var counters = new ReadCountersBox();
            using var cursor = table.OpenCursor(counters);
            Assert.Equal(Rows.Count, cursor.ReadAll().Count);
            Assert.Equal(kept, tables.Cache.SizeBytes > 0);
            Assert.Equal(decoded, counters.Value.BlocksDecoded);
        }
    }

    [Fact]
    public void A_walk_that_asks_not_to_fill_the_cache_leaves_it_alone()
    {
        using var tables = new TestTables();
        using var table = tables.Open(tables.Write(Rows));
        using var cursor = table.OpenCursor(new(), fillCache: false);
        Assert.Equal(Rows.Count, cursor.ReadAll().Count);
        Assert.Equal(0, tables.Cache.SizeBytes);
    }

    [Fact]
    public void A_closed_table_leaves_the_cache_and_what_it_gave_stays_readable()
    {
        using var tables = new TestTables();
        var info = tables.Write(Rows);
        EntryHit hit;
        using (var table = tables.Open(info))
        {
            var counters = new ReadCounters();
            AssertFinds(table, Rows[9]);
            Assert.True(table.TryGet(Rows[9].Key, EntryKey.Hash(Rows[9].Key), DocumentVersion.Max, ref counters, out hit));
            Assert.True(tables.Cache.SizeBytes > 0);
        }

        Assert.Equal(0, tables.Cache.SizeBytes);
        Assert.Equal(Rows[9].Row, hit.Row.ToArray());
    }

    [Fact]
    public void A_table_that_left_the_cache_can_still_be_read()
    {
        using var tables = new TestTables();
        using var table = tables.Open(tables.Write(Rows));
        for (var i = 0; i < 2; i++) AssertFinds(table, Rows[9]);
        Assert.NotEqual(0, tables.Cache.SizeBytes);
        table.LeaveCache();
        Assert.Equal(0, tables.Cache.SizeBytes);
        AssertFinds(table, Rows[9]);
    }

    [Fact]
    public void A_cache_of_no_bytes_holds_nothing_and_reads_go_on()
    {
        using var tables = new TestTables(cacheBytes: 0);
        using var table = tables.Open(tables.Write(Rows));
        AssertFinds(table, Rows[77]);
        Assert.Equal(0, tables.Cache.SizeBytes);
    }

    [Fact]
    public void A_new_table_is_warmed_once_and_then_read_from_memory_only()
    {
        using var tables = new TestTables();
        using var table = tables.Open(tables.Write(Rows), isNew: true);
        Assert.True(table.Warm(TestContext.Current.CancellationToken));
        Assert.False(table.Warm(TestContext.Current.CancellationToken));
        var counters = new ReadCounters();
        foreach (var row in Rows) Assert.True(table.TryGet(row.Key, EntryKey.Hash(row.Key), DocumentVersion.Max, ref counters, out _));
        Assert.Equal(0, counters.BlocksDecoded);
    }

    [Fact]
    public void A_table_that_is_not_new_is_left_as_it_is()
    {
        using var tables = new TestTables();
        using var table = tables.Open(tables.Write(Rows));
        Assert.False(table.Warm(TestContext.Current.CancellationToken));
        Assert.Equal(0, tables.Cache.SizeBytes);
    }

    [Fact]
    public void Warming_takes_free_room_and_pushes_nothing_out()
    {
        using var tables = new TestTables(cacheBytes: 256 << 10);
        using var hot = tables.Open(tables.Write(Rows.Take(1000), new(BlockBytes: 2048)));
        for (var again = 0; again < 2; again++)
            foreach (var row in Rows.Take(1000)) AssertFinds(hot, row);
        using var table = tables.Open(tables.Write(Rows, new(BlockBytes: 2048), id: 8), isNew: true);
        Assert.True(table.Warm(TestContext.Current.CancellationToken));
        Assert.InRange(tables.Cache.SizeBytes, (256 << 10) * 3 / 4, (256 << 10) * 15 / 16);
        var counters = new ReadCounters();
        foreach (var row in Rows.Take(1000)) Assert.True(hot.TryGet(row.Key, EntryKey.Hash(row.Key), DocumentVersion.Max, ref counters, out _));
        Assert.Equal(0, counters.BlocksDecoded);
    }

    private static void AssertFinds(Sstable table, TestEntry expected)
    {
        var counters = new ReadCounters();
        Assert.True(table.TryGet(expected.Key, EntryKey.Hash(expected.Key), DocumentVersion.Max, ref counters, out var hit));
        Assert.True(hit.Row.Span.SequenceEqual(expected.Row));
    }
}
