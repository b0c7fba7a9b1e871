using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class BloomFilterTests
{
    private const int Keys = 100_000;

    [Fact]
    public void A_filter_never_denies_a_key_and_lets_about_one_percent_of_the_others_pass()
    {
        var filter = Filter(Enumerable.Range(0, Keys).Select(HashOf).ToArray(), bitsPerKey: 10);
        for (var i = 0; i < Keys; i++) Assert.True(filter.MayContain(HashOf(i)));
        var passed = Enumerable.Range(Keys, Keys).Count(i => filter.MayContain(HashOf(i)));
        Assert.InRange(passed / (double)Keys, 0.002, 0.014);
        Assert.InRange(filter.Bytes, Keys * 10 / 8, Keys * 10 / 8 + 64);
    }

    [Fact]
    public void The_filter_of_a_table_is_sized_by_its_distinct_keys_not_by_its_versions()
    {
        using var tables = new TestTables();
        var entries = Enumerable.Range(0, 4000).Select(i => TestEntries.Of(i / 4 * 5 + 3, (ulong)i + 1, rowBytes: 0));
        using var table = tables.Open(tables.Write(TestEntries.Sorted(entries)));
        var absent = Enumerable.Range(0, 20_000).Select(i => TestEntries.KeyOf(i * 5 + 4)).Where(key => InRange(table, key)).ToList();
        var passed = absent.Count(key => table.MayContain(key, EntryKey.Hash(key)));
        Assert.True(absent.Count > 100);
        Assert.InRange(passed, 0, absent.Count / 25);
    }

    [Fact]
    public void Without_a_filter_everything_may_be_there() => Assert.True(Filter([], bitsPerKey: 10).MayContain(1));

    [Fact]
    public void Half_a_line_is_no_filter() => Assert.Throws<CorruptionException>(() => new BloomFilter("f", 3, new byte[32]));

    private static bool InRange(Sstable table, byte[] key) =>
        key.AsSpan().SequenceCompareTo(table.Info.FirstKey.Span) >= 0 && key.AsSpan().SequenceCompareTo(table.Info.LastKey.Span) <= 0;

    private static BloomFilter Filter(ulong[] hashes, int bitsPerKey) => new("f", 0, BloomFilter.Build(hashes, bitsPerKey));

    private static ulong HashOf(int number) => EntryKey.Hash(BitConverter.GetBytes(number));
}
