// The naive way is one row at a time, written down here; every width, every set and every sort must give the same,
// for lengths around words and vectors and for bounds at the ends of the code space.

using System.Numerics;
using CsCheck;
using IngoDB.Engine.Scanning;

namespace IngoDB.Tests.Scanning;

public sealed class KernelTests
{
    private static readonly Gen<int> Lengths = Gen.OneOf(Gen.Int[0, 200], Gen.Int[0, 8].Select(words => words * 64), Gen.Int[4_000, 4_200]);

    [Fact]
    public void Every_width_selects_what_one_comparison_a_row_selects()
    {
        Check<byte>();
        Check<ushort>();
        Check<uint>();
    }

    [Fact]
    public void A_set_of_codes_selects_its_codes_as_ranges_and_as_a_table()
    {
        CheckSets<byte>();
        CheckSets<ushort>();
        CheckSets<uint>();
    }

    [Fact]
    public void Masks_combine_count_and_turn_into_rows() =>
        Gen.Select(Gen.Bool.Array[0, 300], Gen.Bool.Array[300], Gen.UInt[0, 1_000_000]).Sample((left, right, firstRow) =>
        {
            var rows = left.Length;
            var other = right[..rows];
            CheckMask(Words(left), left, firstRow);
            CheckMask(Combined(RowMask.And, left, other), Each(left, other, (l, r) => l && r), firstRow);
            CheckMask(Combined(RowMask.Or, left, other), Each(left, other, (l, r) => l || r), firstRow);
            CheckMask(Combined(RowMask.AndNot, left, other), Each(left, other, (l, r) => l && !r), firstRow);
            var negated = Words(left);
            RowMask.Not(negated, rows);
            CheckMask(negated, [.. left.Select(selected => !selected)], firstRow);
            RowMask.SetAll(negated, rows);
            CheckMask(negated, [.. left.Select(_ => true)], firstRow);
        }, iter: 500);

    [Fact]
    public void Rows_sorted_by_rank_are_those_of_a_stable_sort() =>
        Gen.Select(Gen.OneOf(Gen.Const(1u), Gen.Const(2u), Gen.Const(1_000u), Gen.Const(65_536u), Gen.Const(65_537u), Gen.Const(1u << 20), Gen.Const(uint.MaxValue)), Gen.OneOf(Gen.UInt.Array[0, 60], Gen.UInt.Array[0, 2_000], Gen.UInt.Array[8_000, 9_000])).Sample((ranks, random) =>
        {
            var items = random.Select((code, row) => new RankedItem(code % ranks, (uint)row)).ToArray();
            var expected = items.OrderBy(item => item.Rank).ToArray();
            RankSort.Sort<RankedItem>(items, new RankedItem[items.Length], ranks);
            Assert.Equal(expected, items);
        }, iter: 300);

    [Fact]
    public void The_top_rows_are_the_first_of_the_sorted() =>
        Gen.Select(Gen.Int[0, 700], Gen.UInt[1, 2_000], Gen.UInt.Array[0, 3_000], Gen.Int[1, 500]).Sample((limit, ranks, random, stretch) =>
        {
            var items = random.Select((code, row) => RankSort.ItemOf(code % ranks, (uint)row)).ToArray();
            var top = new TopRanks(limit);
            for (var i = 0; i < items.Length; i++)
            {
                if (i % stretch == 0) top.Tighten();
                if (RankSort.RankOf(items[i]) < top.Bound) top.Add(RankSort.RankOf(items[i]), RankSort.RowOf(items[i]));
            }

            Assert.Equal(items.Order().Take(limit), top.Finish().ToArray());
        }, iter: 300);

