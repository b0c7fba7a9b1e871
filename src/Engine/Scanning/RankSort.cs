// Sorts rows by rank without comparing any two: a rank is what stands for the sort key (a code of a column, turned round
// for a descending sort), so rows are counted per rank and put where they belong. Stable; rows are given in the order
// of their ids, hence rows of equal rank stay in it, which is how every sort ends.
//
//   item = rank u32 | row u32                     rows of one scan, numbered through its tables
//
//   digit of 16 bits:  count ► begin of each ► scatter        once for up to 65,536 ranks, else twice

using System.Buffers;

namespace IngoDB.Engine.Scanning;

/// <summary>Counting sort of (rank, row) items by rank.</summary>
internal static class RankSort
{
    private const int DigitBits = 16;
    private const int ComparisonsPay = 256;

    public static ulong ItemOf(uint rank, uint row) => ((ulong)rank << 32) | row;

    public static uint RankOf(ulong item) => (uint)(item >> 32);

    public static uint RowOf(ulong item) => (uint)item;

    /// <summary>Sorts items whose rows ascend; <paramref name="scratch"/> is as long. The result lies in <paramref name="items"/>.</summary>
    /// <param name="ranks">All ranks are below it.</param>
    public static void Sort(Span<ulong> items, Span<ulong> scratch, uint ranks)
    {
        if (items.Length <= ComparisonsPay)
        {
            items.Sort();
            return;
        }

        Pass(items, scratch, shift: 32, (int)Math.Min(ranks, 1u << DigitBits));
        if (ranks <= 1u << DigitBits) scratch[..items.Length].CopyTo(items);
        else Pass(scratch[..items.Length], items, shift: 32 + DigitBits, (int)((ranks - 1) >> DigitBits) + 1);
    }

    private static void Pass(ReadOnlySpan<ulong> source, Span<ulong> target, int shift, int digits)
    {
        var pooled = ArrayPool<int>.Shared.Rent(digits);
        var begins = pooled.AsSpan(0, digits);
        begins.Clear();
        foreach (var item in source) begins[(int)(item >> shift) & ((1 << DigitBits) - 1)]++;
        var sum = 0;
        foreach (ref var begin in begins) (begin, sum) = (sum, sum + begin);
        foreach (var item in source) target[begins[(int)(item >> shift) & ((1 << DigitBits) - 1)]++] = item;
        ArrayPool<int>.Shared.Return(pooled);
    }
}
