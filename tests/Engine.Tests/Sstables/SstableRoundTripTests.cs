using CsCheck;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class SstableRoundTripTests
{
    private static readonly int[] BlockSizes = [1, 100, 700, 8192, 65536];

    private static readonly Gen<SstableOptions> AnyOptions =
        Gen.Select(Gen.Int[0, BlockSizes.Length - 1], Gen.Bool, Gen.Bool).Select((size, filter, compress) => new SstableOptions(BlockSizes[size], filter ? 10 : 0, compress));

    [Fact]
    public void A_table_answers_like_the_sorted_list_it_was_written_from() =>
        TestEntries.Gen(250).Select(AnyOptions).Sample((entries, options) =>
        {
            using var tables = new TestTables();
            var sorted = TestEntries.Sorted(entries);
            using var table = tables.Open(tables.Write(sorted, options));
            AssertScans(table, sorted);
            AssertRows(table, sorted);
            AssertGets(table, sorted);
        }, iter: 60);

    [Fact]
    public void The_manifest_is_told_what_is_in_the_table() =>
        TestEntries.Gen(300).Select(AnyOptions).Sample((entries, options) =>
        {
            using var tables = new TestTables();
            var sorted = TestEntries.Sorted(entries);
            var info = tables.Write(sorted, options);
            Assert.Equal(new FileInfo(tables.Folder[info.FileName]).Length, info.FileBytes);
            Assert.Equal(sorted.Count, info.EntryCount);
            Assert.Equal(sorted.Count(entry => entry.Kind == EntryKind.Delete), info.DeleteCount);
            Assert.Equal(sorted.Sum(entry => entry.Key.Length + entry.Row.Length), info.UserBytes);
            Assert.Equal(sorted.Select(entry => entry.ExpiresAt).DefaultIfEmpty().Max(), info.ExpiresMax.Raw);
            Assert.Equal(sorted.Sum(entry => 1), info.Collections.Sum(part => part.Rows));
            if (sorted.Count == 0) return;
            Assert.Equal(sorted[0].Key, info.FirstKey.ToArray());
            Assert.Equal(sorted[^1].Key, info.LastKey.ToArray());
            Assert.Equal(sorted.Min(entry => entry.Version), info.OldestVersion.Raw);
            Assert.Equal(sorted.Max(entry => entry.Version), info.NewestVersion.Raw);
        }, iter: 40);

    [Fact]
    public void Quantiles_are_keys_at_equal_row_distances()
    {
        using var tables = new TestTables();
        var sorted = TestEntries.Sorted(Enumerable.Range(0, 1000).Select(i => TestEntries.Of(i, (ulong)i + 1)));
        var quantiles = tables.Write(sorted).Quantiles;
        var rows = quantiles.Select(key => sorted.FindIndex(entry => entry.Key.AsSpan().SequenceEqual(key.Span))).ToList();
        Assert.Equal(0, rows[0]);
        Assert.Equal(999, rows[^1]);
        Assert.InRange(rows.Count, 64, 129);
        Assert.Single(rows.Zip(rows.Skip(1), (row, next) => next - row).SkipLast(1).Distinct());
    }

    [Fact]
    public void The_largest_document_gets_a_block_of_its_own()
    {
        using var tables = new TestTables();
        var sorted = TestEntries.Sorted([TestEntries.Of(3, 1), TestEntries.Of(4, 2, rowBytes: RowFormat.DocumentBytesMax), TestEntries.Of(8, 3)]);
        using var table = tables.Open(tables.Write(sorted));
        using var cursor = table.OpenCursor(new());
        foreach (var entry in sorted)
        {
            Assert.True(cursor.MoveNext());
            Assert.True(cursor.Row.SequenceEqual(entry.Row));
        }

        Assert.InRange(tables.Cache.SizeBytes, 0, tables.Cache.CapacityBytes);
    }

    [Fact]
    public void An_unfinished_table_leaves_no_file()
    {
        using var tables = new TestTables();
        using (var writer = new SstableWriter(tables.Files, tables.Folder.Path, new(1), new(Columns: false)))
        using (var cursor = new ListCursor([TestEntries.Of(1, 1)]))
        {
            Assert.True(cursor.MoveNext());
            writer.Add(cursor.Entry);
        }

        Assert.Empty(Directory.GetFiles(tables.Folder.Path));
    }

    [Fact]
    public void Entries_out_of_order_are_a_bug_and_say_so()
    {
        using var tables = new TestTables();
        var (low, high) = (TestEntries.Of(1, 5), TestEntries.Of(1, 6));
        Assert.Throws<InvariantViolationException>(() => tables.Write([low, high]));
        Assert.Empty(Directory.GetFiles(tables.Folder.Path));
    }

    [Fact]
    public void A_block_that_was_met_twice_is_read_no_more()
    {
        using var tables = new TestTables();
        var sorted = TestEntries.Sorted(Enumerable.Range(0, 500).Select(i => TestEntries.Of(i, (ulong)i + 1)));
        using var table = tables.Open(tables.Write(sorted));
        var counters = new ReadCounters();
        for (var i = 0; i < 5; i++) Assert.True(table.TryGet(sorted[250].Key, EntryKey.Hash(sorted[250].Key), DocumentVersion.Max, ref counters, out _));
        Assert.Equal((5, 2, 5), (counters.BlocksRead, counters.BlocksDecoded, counters.RowsExamined));
    }

    [Fact]
    public void A_row_stays_as_it_is_while_others_are_read()
    {
        using var tables = new TestTables();
        var sorted = TestEntries.Sorted(Enumerable.Range(0, 2000).Select(i => TestEntries.Of(i, (ulong)i + 1, rowBytes: 60)));
        using var table = tables.Open(tables.Write(sorted));
        var counters = new ReadCounters();
        var hits = sorted.ConvertAll(entry => table.TryGet(entry.Key, EntryKey.Hash(entry.Key), DocumentVersion.Max, ref counters, out var hit) ? hit : default);
        Assert.Equal(sorted.Select(entry => Convert.ToHexString(entry.Row)), hits.Select(hit => Convert.ToHexString(hit.Row.Span)));
    }

    private static void AssertScans(Sstable table, List<TestEntry> sorted)
    {
        foreach (var fillCache in new[] { false, true })
        {
            using var cursor = table.OpenCursor(new(), fillCache);
            Assert.Equal(sorted.Texts(), cursor.ReadAll());
            for (var number = 0; number < 45; number += 4)
                Assert.Equal(sorted.From(TestEntries.KeyOf(number)).Texts(), cursor.ReadFrom(TestEntries.KeyOf(number)));
        }
    }

    private static void AssertRows(Sstable table, List<TestEntry> sorted)
    {
        using var cursor = table.OpenCursor(new());
        for (var step = 0; step < sorted.Count; step++)
        {
            var row = (int)(step * 7919L % sorted.Count);
            cursor.MoveTo(new((uint)row));
            Assert.Equal(sorted[row].ToString(), cursor.Current().ToString());
            Assert.Equal((uint)row, cursor.RowId.Value);
            Assert.Equal((uint)row, cursor.Entry.Origin.Row);
            if (row + 1 < sorted.Count && cursor.MoveNext()) Assert.Equal(sorted[row + 1].ToString(), cursor.Current().ToString());
        }
    }

    private static void AssertGets(Sstable table, List<TestEntry> sorted)
    {
        var counters = new ReadCounters();
        for (var number = 0; number < 45; number++)
        {
            var key = TestEntries.KeyOf(number);
            foreach (var upTo in new ulong[] { 0, 130, 200, 300, ulong.MaxValue })
            {
                var expected = sorted.NewestAt(key, upTo);
                var found = table.TryGet(key, EntryKey.Hash(key), new(upTo), ref counters, out var hit)
                    ? new TestEntry(key, hit.Version.Raw, hit.Kind, hit.ExpiresAt.Raw, hit.Shape, hit.Row.ToArray())
                    : null;
                Assert.Equal(expected?.ToString(), found?.ToString());
            }
        }
    }
}
