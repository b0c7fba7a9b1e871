// One aggregate in one engine. Its documents are found as those of a count are: any path, in any order. Where that is a pass over
// tables with columns, what their codes tell is taken from codes (CodeGroups), table by table; everything else comes as rows.
//
//   no groups, only counts     executor counts ─────────────────────┐
//   tables with columns        CodeGroups, or RowGroups of a table ─┤
//   memtables, other tables    RowGroups ───────────────────────────┴─► GroupCollector ─► records by key

using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Collects the groups of one query. One use, one thread.</summary>
internal sealed class AggregateRun(AggregateQuery query, QueryRun run, QueryExecutor executor, SpillFolder spill, QueryStatistics statistics, HotFields hot) : IDisposable
{
    private readonly GroupCollector _groups = new(query, spill);

    public string? StoppedBy => run.Meter.StoppedBy;

    /// <summary>Runs of groups that were written to disk on the way.</summary>
    public int Spilled => _groups.Spilled;

    /// <summary>Tables of which nothing but codes was read.</summary>
    public int TablesByCodes { get; private set; }

    public RecordCursor Execute()
    {
        if (IsCount) Count();
        else if (!TryAddCodes()) AddRows(executor.Open());
        return _groups.Finish();
    }

    public QueryWork Work(long returned) => run.Work(returned);

    public void Record(long returned) => run.Record(statistics, hot, returned);

    public void Dispose() => _groups.Dispose();

    private bool IsCount => query.By.Count == 0 && query.Compute.All(named => named.Value is { Function: AccumulatorFunction.Count, Field: null });

    private void Count()
    {
        var group = _groups.GroupOf([GroupFormat.HeadMark]);
        var count = executor.Count();
        for (var i = 0; i < query.Compute.Count; i++) ((CountStates)_groups.States[i]).Add(group, count);
    }

    /// <summary>False, and nothing done, when no table's codes tell what is asked: then one pass over rows is best.</summary>
    private bool TryAddCodes()
    {
        if (executor.Parts() is not var (tables, others)) return false;
        var codes = tables.Select(table => CodeGroups.Of(query, table, _groups, run.Meter)).ToList();
        TablesByCodes = codes.Count(told => told is not null);
        var goesOn = TablesByCodes > 0;
        for (var i = 0; i < tables.Count; i++)
        {
            goesOn = goesOn && (codes[i]?.AddAll() ?? AddRows(new ColumnRows(tables[i])));
            tables[i].Dispose();
        }

        foreach (var rows in others)
        {
            goesOn = goesOn && AddRows(rows);
            rows.Dispose();
        }

        return TablesByCodes > 0;
    }

    private bool AddRows(RowStream rows)
    {
        using (rows) return new RowGroups(query, _groups, run.Meter).AddAll(rows);
    }
}
