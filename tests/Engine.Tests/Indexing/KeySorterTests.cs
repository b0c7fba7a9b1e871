using CsCheck;
using IngoDB.Engine.Indexing;

namespace IngoDB.Tests.Indexing;

public sealed class KeySorterTests
{
    // Few different bytes and lengths around the eight that are sorted at a time, in crowds large enough for radix passes.
    private static Gen<byte[]> Key { get; } = Gen.Frequency(
        (4, Gen.Byte[0, 2].Array[0, 20]),
        (2, Gen.Byte.Array[0, 12]),
        (1, Gen.Int[0, 3].Select(n => new byte[n * 8])),
        (1, Gen.Int[0, 40].Select(n => n < 39 ? new byte[8] : new byte[65_514 + n]))); // the longest with a length of two bytes is 65,534

    [Fact]
    public void Keys_come_back_in_byte_order_and_equal_ones_as_they_came()
        => Key.Array[0, 400].Sample(keys =>
        {
            using var sorter = new KeySorter();
            for (var i = 0; i < keys.Length; i++) sorter.Add(keys[i], (uint)i);
            sorter.Sort();
            var expected = keys.Select((key, i) => (Key: key, Tag: (uint)i)).Order(Comparer<(byte[] Key, uint Tag)>.Create((left, right)
                => left.Key.AsSpan().SequenceCompareTo(right.Key) is not 0 and var order ? order : left.Tag.CompareTo(right.Tag)));
            foreach (var (key, tag) in expected)
            {
                Assert.True(sorter.MoveNext());
                Assert.True(sorter.Key.SequenceEqual(key));
                Assert.Equal(tag, sorter.Tag);
            }

            Assert.False(sorter.MoveNext());
        }, iter: 2_000);

    // More than two runs of 65,536 records, with keys of eight bytes that many share, of sixteen, and none.
    [Theory]
    [InlineData(140_000, 1_000)]
    [InlineData(200_000, 1_000_000)]
    [InlineData(65_536, 3)]
    [InlineData(65_537, 3)]
    public void More_keys_than_a_run_holds_come_back_in_one_order(int count, int distinct)
    {
        var random = new Random(7);
        using var sorter = new KeySorter();
        var keys = new (string Key, uint Tag)[count];
        for (var i = 0; i < count; i++)
        {
            keys[i] = ($"key{random.Next(distinct):D7}", (uint)i);
            sorter.Add(System.Text.Encoding.ASCII.GetBytes(keys[i].Key), (uint)i);
        }

        sorter.Sort();
        foreach (var (key, tag) in keys.OrderBy(key => key.Key, StringComparer.Ordinal))
        {
            Assert.True(sorter.MoveNext());
            Assert.Equal((key, tag), (System.Text.Encoding.ASCII.GetString(sorter.Key), sorter.Tag));
        }

        Assert.False(sorter.MoveNext());
    }
}