    private static void Check<TCode>()
        where TCode : unmanaged, IBinaryInteger<TCode>, IUnsignedNumber<TCode>
    {
        var bounds = Gen.OneOf(Gen.UInt[0, 3], Gen.UInt[250, 256], Gen.UInt[65_530, 65_536], Gen.UInt[uint.MaxValue - 2, uint.MaxValue], Gen.UInt);
        Gen.Select(Lengths, bounds, bounds, Gen.Int).Sample((length, one, other, seed) =>
        {
            var codes = Codes<TCode>(length, seed);
            var (low, high) = (TCode.CreateTruncating(one), TCode.CreateTruncating(other));
            if (low > high) (low, high) = (high, low);
            var expected = Words([.. codes.Select(code => code >= low && code <= high)]);
            foreach (var width in Enum.GetValues<VectorWidth>())
            {
                var mask = new ulong[RowMask.Words(length)];
                RangeKernel.AddBetween<TCode>(codes, low, high, mask, width);
                Assert.Equal(expected, mask);
                RangeKernel.AddBetween<TCode>(codes, TCode.Zero, TCode.Zero, mask, width);
                Assert.Equal(Words([.. codes.Select(code => (code >= low && code <= high) || code == TCode.Zero)]), mask);
            }
        }, iter: 400);
    }

    private static void CheckSets<TCode>()
        where TCode : unmanaged, IBinaryInteger<TCode>, IUnsignedNumber<TCode> =>
        Gen.Select(Lengths, Gen.UInt[1, 700].HashSet[0, 40], Gen.Int).Sample((length, chosen, seed) =>
        {
            var codes = Codes<TCode>(length, seed);
            var codeCount = Math.Min(codes.Select(uint.CreateTruncating).Append(700u).Max(), uint.MaxValue - 1) + 1;
            var set = new CodeSet(Ranges(chosen), codeCount);
            var mask = new ulong[RowMask.Words(length)];
            set.Select<TCode>(codes, mask, RangeKernel.Widest);
            Assert.Equal(Words([.. codes.Select(code => chosen.Contains(uint.CreateTruncating(code)))]), mask);
            foreach (var code in chosen) Assert.True(set.Contains(code));
            for (var zone = 0u; zone < 700; zone += 50)
            {
                var inside = Enumerable.Range((int)zone, 3).Count(code => chosen.Contains((uint)code));
                Assert.True(set.Overlaps(zone, zone + 2) == inside > 0 && set.Covers(zone, zone + 2) == (inside == 3));
            }
        }, iter: 200);

    private static CodeRange[] Ranges(IEnumerable<uint> codes)
    {
        var ranges = new List<CodeRange>();
        foreach (var code in codes.Order())
        {
            if (ranges.Count > 0 && ranges[^1].High + 1 == code) ranges[^1] = ranges[^1] with { High = code };
            else ranges.Add(new(code, code));
        }

        return [.. ranges];
    }

    // Half of the codes are few, so that ranges have hits; half lie anywhere.
    private static TCode[] Codes<TCode>(int length, int seed)
        where TCode : unmanaged, IBinaryInteger<TCode>
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => TCode.CreateTruncating(random.Next(2) == 0 ? random.Next(300) : random.NextInt64(1L << 32)))];
    }

    private static ulong[] Words(bool[] selected)
    {
        var mask = new ulong[RowMask.Words(selected.Length)];
        for (var row = 0; row < selected.Length; row++)
            if (selected[row]) mask[row / 64] |= 1UL << (row % 64);
        return mask;
    }

    private delegate void Combine(Span<ulong> mask, ReadOnlySpan<ulong> other);

    private static ulong[] Combined(Combine combine, bool[] left, bool[] right)
    {
        var mask = Words(left);
        combine(mask, Words(right));
        return mask;
    }

    private static bool[] Each(bool[] left, bool[] right, Func<bool, bool, bool> both) => [.. left.Zip(right, both)];

    private static void CheckMask(ulong[] mask, bool[] selected, uint firstRow)
    {
        var expected = Enumerable.Range(0, selected.Length).Where(row => selected[row]).Select(row => firstRow + (uint)row).ToArray();
        Assert.Equal(expected.Length, RowMask.Count(mask));
        var rows = new uint[selected.Length];
        Assert.Equal(expected, rows[..RowMask.ToRows(mask, firstRow, rows)]);
    }

    private readonly record struct RankedItem(uint Rank, uint Row) : IRanked;
}
