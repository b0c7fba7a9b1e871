// Goes through the rows of one collection in one table, zone by zone, and says which of them are selected: every part of
// the filter that codes can decide, less the rows that are hidden. A hidden row is a delete, an older version inside the
// table, or one that something newer elsewhere covers; it has a code like any other, so it is taken out at the end:
//
//   mask = conjunct ∧ conjunct ∧ … ∧ bound ∧ ¬ not plain ∧ ¬ superseded
//
// Of each 16th zone every part is counted alone, so that the advisor learns what it would let through.

using IngoDB.Engine.Columns;

namespace IngoDB.Engine.Scanning;

/// <summary>The part of a scan that looks at codes only. One thread at a time.</summary>
internal sealed class ZoneScan
{
    private const int ZonesPerSample = 16;

    private readonly TableColumns _columns;
    private readonly CodePredicate?[] _conjuncts;
    private readonly IReadOnlyList<ulong[]> _superseded;
    private readonly long[] _passed;
    private readonly ulong[] _scratch = new ulong[CodePredicate.ZoneWords];
    private readonly ulong[] _all = new ulong[CodePredicate.ZoneWords];
    private long _sampledMatches;

    /// <param name="conjuncts">Null where the codes of this table cannot decide.</param>
    /// <param name="superseded">Bitmaps of rows hidden by what is newer elsewhere.</param>
    public ZoneScan(TableColumns columns, CodePredicate?[] conjuncts, IReadOnlyList<ulong[]> superseded)
    {
        (_columns, _conjuncts, _superseded) = (columns, conjuncts, superseded);
        _passed = new long[conjuncts.Length];
        Passes = conjuncts.Sum(conjunct => conjunct?.Passes ?? 0);
    }

    public int Zones => (_columns.Rows + CodeColumn.ZoneRows - 1) / CodeColumn.ZoneRows;

    /// <summary>Passes over codes that each zone may cost.</summary>
    public int Passes { get; }

    /// <summary>Rows of which every part was counted alone.</summary>
    public long Sampled { get; private set; }

    /// <summary>Those of them that one part of the filter let through.</summary>
    public long Passed(int conjunct) => _passed[conjunct];

    /// <summary>About how many rows satisfy all parts that codes decide, hidden ones too.</summary>
    public long EstimatedMatches => Sampled == 0 ? 0 : (long)((double)_sampledMatches / Sampled * _columns.Rows);

    public int RowsOf(int zone) => Math.Min(CodeColumn.ZoneRows, _columns.Rows - (zone * CodeColumn.ZoneRows));

    /// <summary>Writes the mask of the selected rows of a zone; false when there is none (the mask is then anything).</summary>
    /// <param name="bound">One more condition; null for none.</param>
    /// <param name="mask">At least <see cref="CodePredicate.ZoneWords"/>; what the zone's rows need is written.</param>
    public bool Select(int zone, CodePredicate? bound, Span<ulong> mask)
    {
        var rows = RowsOf(zone);
        mask = mask[..RowMask.Words(rows)];
        if (zone % ZonesPerSample == 0) Sample(zone, rows, mask.Length);
        var match = bound is null ? ZoneMatch.All : bound.Select(zone, rows, mask);
        foreach (var conjunct in _conjuncts)
        {
            if (match == ZoneMatch.None) return false;
            if (conjunct is not null) match = Both(match, conjunct, zone, rows, mask);
        }

        if (match == ZoneMatch.None) return false;
        if (match == ZoneMatch.All) RowMask.SetAll(mask, rows);
        Hide(_columns.NotPlain, zone, mask);
        for (var i = 0; i < _superseded.Count; i++) Hide(_superseded[i], zone, mask);
        return true;
    }

    private ZoneMatch Both(ZoneMatch match, CodePredicate conjunct, int zone, int rows, Span<ulong> mask)
    {
        var target = match == ZoneMatch.All ? mask : _scratch.AsSpan(0, mask.Length);
        var one = conjunct.Select(zone, rows, target);
        if (one == ZoneMatch.Some && match == ZoneMatch.Some) RowMask.And(mask, target);
        return one == ZoneMatch.All ? match : one;
    }

    private static void Hide(ReadOnlySpan<ulong> hidden, int zone, Span<ulong> mask)
    {
        if (!hidden.IsEmpty) RowMask.AndNot(mask, hidden[(zone * CodePredicate.ZoneWords)..]);
    }

    private void Sample(int zone, int rows, int words)
    {
        Sampled += rows;
        var mask = _scratch.AsSpan(0, words);
        var all = _all.AsSpan(0, words);
        RowMask.SetAll(all, rows);
        for (var i = 0; i < _conjuncts.Length; i++)
        {
            if (_conjuncts[i] is not { } conjunct) continue;
            var match = conjunct.Select(zone, rows, mask);
            if (match == ZoneMatch.All) RowMask.SetAll(mask, rows);
            if (match == ZoneMatch.None) mask.Clear();
            _passed[i] += RowMask.Count(mask);
            RowMask.And(all, mask);
        }

        _sampledMatches += RowMask.Count(all);
    }
}
