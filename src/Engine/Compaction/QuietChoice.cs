// While much is written, tables are left to gather: merging early would write the same rows again and again. Once
// nobody writes, or somebody waits for the engine to settle, what has gathered is worth merging: every read after it
// finds one table where it would have looked into many, and superseded rows leave the disk.
//
//   base    ████████████████████████████     the largest tables that do not overlap each other
//   rest      ██████  ███████████  ████      everything that lies on top of them, of whatever level
//
// A component is merged whole when its rest is at least an eighth of its base, so that a row is rewritten for eight
// new ones at most; below that the ordinary rules, which know levels, go on.
//
// What this does not do: merge a part of a component that is larger than the largest merge.

using System.Collections.Immutable;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>Finds what is worth merging while nothing else is to be done. Pure.</summary>
internal static class QuietChoice
{
    private const int BaseDivisor = 8;

    /// <summary>Sets worth merging, none of which holds an excluded table.</summary>
    public static IEnumerable<ImmutableArray<TableInfo>> In(CompactionView view, long mergeBytesMax)
    {
        foreach (var set in OverlapSet.Of(view.Tables.Where(t => !view.Excluded.Contains(t.Id))))
        {
            var bytes = set.Tables.Sum(t => t.FileBytes);
            if (set.Depth < 2 || bytes > mergeBytesMax) continue;
            var baseBytes = BaseBytes(set.Tables);
            if (bytes - baseBytes >= baseBytes / BaseDivisor) yield return set.Tables;
        }
    }

    private static long BaseBytes(ImmutableArray<TableInfo> tables)
    {
        var taken = new List<TableInfo>();
        foreach (var table in tables.OrderByDescending(t => t.FileBytes).ThenBy(t => t.Id))
            if (taken.TrueForAll(other => OverlapSet.EndsBefore(other, table) || OverlapSet.EndsBefore(table, other))) taken.Add(table);
        return taken.Sum(t => t.FileBytes);
    }
}
