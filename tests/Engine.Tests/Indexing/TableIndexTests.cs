// Index files on a simulated disk: written and walked in both directions against a sorted list, one file byte by byte,
// and every single damaged byte found.

using CsCheck;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Indexing;

public sealed class TableIndexTests
{
    private static readonly TableId Table = new(7);
    private static readonly IndexId Index = new(3);

    private static Gen<(byte[] Key, uint Row)[]> Entries { get; } = Gen.Select(Gen.Byte[0, 3].Array[1, 3], Gen.UInt[0, 30]).Array[0, 200].Select(pairs
        => pairs.Select(pair => (Key: pair.Item1, Row: pair.Item2)).DistinctBy(e => (Convert.ToHexString(e.Key), e.Row)).Order(ByKeyThenRow).ToArray());

    private static Comparer<(byte[] Key, uint Row)> ByKeyThenRow { get; } = Comparer<(byte[] Key, uint Row)>.Create((left, right)
        => left.Key.AsSpan().SequenceCompareTo(right.Key) is not 0 and var order ? order : left.Row.CompareTo(right.Row));

    [Fact]
    public void Ranges_are_walked_by_key_either_way_and_by_row_always_ascending()
        => Gen.Select(Entries, Gen.Byte[0, 4].Array[0, 3], Gen.Byte[0, 4].Array[0, 3], Gen.Bool).Sample((entries, low, high, descending) =>
        {
            var index = Write(new(), entries);
            var ranges = KeyRanges.Normalize([new(low, true, high, false), KeyRange.Point(new byte[] { 3, 3 })]);
            var inside = entries.Where(e => ranges.Any(range => range.Contains(e.Key))).GroupBy(e => Convert.ToHexString(e.Key)).ToList();
            if (descending) inside.Reverse();
            Assert.Equal(inside.SelectMany(group => group).Select(Text), Walk(index, ranges, descending, null));
        }, iter: 1_000);

    [Fact]
    public void A_walk_is_resumed_anywhere_and_goes_on_as_if_it_had_not_ended()
        => Gen.Select(Entries.Where(e => e.Length > 0), Gen.Int, Gen.Bool).Sample((entries, pick, descending) =>
        {
            var index = Write(new(), entries);
            var whole = Walk(index, [KeyRange.All], descending, null);
            var last = entries[(pick & int.MaxValue) % entries.Length];
            var rest = Walk(index, [KeyRange.All], descending, new(last.Key, last.Row + 1));
            Assert.Equal(whole.Skip(whole.IndexOf(Text(last)) + 1), rest);
        }, iter: 1_000);

    [Fact]
    public void An_estimate_is_exact_for_everything_and_never_above_it()
        => Gen.Select(Entries, Gen.Byte[0, 4].Array[1, 2], Gen.Byte[0, 4].Array[1, 2]).Sample((entries, low, high) =>
        {
            var index = Write(new(), entries);
            Assert.Equal(entries.Length, index.EstimateEntries([KeyRange.All]));
            Assert.InRange(index.EstimateEntries(KeyRanges.Normalize([new(low, true, high, true)])), 0, entries.Length);
        }, iter: 500);

    [Fact]
    public void Entries_of_the_first_version_are_read()
    {
        // Two entries with the same key, one with another: reference, key; starts; count.
        var bytes = Convert.FromHexString("0A000000" + "AA01" + "0F000000" + "AA01" + "02000000" + "BB" + "00000000" + "06000000" + "0C000000" + "03000000");
        var block = new IndexBlock("f", 0, bytes, IndexFormat.VersionOfKeysEach);
        Assert.Equal(["AA01:5", "AA01:7", "BB:1"], Enumerable.Range(0, block.Count).Select(i => Text((block.KeyOf(block.GroupOf(i)).ToArray(), block.ReferenceAt(i).Row.Value))));
        Assert.True(block.ReferenceAt(1).Superseded);
        Assert.Throws<CorruptionException>(() => new IndexBlock("f", 0, bytes[1..], IndexFormat.VersionOfKeysEach));
    }

    [Fact]
    public void Every_damaged_byte_is_found_and_named()
    {
        var disk = new SimulatedFileSystem();
        (byte[] Key, uint Row)[] entries = [.. Enumerable.Range(0, 300).Select(i => (new byte[] { (byte)(i / 16), (byte)(i % 16), 9, 9, 9, 9 }, (uint)i))];
        Write(disk, entries).Dispose();
        var path = "/t/" + new TableIndexInfo(Index, 0, 0).FileName(Table);
        byte[] bytes;
        using (var file = disk.Open(path))
        {
            bytes = new byte[file.Length];
            file.Read(0, bytes);
        }

        for (var at = 0; at < bytes.Length; at++)
        {
            using var file = disk.Open(path, writable: true);
            file.Write(at, [(byte)(bytes[at] ^ 0x10)]);
            var failure = Record.Exception(() => Walk(TableIndex.Open(disk, "/t", Table, new(Index, bytes.Length, entries.Length)), [KeyRange.All], false, null));
            Assert.True(failure is CorruptionException or UnsupportedFormatException, $"byte {at}: {failure}");
            file.Write(at, [bytes[at]]);
        }
    }

    [Fact]
    public void The_index_of_another_table_is_not_taken_for_this_one()
    {
        var disk = new SimulatedFileSystem();
        Write(disk, [([1], 0)]).Dispose();
        var info = new TableIndexInfo(Index, 0, 1);
        disk.Rename("/t/" + info.FileName(Table), "/t/" + info.FileName(new(8)));
        Assert.Throws<CorruptionException>(() => TableIndex.Open(disk, "/t", new(8), info));
        disk.Rename("/t/" + info.FileName(new(8)), "/t/" + new TableIndexInfo(new(4), 0, 1).FileName(Table));
        Assert.Throws<CorruptionException>(() => TableIndex.Open(disk, "/t", Table, new(new(4), 0, 1)));
    }

    [Fact]
    public void A_writer_that_is_given_up_leaves_no_file()
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory("/t");
        using (var writer = new TableIndexWriter(disk, "/t", Table, Index)) writer.Add([1], new(new(0), false));
        Assert.Empty(disk.ListFiles("/t"));
    }

    private static TableIndex Write(SimulatedFileSystem disk, (byte[] Key, uint Row)[] entries)
    {
        disk.CreateDirectory("/t");
        using var writer = new TableIndexWriter(disk, "/t", Table, Index);
        foreach (var (key, row) in entries) writer.Add(key, new(new(row), row % 3 == 0));
        return TableIndex.Open(disk, "/t", Table, writer.Finish());
    }

    private static List<string> Walk(TableIndex index, KeyRange[] ranges, bool descending, IndexResume? resume)
    {
        var walked = new List<string>();
        var entries = new RangeEntries(new(index, new()), ranges, descending, resume);
        while (entries.MoveNext())
        {
            Assert.Equal(entries.Reference.Row.Value % 3 == 0, entries.Reference.Superseded);
            walked.Add(Text((entries.Key.ToArray(), entries.Reference.Row.Value)));
        }

        return walked;
    }

    private static string Text((byte[] Key, uint Row) entry) => $"{Convert.ToHexString(entry.Key)}:{entry.Row}";
}
