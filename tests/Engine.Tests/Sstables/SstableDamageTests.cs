// Every byte of a table lies under a checksum that knows its table and its place. So whatever happens to the bytes, a
// reader either says Corruption with file and offset, or answers as before; it never answers wrongly.
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class SstableDamageTests : IDisposable
{
    private readonly TestTables _tables = new();
    private readonly List<TestEntry> _sorted = TestEntries.Sorted(Enumerable.Range(0, 30).Select(i => TestEntries.Of(i, (ulong)i + 1, dice: i % 10)));

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        var info = _tables.Write(_sorted, new(BlockBytes: 400));
        var whole = _tables.BytesOf(info);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            AssertFound(info, damaged);
        }
    }

    [Fact]
    public void Every_truncation_is_found()
    {
        var info = _tables.Write(_sorted, new(BlockBytes: 400));
        var whole = _tables.BytesOf(info);
        for (var length = 0; length < whole.Length; length++) AssertFound(info, whole[..length]);
        AssertFound(info, [.. whole, 0]);
    }

    [Fact]
    public void Zeroed_stretches_are_found()
    {
        var info = _tables.Write(_sorted, new(BlockBytes: 400));
        var whole = _tables.BytesOf(info);
        for (var at = 0; at + 8 <= whole.Length; at += 8)
        {
            var damaged = whole.ToArray();
            damaged.AsSpan(at, Math.Min(64, damaged.Length - at)).Clear();
            AssertFound(info, damaged);
        }
    }

    [Fact]
    public void A_block_of_another_table_at_the_same_place_is_not_taken_for_ours()
    {
        var (mine, other) = (_tables.Write(_sorted, new(BlockBytes: 400)), _tables.Write(_sorted, new(BlockBytes: 400), id: 8));
        var damaged = _tables.BytesOf(mine);
        var rows = FirstFrame(damaged);
        _tables.BytesOf(other).AsSpan(0, rows).CopyTo(damaged);
        AssertFound(mine, damaged);
        AssertFound(mine, _tables.BytesOf(other));
    }

    [Fact]
    public void A_block_written_to_the_place_of_another_is_found()
    {
        var entries = Enumerable.Range(0, 8).Select(i => TestEntries.Of(3 + 5 * i, 9));
        var info = _tables.Write(TestEntries.Sorted(entries), new(BlockBytes: 1, Compress: false));
        var damaged = _tables.BytesOf(info);
        var frame = FirstFrame(damaged);
        damaged.AsSpan(0, frame).CopyTo(damaged.AsSpan(frame));
        AssertFound(info, damaged);
    }

    [Fact]
    public void One_damaged_block_fails_the_reads_that_need_it_and_no_others()
    {
        var info = _tables.Write(_sorted, new(BlockBytes: 400));
        var damaged = _tables.BytesOf(info);
        damaged[40] ^= 1;
        _tables.Overwrite(info, damaged);
        using var table = _tables.Open(info);
        var counters = new ReadCounters();
        var first = _sorted[0].Key;
        var error = Assert.Throws<CorruptionException>(() => table.TryGet(first, EntryKey.Hash(first), DocumentVersion.Max, ref counters, out _));
        Assert.Equal(0, error.Offset);
        Assert.EndsWith(info.FileName, error.File, StringComparison.Ordinal);
        var last = _sorted[^1].Key;
        Assert.True(table.TryGet(last, EntryKey.Hash(last), DocumentVersion.Max, ref counters, out _));
    }

    [Fact]
    public void A_cursor_never_steps_over_a_damaged_block()
    {
        var info = _tables.Write(_sorted, new(BlockBytes: 400));
        var damaged = _tables.BytesOf(info);
        damaged[FirstFrame(damaged) + 20] ^= 1;
        _tables.Overwrite(info, damaged);
        using var table = _tables.Open(info);
        using var cursor = table.OpenCursor(new());
        var seen = 0;
        Assert.Throws<CorruptionException>(() =>
        {
            while (cursor.MoveNext()) Assert.Equal(_sorted[seen++].ToString(), cursor.Current().ToString());
        });
        Assert.InRange(seen, 1, _sorted.Count - 1);
        Assert.Throws<CorruptionException>(() => cursor.MoveNext());
    }

    [Fact]
    public void A_table_that_is_not_the_one_the_manifest_names_is_refused()
    {
        var info = _tables.Write(_sorted);
        Assert.Throws<CorruptionException>(() => _tables.Open(info with { EntryCount = info.EntryCount + 1 }));
        Assert.Throws<CorruptionException>(() => _tables.Open(info with { FirstKey = info.LastKey }));
        Assert.Throws<FileNotFoundException>(() => _tables.Open(info with { Id = new(99) }));
    }

    public void Dispose() => _tables.Dispose();

    private static int FirstFrame(byte[] table)
    {
        // The second frame of a plain or compressed table begins where the first one's checksum stops being right.
        for (var end = SstableFormat.FrameHeadBytes + 1; end < table.Length; end++)
        {
            try
            {
                Frame.Verify("", new(7), 0, FrameKind.Rows, table.AsSpan(0, end));
                return end;
            }
            catch (CorruptionException)
            {
                // not yet the end
            }
        }

        throw new InvalidOperationException("no frame");
    }

    private void AssertFound(TableInfo info, byte[] damaged)
    {
        _tables.Overwrite(info, damaged);
        var error = Assert.Throws<CorruptionException>(() => _tables.ReadAll(info));
        Assert.EndsWith(info.FileName, error.File, StringComparison.Ordinal);
        Assert.InRange(error.Offset, 0, damaged.Length);
    }
}
