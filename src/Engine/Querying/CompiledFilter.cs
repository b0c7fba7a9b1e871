// A filter made ready for a million rows: constants encoded once, fields resolved once a shape, values compared as
// they lie in the row. Nothing is decoded and nothing allocated per row.
//
// One row in about 64 goes through every part of the outermost `and` even when an early one refuses it, so that the
// advisor learns how much each part alone would let through, which is what an index on it would be worth. Which rows is
// scattered: with every 64th, data that repeats every tenth row looked twice as frequent as it is.
//
// One compiled filter serves one query on one thread: it remembers shapes and counts.

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Evaluates a filter on encoded rows. One thread at a time.</summary>
internal sealed class CompiledFilter
{
    private const ulong Scatter = 0x9E37_79B9_7F4A_7C15;
    private const int SampleShift = 64 - 6;

    private readonly FilterNode[] _conjuncts;
    private readonly long[] _samplePasses;
    private readonly (long Seen, long Passed)[] _codes;
    private readonly byte[] _versionBytes = new byte[8];
    private ulong _evaluated;
    private long _samples;

    /// <param name="last">One more condition behind those of the filter: the values of a join.</param>
    public CompiledFilter(Filter? filter, FilterNode? last = null)
    {
        _conjuncts = [.. FieldConstraints.Conjuncts(filter).Select(FilterCompiler.Compile), .. last is null ? Array.Empty<FilterNode>() : [last]];
        _samplePasses = new long[_conjuncts.Length];
        _codes = new (long, long)[_conjuncts.Length];
    }

    /// <summary>Parts of the outermost `and`.</summary>
    public int Conjuncts => _conjuncts.Length;

    /// <summary>Every document matches.</summary>
    public bool IsAll => _conjuncts.Length == 0;

    public long Matched { get; private set; }

    /// <summary>The share of rows that the outermost part <paramref name="conjunct"/> alone lets through; null when too few were seen.</summary>
    public double? PassFraction(int conjunct)
        => _codes[conjunct] is { Seen: > 0 } codes ? (double)codes.Passed / codes.Seen : _evaluated == 0 ? null : _conjuncts.Length == 1 ? (double)Matched / _evaluated : (double)_samplePasses[conjunct] / _samples;

    public bool Matches(ReadOnlySpan<byte> key, DocumentVersion version, Shape shape, ReadOnlySpan<byte> row)
    {
        if (_conjuncts.Length == 0)
        {
            Matched++;
            return true;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(_versionBytes, version.Raw);
        var input = new FilterInput(key, _versionBytes, shape, row);
        var matches = (_evaluated++ * Scatter) >> SampleShift == 0 ? MatchesSample(input) : MatchesAll(input);
        if (matches) Matched++;
        return matches;
    }

    /// <summary>The same for a row of which codes have <paramref name="decided"/> some parts already.</summary>
    public bool MatchesRest(ReadOnlySpan<byte> key, DocumentVersion version, Shape shape, ReadOnlySpan<byte> row, bool[] decided)
    {
        if (Array.IndexOf(decided, false) < 0) return true;
        BinaryPrimitives.WriteUInt64LittleEndian(_versionBytes, version.Raw);
        var input = new FilterInput(key, _versionBytes, shape, row);
        var isSample = (_evaluated++ * Scatter) >> SampleShift == 0;
        if (isSample) _samples++;
        var matches = true;
        for (var i = 0; i < _conjuncts.Length && (matches || isSample); i++)
        {
            if (decided[i]) continue;
            var passes = _conjuncts[i].Matches(input);
            if (isSample && passes) _samplePasses[i]++;
            matches &= passes;
        }

        if (matches) Matched++;
        return matches;
    }

    /// <summary>What codes alone said: of so many rows, so many satisfy one part.</summary>
    public void ObserveCodes(int conjunct, long seen, long passed) => _codes[conjunct] = (_codes[conjunct].Seen + seen, _codes[conjunct].Passed + passed);

    /// <summary>Rows that match, where they were not asked one by one.</summary>
    public void ObserveMatches(long rows) => Matched += rows;

    private bool MatchesAll(in FilterInput input)
    {
        foreach (var conjunct in _conjuncts)
            if (!conjunct.Matches(input)) return false;
        return true;
    }

    private bool MatchesSample(in FilterInput input)
    {
        _samples++;
        var matches = true;
        for (var i = 0; i < _conjuncts.Length; i++)
        {
            if (_conjuncts[i].Matches(input)) _samplePasses[i]++;
            else matches = false;
        }

        return matches;
    }
}

/// <summary>One operator over a row. Nodes belong to one CompiledFilter.</summary>
internal abstract class FilterNode
{
    public abstract bool Matches(in FilterInput input);
}
