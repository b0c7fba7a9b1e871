using CsCheck;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Memtables;
using IngoDB.Model;

namespace IngoDB.Tests.Memtables;

public sealed class RunSorterTests
{
    // Bytes 0 and 1 only, so that keys share long heads, end in zeros, and are heads of each other.
    private static readonly Gen<byte[]> NastyKey = Gen.Byte[0, 1].Array[0, 30];

    [Fact]
    public void Digits_of_eight_bytes_sort_like_whole_keys() =>
        NastyKey.List[0, 300].Sample(keys => AssertSorted(keys));

    [Fact]
    public void Keys_that_arrive_in_order_or_in_reverse_sort_too()
    {
        var ascending = Enumerable.Range(0, 3000).Select(i => BitConverter.GetBytes(i).Reverse().ToArray()).ToList();
        AssertSorted(ascending);
        AssertSorted([.. ascending.AsEnumerable().Reverse()]);
    }

    [Fact]
    public void Many_versions_of_one_key_come_newest_first() => AssertSorted([.. Enumerable.Repeat<byte[]>([1, 2, 3], 500)]);

    private static void AssertSorted(List<byte[]> keys)
    {
        var arena = new Arena();
        var references = keys.Select((key, i) => Append(arena, key, (ulong)i + 1)).ToArray();
        var expected = keys.Select((key, i) => (Key: key, Version: i + 1)).ToList();
        expected.Sort((left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key) is not 0 and var order ? order : right.Version.CompareTo(left.Version));
        RunSorter.Sort(arena, references);
        Assert.Equal(expected.Select(entry => (ulong)entry.Version), references.Select(reference => arena.Entry(reference).Version.Raw));
    }

    private static uint Append(Arena arena, byte[] key, ulong version)
    {
        var operation = new BatchOperation { Kind = EntryKind.Put, VersionOffset = 0, ExpiresAt = default, Key = key, Shape = Shape.SelfDescribed, Row = [] };
        var reference = arena.Allocate(MemtableEntry.BytesOf(operation), out var chunk, out var offset);
        MemtableEntry.Write(chunk, offset, operation, new(version), previous: 0, shapeNumber: 0);
        return reference;
    }
}
