// Order on demand. A memtable keeps no order while it is written; whoever wants a cursor sorts only what was appended
// since the last one did, as a new run, and runs of similar size are merged, as in an LSM tree in miniature:
//
//   appended  ───────────────────────────────────────────────►
//   runs      [ 160,000 sorted            ][ 40,000     ][ 9,000 ][ 31 ]     sizes halve at least, so there are few
//
// So a scan after every write costs little more than the writes did, and keys that arrive in order are never sorted
// at all. A SortedRuns value is immutable; the memtable publishes a new one whole.

namespace IngoDB.Engine.Memtables;

/// <param name="Runs">Each sorted by (key ascending, version descending); the oldest and largest first.</param>
/// <param name="Covered">How many entries, in order of arrival, the runs hold.</param>
internal sealed record SortedRuns(uint[][] Runs, int Covered)
{
    public static SortedRuns Empty { get; } = new([], 0);

    /// <summary>The same with everything that has arrived since.</summary>
    public SortedRuns Extend(Arena arena, AppendOrder order, int upTo)
    {
        if (upTo <= Covered) return this;
        var newest = order.Slice(Covered, upTo);
        RunSorter.Sort(arena, newest);
        var kept = Runs.Length;
        while (kept > 0 && Runs[kept - 1].Length < 2 * newest.Length) newest = Merge(arena, Runs[--kept], newest);
        return new([.. Runs.AsSpan(0, kept), newest], upTo);
    }

    private static uint[] Merge(Arena arena, uint[] left, uint[] right)
    {
        if (arena.Compare(left[^1], right[0]) < 0) return [.. left, .. right];
        var merged = new uint[left.Length + right.Length];
        int l = 0, r = 0, at = 0;
        while (l < left.Length && r < right.Length)
            merged[at++] = arena.Compare(left[l], right[r]) <= 0 ? left[l++] : right[r++];
        left.AsSpan(l).CopyTo(merged.AsSpan(at));
        right.AsSpan(r).CopyTo(merged.AsSpan(at + left.Length - l));
        return merged;
    }
}
