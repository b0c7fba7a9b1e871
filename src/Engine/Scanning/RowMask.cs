// Which rows of a stretch are selected, as bits: row i is bit i mod 64 of word i / 64. Predicates on codes produce such
// words 64 rows at a time, and everything that combines predicates is then one operation for 64 rows.
//
//   rows    0 1 2 3 … 63 │ 64 65 … 99              bits behind the last row are always zero, so that counting
//   words       0xF…E1   │  0x00000000C…           and turning into row numbers need not know where the end is

using System.Numerics;

namespace IngoDB.Engine.Scanning;

/// <summary>Operations on mask words. Spans of one stretch have the same length.</summary>
internal static class RowMask
{
    public const int RowsPerWord = 64;

    public static int Words(int rows) => (rows + RowsPerWord - 1) / RowsPerWord;

    /// <summary>The bits of the last word that stand for rows.</summary>
    public static ulong LastWord(int rows) => rows % RowsPerWord == 0 ? ulong.MaxValue : (1UL << (rows % RowsPerWord)) - 1;

    public static void SetAll(Span<ulong> mask, int rows)
    {
        mask.Fill(ulong.MaxValue);
        if (mask.Length > 0) mask[^1] = LastWord(rows);
    }

    public static void And(Span<ulong> mask, ReadOnlySpan<ulong> other)
    {
        for (var i = 0; i < mask.Length; i++) mask[i] &= other[i];
    }

    public static void AndNot(Span<ulong> mask, ReadOnlySpan<ulong> other)
    {
        for (var i = 0; i < mask.Length; i++) mask[i] &= ~other[i];
    }

    public static void Or(Span<ulong> mask, ReadOnlySpan<ulong> other)
    {
        for (var i = 0; i < mask.Length; i++) mask[i] |= other[i];
    }

    public static void Not(Span<ulong> mask, int rows)
    {
        for (var i = 0; i < mask.Length; i++) mask[i] = ~mask[i];
        if (mask.Length > 0) mask[^1] &= LastWord(rows);
    }

    public static int Count(ReadOnlySpan<ulong> mask)
    {
        var count = 0;
        foreach (var word in mask) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>The numbers of the selected rows, ascending.</summary>
    /// <returns>How many were written.</returns>
    public static int ToRows(ReadOnlySpan<ulong> mask, uint firstRow, Span<uint> target)
    {
        var count = 0;
        for (var i = 0; i < mask.Length; i++)
        {
            var row = firstRow + ((uint)i * RowsPerWord);
            for (var word = mask[i]; word != 0; word &= word - 1) target[count++] = row + (uint)BitOperations.TrailingZeroCount(word);
        }

        return count;
    }
}
