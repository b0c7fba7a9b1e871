// Levels of the unified compaction strategy (Cassandra 5, CEP-26). A table's density is its size divided by the
// share of the partition's rows in its key range: how large it would be if it covered everything. Splitting a
// table into shards leaves its density as it was, so a level means "merged this often", however it is cut up.
//
//   level = floor(log_f(density / density of a flush))       f, the fan-out, and t, the threshold, come from W:
//
//   W < 0    f = 2 - W, t = 2        merge at the second overlap: few tables to read, much rewriting (leveled)
//   W = 0    f = t = 2
//   W > 0    f = t = 2 + W           let t tables gather, rewrite each row less often (tiered)
//
// A level is a grouping for work, not an age: what is newer is said by versions alone.

using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>Gives tables their levels.</summary>
internal sealed class DensityLevels(int scalingParameter, long flushBytes, RowDistribution rows)
{
    public int FanOut { get; } = scalingParameter < 0 ? 2 - scalingParameter : 2 + scalingParameter;

    /// <summary>So many overlapping tables of one level are merged.</summary>
    public int Threshold { get; } = scalingParameter <= 0 ? 2 : 2 + scalingParameter;

    /// <summary>Uncompressed bytes: the same unit as a memtable's, whatever the compression makes of them.</summary>
    public double DensityOf(TableInfo table) => table.UserBytes / rows.ShareOf(table);

    public int LevelOf(TableInfo table)
    {
        var level = 0;
        for (var limit = (double)Math.Max(1, flushBytes) * FanOut; DensityOf(table) >= limit; limit *= FanOut) level++;
        return level;
    }

    /// <summary>The tables by level, ascending.</summary>
    public IEnumerable<IGrouping<int, TableInfo>> Group(IEnumerable<TableInfo> tables) => tables.GroupBy(LevelOf).OrderBy(g => g.Key);
}
