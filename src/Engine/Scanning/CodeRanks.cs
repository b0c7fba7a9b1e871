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

using IngoDB.Engine.Columns;
using IngoDB.Model;

namespace IngoDB.Engine.Scanning;

/// <summary>One sort key over one column.</summary>
/// <param name="Shift">What is added, in the circle, after the direction.</param>
internal readonly record struct RankedColumn(CodeColumn Column, bool Descending, uint Shift)
{
    public uint RankOf(uint code)
    {
        var turned = (Descending ? Column.CodeCount - 1 - code : code) + Shift;
        return turned >= Column.CodeCount ? turned - Column.CodeCount : turned;
    }

    public uint CodeOf(uint rank)
    {
        var turned = rank >= Shift ? rank - Shift : rank + Column.CodeCount - Shift;
        return Descending ? Column.CodeCount - 1 - turned : turned;
    }
}

/// <summary>Ranks of the rows of one table in one sort. Immutable.</summary>
internal sealed class CodeRanks
{
    private readonly RankedColumn[] _columns;
    private readonly uint[] _weights;

    private CodeRanks(RankedColumn[] columns, uint[] weights, uint count) => (_columns, _weights, Count) = (columns, weights, count);

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
            count *= columns[i].Column.CodeCount;
            if (count > uint.MaxValue || (columns[i].Shift > 0 && columns[i].Column.CodeCount > int.MaxValue)) return null;
        }

        return new(columns, weights, (uint)count);
    }

    /// <summary>Writes the ordered key that a rank stands for in one of the columns; returns its length.</summary>
    public int WriteKey(uint rank, int column, Span<byte> target)
        => _columns[column].Column.WriteKey(_columns[column].CodeOf(rank / _weights[column] % _columns[column].Column.CodeCount), target);

    /// <summary>The ranks of some rows.</summary>
    public void Of(ReadOnlySpan<uint> rows, Span<uint> ranks)
    {
        ranks[..rows.Length].Clear();
        for (var i = 0; i < _columns.Length; i++)
        {
            var column = _columns[i];
            switch (column.Column.CodeBytes)
            {
                case 1: Add(column, column.Column.Codes8, _weights[i], rows, ranks); break;
                case 2: Add(column, column.Column.Codes16, _weights[i], rows, ranks); break;
                case 4: Add(column, column.Column.Codes32, _weights[i], rows, ranks); break;
                default: break;
            }
        }
    }

    /// <summary>Rows that may have a rank below <paramref name="bound"/>: the first column alone says it, the others only among equals.</summary>
    public CodePredicate MayBeBelow(uint bound)
    {
        Invariant.Holds(bound > 0);
        var first = _columns[0];
        var (count, last) = (first.Column.CodeCount, Math.Min((bound - 1) / _weights[0], first.Column.CodeCount - 1));
        var (low, high) = first.Descending ? (first.CodeOf(last), first.CodeOf(0)) : (first.CodeOf(0), first.CodeOf(last));
        var covered = last == count - 1;
        CodeRange[] ranges = covered ? [new(0, count - 1)] : low <= high ? [new(low, high)] : [new(0, high), new(low, count - 1)];
        return new CodesIn(first.Column, new(ranges, count));
    }

    private static void Add<TCode>(RankedColumn column, ReadOnlySpan<TCode> codes, uint weight, ReadOnlySpan<uint> rows, Span<uint> ranks)
        where TCode : unmanaged, System.Numerics.IBinaryInteger<TCode>
    {
        if (column is { Descending: false, Shift: 0 } && weight == 1)
        {
            for (var i = 0; i < rows.Length; i++) ranks[i] += uint.CreateTruncating(codes[(int)rows[i]]);
            return;
        }

        for (var i = 0; i < rows.Length; i++) ranks[i] += column.RankOf(uint.CreateTruncating(codes[(int)rows[i]])) * weight;
    }
}
