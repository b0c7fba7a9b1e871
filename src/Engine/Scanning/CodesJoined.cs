// The values of a join as codes: hundreds of thousands are possible, so they are a bit for each code of the column, and a row
// costs one look at a bit. A zone whose codes reach over no bit that is set is not read.

using System.Numerics;
using IngoDB.Engine.Columns;

namespace IngoDB.Engine.Scanning;

/// <summary>The code of a column is one of the bits.</summary>
internal sealed class CodesJoined(CodeColumn column, ulong[] codes) : CodePredicate
{
    public override int Passes => 1;

    public override ZoneMatch Select(int zone, int rows, Span<ulong> mask)
    {
        if (!HasBetween(column.ZoneMin[zone], column.ZoneMax[zone])) return ZoneMatch.None;
        var first = zone * CodeColumn.ZoneRows;
        switch (column.CodeBytes)
        {
            case 0: return ZoneMatch.All;
            case 1: LookUp(column.Codes8.Slice(first, rows), mask); break;
            case 2: LookUp(column.Codes16.Slice(first, rows), mask); break;
            default: LookUp(column.Codes32.Slice(first, rows), mask); break;
        }

        return ZoneMatch.Some;
    }

    private bool HasBetween(uint least, uint greatest)
    {
        var (low, high) = ((int)(least >> 6), (int)(greatest >> 6));
        var from = ulong.MaxValue << (int)least;
        var to = ulong.MaxValue >> (63 - (int)(greatest & 63));
        if (low == high) return (codes[low] & from & to) != 0;
        return (codes[low] & from) != 0 || codes.AsSpan(low + 1, high - low - 1).ContainsAnyExcept(0UL) || (codes[high] & to) != 0;
    }

    private void LookUp<TCode>(ReadOnlySpan<TCode> rows, Span<ulong> mask)
        where TCode : unmanaged, IBinaryInteger<TCode>, IUnsignedNumber<TCode>
    {
        for (var i = 0; i < mask.Length; i++)
        {
            var first = i * RowMask.RowsPerWord;
            var word = 0UL;
            for (var at = Math.Min(RowMask.RowsPerWord, rows.Length - first) - 1; at >= 0; at--)
            {
                var code = uint.CreateTruncating(rows[first + at]);
                word = (word << 1) | ((codes[code >> 6] >> (int)code) & 1);
            }

            mask[i] = word;
        }
    }
}
