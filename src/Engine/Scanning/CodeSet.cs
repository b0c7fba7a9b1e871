// Codes that a predicate lets through: a few ranges, or, for a list of many values, a table with a bit for each code.
// Ranges cost a vector pass each, the table one lookup a row whatever it holds; where they meet was measured
// (bench/Engine.Benchmarks, scan kernels).

using System.Numerics;

namespace IngoDB.Engine.Scanning;

/// <summary>Codes from <paramref name="Low"/> to <paramref name="High"/>, both in.</summary>
internal readonly record struct CodeRange(uint Low, uint High);

/// <summary>A set of codes. Immutable.</summary>
internal sealed class CodeSet
{
    // A pass over 64 one-byte codes is two instructions, 64 lookups are some hundred.
    private const int RangesMax = 8;

    private readonly CodeRange[] _ranges;
    private readonly ulong[]? _table;

    /// <param name="ranges">Disjoint, ascending, none touching the next.</param>
    /// <param name="codeCount">All codes of the column are below it.</param>
    public CodeSet(IReadOnlyList<CodeRange> ranges, uint codeCount)
    {
        _ranges = [.. ranges];
        if (ranges.Count <= RangesMax || codeCount > 1 << 16) return;
        _table = new ulong[RowMask.Words((int)codeCount)];
        foreach (var range in ranges)
            for (var code = range.Low; code <= range.High; code++) _table[code / RowMask.RowsPerWord] |= 1UL << (int)(code % RowMask.RowsPerWord);
    }

    public bool Contains(uint code)
    {
        foreach (var range in _ranges)
            if (code >= range.Low && code <= range.High) return true;
        return false;
    }

    /// <summary>Does any code from <paramref name="least"/> to <paramref name="greatest"/> belong to it? A zone that has none is not read.</summary>
    public bool Overlaps(uint least, uint greatest)
    {
        foreach (var range in _ranges)
            if (range.Low <= greatest && least <= range.High) return true;
        return false;
    }

    /// <summary>Do all codes from <paramref name="least"/> to <paramref name="greatest"/> belong to it?</summary>
    public bool Covers(uint least, uint greatest)
    {
        foreach (var range in _ranges)
            if (range.Low <= least && greatest <= range.High) return true;
        return false;
    }

    /// <summary>Writes the mask of the rows whose code belongs to it.</summary>
    public void Select<TCode>(ReadOnlySpan<TCode> codes, Span<ulong> mask, VectorWidth width)
        where TCode : unmanaged, IBinaryInteger<TCode>, IUnsignedNumber<TCode>
    {
        if (_table is not null)
        {
            LookUp(codes, mask);
            return;
        }

        mask.Clear();
        var greatest = uint.CreateSaturating(TCode.AllBitsSet);
        foreach (var range in _ranges)
        {
            if (range.Low > greatest) break;
            RangeKernel.AddBetween(codes, TCode.CreateTruncating(range.Low), TCode.CreateTruncating(Math.Min(range.High, greatest)), mask, width);
        }
    }

    private void LookUp<TCode>(ReadOnlySpan<TCode> codes, Span<ulong> mask)
        where TCode : unmanaged, IBinaryInteger<TCode>, IUnsignedNumber<TCode>
    {
        for (var i = 0; i < mask.Length; i++)
        {
            var first = i * RowMask.RowsPerWord;
            var word = 0UL;
            for (var at = Math.Min(RowMask.RowsPerWord, codes.Length - first) - 1; at >= 0; at--)
            {
                var code = uint.CreateTruncating(codes[first + at]);
                word = (word << 1) | ((_table![code / RowMask.RowsPerWord] >> (int)(code % RowMask.RowsPerWord)) & 1);
            }

            mask[i] = word;
        }
    }
}
