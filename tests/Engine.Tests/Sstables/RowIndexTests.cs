using CsCheck;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class RowIndexTests
{
    private static readonly int[] BlockSizes = [1, 100, 700, 8192];

    [Fact]
    public void A_table_that_came_into_memory_answers_every_key_at_every_version_as_it_did_before() =>
        Gen.Select(TestEntries.Gen(250), Gen.Int[0, BlockSizes.Length - 1]).Sample((entries, size) =>
        {
            using var tables = new TestTables(cacheBytes: 64 << 20);
            var sorted = TestEntries.Sorted(entries);
            var info = tables.Write(sorted, new(BlockSizes[size]));
            using var cold = tables.Open(info);
            using var warm = tables.Open(info, isNew: true);
            warm.Warm(TestContext.Current.CancellationToken);
            Assert.Null(cold.Rows);
            Assert.Equal(sorted.Count > 0, warm.Rows is not null);
            foreach (var entry in sorted)
            {
                var absent = entry.Key.Append((byte)7).ToArray();
                foreach (var version in (ulong[])[0, entry.Version - 1, entry.Version, entry.Version + 1, ulong.MaxValue])
                {
                    Assert.Equal(Ask(cold, entry.Key, version), Ask(warm, entry.Key, version));
                    Assert.Equal(Ask(cold, absent, version), Ask(warm, absent, version));
                }
            }
        }, iter: 60);

    [Fact]
    public void A_key_in_memory_costs_one_block_and_an_absent_one_hardly_any()
    {
        using var tables = new TestTables(cacheBytes: 64 << 20);
        var rows = TestEntries.Sorted(Enumerable.Range(0, 20_000).Select(i => TestEntries.Of(2 * i, (ulong)i + 1, rowBytes: 20)));
        using var table = tables.Open(tables.Write(rows), isNew: true);
        table.Warm(TestContext.Current.CancellationToken);
        var (there, absent) = (new ReadCounters(), new ReadCounters());
        foreach (var row in rows) Assert.True(table.TryGet(row.Key, EntryKey.Hash(row.Key), DocumentVersion.Max, ref there, out _));
        for (var i = 0; i < rows.Count; i++)
        {
            var key = TestEntries.KeyOf((2 * i) + 1);
            Assert.False(table.TryGet(key, EntryKey.Hash(key), DocumentVersion.Max, ref absent, out _));
        }

        Assert.Equal(rows.Count, there.RowsExamined);
        Assert.InRange(there.BlocksRead, rows.Count, rows.Count * 1.02);
        Assert.InRange(absent.BlocksRead, 0, rows.Count * 0.006);
        Assert.Equal(0, there.BlocksDecoded + absent.BlocksDecoded);
        Assert.InRange(table.Rows!.Bytes, 2 * rows.Count, 3 * rows.Count);
    }

    [Fact]
    public void A_block_that_was_pushed_out_is_read_again_where_it_was()
    {
        using var tables = new TestTables();
        var rows = TestEntries.Sorted(Enumerable.Range(0, 3000).Select(i => TestEntries.Of(i, (ulong)i + 1, rowBytes: 20)));
        using var table = tables.Open(tables.Write(rows, new(BlockBytes: 2048)), isNew: true);
        table.Warm(TestContext.Current.CancellationToken);
        Assert.NotNull(table.Rows);
        table.LeaveCache();
        var counters = new ReadCounters();
        foreach (var row in rows)
        {
            Assert.True(table.TryGet(row.Key, EntryKey.Hash(row.Key), DocumentVersion.Max, ref counters, out var hit));
            Assert.Equal(row.Row, hit.Row.ToArray());
        }

        Assert.NotEqual(0, counters.BlocksDecoded);
    }

    [Fact]
    public void A_table_that_does_not_fit_into_memory_has_none()
    {
        using var tables = new TestTables(cacheBytes: 64 << 10);
        var rows = TestEntries.Sorted(Enumerable.Range(0, 3000).Select(i => TestEntries.Of(i, (ulong)i + 1, rowBytes: 100)));
        using var table = tables.Open(tables.Write(rows, new(BlockBytes: 2048)), isNew: true);
        table.Warm(TestContext.Current.CancellationToken);
        Assert.Null(table.Rows);
        var counters = new ReadCounters();
        foreach (var row in rows) Assert.True(table.TryGet(row.Key, EntryKey.Hash(row.Key), DocumentVersion.Max, ref counters, out _));
    }

    private static string Ask(Sstable table, byte[] key, ulong upTo)
    {
        var counters = new ReadCounters();
        return table.TryGet(key, EntryKey.Hash(key), new(upTo), ref counters, out var hit) ? $"{hit.Version} {hit.Kind} {hit.ExpiresAt} {Convert.ToHexString(hit.Row.Span)}" : "nothing";
    }
}
