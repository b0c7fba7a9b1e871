// An accumulator over codes instead of values. What a code decides is decided on the code: a count looks for the code of missing, an
// extreme keeps the greatest code, distinct values are bits. Values are made of codes at the end of a table, once a group.
//
//   groups   0  2  0  1 …        the group of each selected row of a zone
//   codes    7  7  3  9 …        what its field has there

using IngoDB.Engine.Columns;
using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>Feeds the states of one accumulator from one column of one table. One thread at a time.</summary>
internal abstract class CodeAccumulator
{
    /// <summary>The i-th selected row is in the i-th group and has the i-th code.</summary>
    public abstract void Add(ReadOnlySpan<int> groups, ReadOnlySpan<uint> codes);

    /// <summary>Tells the states what is kept here; group numbers may change afterwards.</summary>
    public virtual void Flush()
    {
    }

    protected static byte[] KeyOf(CodeColumn column, uint code)
    {
        Span<byte> key = stackalloc byte[ColumnFormat.KeyBytesMax];
        return key[..column.WriteKey(code, key)].ToArray();
    }
}

/// <summary>Counts rows; those whose code is that of missing are left out where a field is counted.</summary>
internal sealed class CodeCount(CountStates states, uint? missing) : CodeAccumulator
{
    public override void Add(ReadOnlySpan<int> groups, ReadOnlySpan<uint> codes)
    {
        if (missing is { } without) states.AddAll(groups, codes, without);
        else states.AddAll(groups);
    }
}

/// <summary>Adds numbers.</summary>
internal sealed class CodeSum(SumStates states, CodeNumbers numbers) : CodeAccumulator
{
    public override void Add(ReadOnlySpan<int> groups, ReadOnlySpan<uint> codes) => states.AddAll(numbers, groups, codes);
}

/// <summary>The least or the greatest code of each group, as a number that grows the better it is; 0 is none yet.</summary>
/// <param name="firstValue">Codes below it are missing and null, which take no part.</param>
internal sealed class CodeExtreme(ExtremeStates states, CodeColumn column, bool isLeast, uint firstValue) : CodeAccumulator
{
    private uint[] _best = [];

    public override void Add(ReadOnlySpan<int> groups, ReadOnlySpan<uint> codes)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            if (codes[i] < firstValue) continue;
            var rank = isLeast ? uint.MaxValue - codes[i] : codes[i] + 1;
            if (groups[i] >= _best.Length) StateArrays.Reserve(ref _best, groups[i] + 1);
            if (rank > _best[groups[i]]) _best[groups[i]] = rank;
        }
    }

    public override void Flush()
    {
        for (var group = 0; group < _best.Length; group++)
            if (_best[group] is > 0 and var rank) states.Offer(group, KeyOf(column, isLeast ? uint.MaxValue - rank : rank - 1));
        Array.Clear(_best);
    }
}

/// <summary>The codes that each group has seen, as bits.</summary>
/// <param name="add">Takes a group number and the ordered key of one distinct value.</param>
/// <param name="missing">The code of missing, which is no value; null when no row has it.</param>
internal sealed class CodeDistinct(CodeColumn column, uint? missing, Action<int, byte[]> add) : CodeAccumulator
{
    private readonly int _words = (int)((column.CodeCount + 63) / 64);
    private ulong[]?[] _seen = [];

    public override void Add(ReadOnlySpan<int> groups, ReadOnlySpan<uint> codes)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            if (codes[i] == missing) continue;
            if (groups[i] >= _seen.Length) StateArrays.Reserve(ref _seen, groups[i] + 1);
            var seen = _seen[groups[i]] ??= new ulong[_words];
            seen[codes[i] / 64] |= 1UL << (int)(codes[i] % 64);
        }
    }

    public override void Flush()
    {
        for (var group = 0; group < _seen.Length; group++)
        {
            if (_seen[group] is not { } seen) continue;
            for (var code = 0u; code < column.CodeCount; code++)
                if ((seen[code / 64] & (1UL << (int)(code % 64))) != 0) add(group, KeyOf(column, code));
        }

        _seen = [];
    }
}
