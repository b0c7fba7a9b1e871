// The unified compaction strategy: which tables are worth rewriting now. It decides, looks at nothing but the values
// it is given, and is tested with pictures; CompactionRunner does.
//
// The story: tables are grouped into levels by density (DensityLevels). In a level, a set of tables that lie on top
// of each other makes reads slow; when t of them do, the set is merged and cut at shard boundaries, so that outputs
// stay bounded and merges of different shards run side by side. What overlaps nothing is left alone, however much
// of it there is: time-ordered inserts are written once. Then garbage, then crowds of tiny neighbours. While nobody
// writes, what has gathered on top of each other is merged before that, over all levels (QuietChoice), and last of all tables
// are written again that lack a column which queries want, one at a time.
//
// No choice can change what a reader sees. Age is told by versions, and the runner keeps whatever a table outside
// the inputs may need; a bad choice costs time, never data. (In the original levels were ages, and every wrong
// guess of the strategy was a stale read.)
//
// What this does not do: weigh levels against each other by cost, or choose W. The lowest level with a deep enough
// set goes first, because it is the cheapest to merge and the one every read pays for.

using System.Collections.Immutable;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>Decides what to compact. Pure.</summary>
internal static class UnifiedCompaction
{
    /// <summary>A component larger than so many full tables is not merged whole, only where it is deepest.</summary>
    private const int MergeTablesMax = 16;

    private const int SmallNeighboursMin = 8;

    /// <summary>A table below this fraction of the target size is small while nothing else is to be done ...</summary>
    private const int SmallTableDivisorWhenQuiet = 8;

    /// <summary>... and below this one always. What a flush leaves is not: who writes in the order of keys writes once.</summary>
    private const int SmallTableDivisor = 32;

    public static CompactionChoice Choose(CompactionView view)
    {
        var rows = RowDistribution.Of(view.Tables);
        foreach (var (inputs, level, cause) in Worthwhile(view, rows))
            return new CompactionChoice.Merge(inputs, ShardBoundaries.For(inputs, view.Tables, rows, view.TableBytesMax), level, cause);
        return CompactionChoice.Rest.Now;
    }

    /// <summary>All tables that may be touched, whatever their overlap; Rest when there is none.</summary>
    public static CompactionChoice ChooseEverything(CompactionView view)
    {
        var inputs = view.Tables.Where(t => !view.Excluded.Contains(t.Id)).OrderByDescending(t => t.NewestVersion).ToImmutableArray();
        if (inputs.IsEmpty) return CompactionChoice.Rest.Now;
        var rows = RowDistribution.Of(view.Tables);
        var levels = new DensityLevels(view.ScalingParameter, view.FlushBytes, rows);
        return new CompactionChoice.Merge(inputs, ShardBoundaries.For(inputs, [], rows, view.TableBytesMax), inputs.Max(levels.LevelOf), CompactionCause.Asked);
    }

    /// <summary>Bytes that the strategy would rewrite now: what pacing and backpressure look at.</summary>
    public static long DebtBytes(CompactionView view)
    {
        var debt = 0L;
        var counted = new HashSet<TableId>();
        foreach (var (inputs, _, _) in Worthwhile(view, RowDistribution.Of(view.Tables)))
            foreach (var table in inputs)
                if (counted.Add(table.Id)) debt += table.FileBytes;
        return debt;
    }

    /// <summary>Best first.</summary>
    private static IEnumerable<(ImmutableArray<TableInfo> Inputs, int Level, CompactionCause Cause)> Worthwhile(CompactionView view, RowDistribution rows)
    {
        var levels = new DensityLevels(view.ScalingParameter, view.FlushBytes, rows);
        var free = view.Tables.Where(t => !view.Excluded.Contains(t.Id)).ToList();

        if (view.IsQuiet)
            foreach (var inputs in QuietChoice.In(view, MergeTablesMax * view.TableBytesMax))
                yield return (inputs, inputs.Max(levels.LevelOf), CompactionCause.Quiet);

        foreach (var level in levels.Group(free))
            foreach (var set in OverlapSet.Of(level).Where(s => s.Depth >= levels.Threshold).OrderByDescending(s => s.Depth))
                yield return (InputsOf(set, view), level.Key, CompactionCause.Overlap);

        foreach (var (inputs, cause) in GarbageChoice.In(view))
            yield return (inputs, inputs.Max(levels.LevelOf), cause);

        foreach (var level in levels.Group(free))
            foreach (var inputs in SmallNeighbours(level, view.TableBytesMax / (view.IsQuiet ? SmallTableDivisorWhenQuiet : SmallTableDivisor)))
                yield return (inputs, level.Key, CompactionCause.SmallNeighbours);

        if (view.IsQuiet)
            foreach (var table in free.Where(table => view.Lacking.Contains(table.Id)))
                yield return ([table], levels.LevelOf(table), CompactionCause.Column);
    }

    private static ImmutableArray<TableInfo> InputsOf(OverlapSet set, CompactionView view)
        => set.Tables.Sum(t => t.FileBytes) <= MergeTablesMax * view.TableBytesMax ? set.Tables : set.Deepest;

    /// <summary>
    /// Runs of small tables that follow each other in a level. The largest must not outweigh the rest, so that a row is
    /// rewritten a logarithmic number of times on its way to a full table.
    /// </summary>
    private static IEnumerable<ImmutableArray<TableInfo>> SmallNeighbours(IEnumerable<TableInfo> level, long smallBytes)
    {
        var run = ImmutableArray.CreateBuilder<TableInfo>();
        foreach (var table in level.OrderBy(t => t.FirstKey, KeyOrder.Instance).Append(null))
        {
            if (table is not null && table.FileBytes <= smallBytes)
            {
                run.Add(table);
                continue;
            }

            if (run.Count >= SmallNeighboursMin && run.Max(t => t.FileBytes) * 2 <= run.Sum(t => t.FileBytes)) yield return run.ToImmutable();
            run.Clear();
        }
    }
}
