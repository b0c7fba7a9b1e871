// Sorts rows by rank without comparing any two: a rank is what stands for the sort key (a code of a column, turned round
// for a descending sort), so rows are counted per rank and put where they belong. Stable; rows are given in the order
// of their ids, hence rows of equal rank stay in it, which is how every sort ends. What names a row says nothing of its order.
//
//   item = rank u32 | what else it is
//
//   digit:  count ► begin of each ► scatter        of 16 bits, once for up to 65,536 ranks, else twice; of 8 bits for few rows

using System.Buffers;

namespace IngoDB.Engine.Scanning;

/// <summary>What can be sorted by rank.</summary>
internal interface IRanked
{
    uint Rank { get; }
}

/// <summary>Counting sort of items by rank; and the (rank, row) items of those that are compared.</summary>
internal static class RankSort
{
    private const int InsertionPays = 24;
    private const int NarrowDigitPays = 8192;

    public static ulong ItemOf(uint rank, uint row) => ((ulong)rank << 32) | row;

    public static uint RankOf(ulong item) => (uint)(item >> 32);

    public static uint RowOf(ulong item) => (uint)item;

    /// <summary>Sorts items by rank alone, stable; <paramref name="scratch"/> is as long. The result lies in <paramref name="items"/>.</summary>
    /// <param name="ranks">All ranks are below it.</param>
    public static void Sort<TItem>(Span<TItem> items, Span<TItem> scratch, uint ranks)
        where TItem : struct, IRanked
    {
        if (items.Length <= InsertionPays)
        {
            Insert(items);
            return;
        }

        var digitBits = items.Length <= NarrowDigitPays ? 8 : 16;
        var source = items;
        var target = scratch[..items.Length];
        var isMoved = false;
        for (var shift = 0; shift == 0 || (shift < 32 && (ranks - 1) >> shift > 0); shift += digitBits)
        {
            Pass<TItem>(source, target, shift, (1 << digitBits) - 1, (int)Math.Min((ranks - 1) >> shift, (1u << digitBits) - 1) + 1);
            var sorted = target;
            target = source;
            source = sorted;
            isMoved = !isMoved;
        }

        if (isMoved) source.CopyTo(items);
    }

    private static void Insert<TItem>(Span<TItem> items)
        where TItem : struct, IRanked
    {
        for (var i = 1; i < items.Length; i++)
        {
            var (item, at) = (items[i], i);
            for (; at > 0 && items[at - 1].Rank > item.Rank; at--) items[at] = items[at - 1];
            items[at] = item;
        }
    }

    private static void Pass<TItem>(ReadOnlySpan<TItem> source, Span<TItem> target, int shift, int mask, int digits)
        where TItem : struct, IRanked
    {
        var pooled = ArrayPool<int>.Shared.Rent(digits);
        var begins = pooled.AsSpan(0, digits);
        begins.Clear();
        foreach (ref readonly var item in source) begins[(int)(item.Rank >> shift) & mask]++;
        var sum = 0;
        foreach (ref var begin in begins) (begin, sum) = (sum, sum + begin);
        foreach (ref readonly var item in source) target[begins[(int)(item.Rank >> shift) & mask]++] = item;
        ArrayPool<int>.Shared.Return(pooled);
    }
}
