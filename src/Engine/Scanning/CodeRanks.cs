// The place of a row in a sort, as one integer. A code is its value's place in ascending order already; descending
// turns it round, and a sort that wants null and missing at the other end turns the codes in a circle:
//
//   codes of a column    0 missing  1 null  2 'a'  3 'b'  4 'c'
//   asc                  0          1       2      3      4
//   desc                 4          3       2      1      0
//   asc, nulls last      3          4       0      1      2        (code + 3) mod 5
//   desc, nulls first    1          0       4      3      2        (4 - code + 2) mod 5
//
// Several sort keys are digits of one number, the first the highest, as long as the number fits into 32 bits. So a
// sort by three fields is one counting sort, and the k best of them are found by one comparison of integers a row.
// Over several tables ranks are made of their common codes (SharedCodes), and one sort serves them all.

using System.Numerics;
using IngoDB.Engine.Columns;
using IngoDB.Model;

namespace IngoDB.Engine.Scanning;

/// <summary>One sort key over one column.</summary>
/// <param name="Map">From the column's codes to those of <paramref name="Keys"/>; null when they are the same.</param>
/// <param name="Shift">What is added, in the circle, after the direction.</param>
internal readonly record struct RankedColumn(CodeColumn Column, CodeKeys Keys, uint[]? Map, bool Descending, uint Shift)
{
    public uint RankOf(uint code)
    {
        if (Map is not null) code = Map[code];
        var turned = (Descending ? Keys.Count - 1 - code : code) + Shift;
        return turned >= Keys.Count ? turned - Keys.Count : turned;
    }

    /// <summary>The common code of a rank.</summary>
    public uint CodeOf(uint rank)
    {
        var turned = rank >= Shift ? rank - Shift : rank + Keys.Count - Shift;
        return Descending ? Keys.Count - 1 - turned : turned;
    }

    /// <summary>The column's own codes that stand for common ones from low to high.</summary>
    public CodeRange OwnCodes(uint low, uint high)
        => Map is null ? new(low, high) : new(FirstFrom(low), FirstFrom(high + 1) - 1);

    // From 1 on where nothing is: a range whose high lies one below its low is empty, at 0 too (it wraps, and the caller asks).
    private uint FirstFrom(uint common)
    {
        var at = Array.BinarySearch(Map!, common);
        return (uint)(at >= 0 ? at : ~at);
    }
}

/// <summary>Ranks of the rows of one table in one sort. One thread at a time.</summary>
internal sealed class CodeRanks
{
    // Ranks of so few codes are written down once; of more they are computed for each row.
    private const uint TabledCodesMax = 4096;

    private readonly RankedColumn[] _columns;
    private readonly uint[] _weights;
    private readonly uint[]?[] _tabled;

    private CodeRanks(RankedColumn[] columns, uint[] weights, uint count)
    {
        (_columns, _weights, Count) = (columns, weights, count);
        _tabled = new uint[]?[columns.Length];
    }

    /// <summary>Ranks are below it.</summary>
    public uint Count { get; }

    public int Columns => _columns.Length;

    /// <summary>Null when the ranks, or what <see cref="RankedColumn.RankOf"/> adds up, do not fit into 32 bits.</summary>
    public static CodeRanks? Of(RankedColumn[] columns)
    {
        var weights = new uint[columns.Length];
        var count = 1UL;
        for (var i = columns.Length - 1; i >= 0; i--)
        {
            weights[i] = (uint)count;
            count *= columns[i].Keys.Count;
            if (count > uint.MaxValue || (columns[i].Shift > 0 && columns[i].Keys.Count > int.MaxValue)) return null;
        }

        return new(columns, weights, (uint)count);
    }

    /// <summary>Writes the ordered key that a rank stands for in one of the columns; returns its length.</summary>
    public int WriteKey(uint rank, int column, Span<byte> target)
        => _columns[column].Keys.Write(_columns[column].CodeOf(rank / _weights[column] % _columns[column].Keys.Count), target);

    /// <summary>The ranks of some rows.</summary>
    public void Of(ReadOnlySpan<uint> rows, Span<uint> ranks)
    {
        ranks[..rows.Length].Clear();
        for (var i = 0; i < _columns.Length; i++)
        {
            var column = _columns[i].Column;
            switch (column.CodeBytes)
            {
                case 1: Add(i, column.Codes8, rows, ranks); break;
                case 2: Add(i, column.Codes16, rows, ranks); break;
                case 4: Add(i, column.Codes32, rows, ranks); break;
                default:
                    var constant = _columns[i].RankOf(0) * _weights[i];
                    foreach (ref var rank in ranks[..rows.Length]) rank += constant;
                    break;
            }
        }
    }

    /// <summary>Rows that may have a rank below <paramref name="bound"/>: the first column alone says it, the others only among equals.</summary>
    public CodePredicate MayBeBelow(uint bound)
    {
        Invariant.Holds(bound > 0);
        var first = _columns[0];
        var (count, last) = (first.Keys.Count, Math.Min((bound - 1) / _weights[0], first.Keys.Count - 1));
        var (low, high) = first.Descending ? (first.CodeOf(last), first.CodeOf(0)) : (first.CodeOf(0), first.CodeOf(last));
        ReadOnlySpan<(uint Low, uint High)> common = last == count - 1 ? [(0, count - 1)] : low <= high ? [(low, high)] : [(0, high), (low, count - 1)];
        var own = new List<CodeRange>(2);
        foreach (var range in common)
            if (first.OwnCodes(range.Low, range.High) is var codes && codes.High + 1 > codes.Low) own.Add(codes);
        if (own.Count == 2 && own[0].High + 1 == own[1].Low) own = [new(own[0].Low, own[1].High)];
        return new CodesIn(first.Column, new(own, first.Column.CodeCount));
    }

    private static uint[] Tabled(RankedColumn column, uint weight)
    {
        var ranks = new uint[column.Column.CodeCount];
        for (var code = 0u; code < ranks.Length; code++) ranks[code] = column.RankOf(code) * weight;
        return ranks;
    }

    private void Add<TCode>(int ordinal, ReadOnlySpan<TCode> codes, ReadOnlySpan<uint> rows, Span<uint> ranks)
        where TCode : unmanaged, IBinaryInteger<TCode>
    {
        if (_columns[ordinal].Column.CodeCount <= TabledCodesMax)
        {
            var tabled = _tabled[ordinal] ??= Tabled(_columns[ordinal], _weights[ordinal]);
            for (var i = 0; i < rows.Length; i++) ranks[i] += tabled[uint.CreateTruncating(codes[(int)rows[i]])];
            return;
        }

        var (column, weight) = (_columns[ordinal], _weights[ordinal]);
        for (var i = 0; i < rows.Length; i++) ranks[i] += column.RankOf(uint.CreateTruncating(codes[(int)rows[i]])) * weight;
    }
}
