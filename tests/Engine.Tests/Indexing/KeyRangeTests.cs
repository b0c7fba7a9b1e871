using CsCheck;
using IngoDB.Engine.Indexing;

namespace IngoDB.Tests.Indexing;

public sealed class KeyRangeTests
{
    private static Gen<byte[]> Key { get; } = Gen.Byte[0, 3].Array[1, 2];

    private static Gen<KeyRange> Range { get; } = Gen.Select(Key, Gen.Bool, Key, Gen.Bool, Gen.Int[0, 5], (low, lowIn, high, highIn, open) => open switch
    {
        0 => KeyRange.All,
        1 => KeyRange.Point(low),
        2 => new(low, lowIn, null, false),
        3 => new(ReadOnlyMemory<byte>.Empty, true, high, highIn),
        _ => new KeyRange(low, lowIn, high, highIn),
    });

    [Fact]
    public void Normalizing_keeps_exactly_the_same_keys_in_disjoint_ascending_ranges()
        => Gen.Select(Range.Array[0, 6], Key).Sample((ranges, key) =>
        {
            var normal = KeyRanges.Normalize(ranges);
            for (var i = 1; i < normal.Length; i++) Assert.True(KeyRange.CompareLow(normal[i - 1], normal[i]) < 0 && KeyRange.CompareHigh(normal[i - 1], normal[i]) < 0);
            Assert.Equal(ranges.Any(range => range.Contains(key)) ? 1 : 0, normal.Count(range => range.Contains(key)));
        }, iter: 20_000);

    [Fact]
    public void An_intersection_holds_the_keys_that_both_hold()
        => Gen.Select(Range.Array[0, 4], Range.Array[0, 4], Key).Sample((left, right, key)
            => Assert.Equal(left.Any(r => r.Contains(key)) && right.Any(r => r.Contains(key)), KeyRanges.Intersect(KeyRanges.Normalize(left), KeyRanges.Normalize(right)).Any(r => r.Contains(key))), iter: 20_000);

    [Fact]
    public void An_empty_range_holds_nothing()
        => Gen.Select(Range, Key).Sample((range, key) => Assert.False(range.IsEmpty && range.Contains(key)), iter: 10_000);
}
