using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Querying;

/// <summary>What the planner is told of the world; it looks at nothing else.</summary>
/// <param name="Rows">Rows of the collection, over memtables and tables (superseded ones too).</param>
/// <param name="MatchFraction">The share of examined rows that matched in earlier executions of the shape; null when unknown.</param>
/// <param name="RowsInMemory">Those of them that no index file can know: entries of memtables.</param>
/// <param name="Columns">Null when there are none.</param>
internal sealed record PlannerInput(long Rows, IReadOnlyList<IndexOption> Indexes, QueryCosts Costs, double? MatchFraction = null, long RowsInMemory = 0, ColumnOption? Columns = null);

/// <summary>The code columns of the collection, as far as they can be used at the read point.</summary>
/// <param name="Rows">Rows in tables that have columns; the others are scanned beside them.</param>
/// <param name="RowsWith">Those of them in tables with a column for a field.</param>
internal sealed record ColumnOption(long Rows, Func<string, long> RowsWith)
{
    /// <summary>Rows in tables that have no column for a field and could have one for all that is known; null: none.</summary>
    public Func<string, long>? RowsLacking { get; init; }
}

/// <summary>An index of the collection, as far as it is built.</summary>
/// <param name="RowsIndexed">Rows in tables that have it; the others are scanned.</param>
/// <param name="EstimateEntries">About how many entries lie in disjoint ranges.</param>
internal sealed record IndexOption(IndexDefinition Definition, long RowsIndexed, Func<IReadOnlyList<KeyRange>, long> EstimateEntries)
{
    /// <summary>Of a partial index: rows in tables whose file has all keys of the ranges.</summary>
    public Func<IReadOnlyList<KeyRange>, long>? RowsWith { get; init; }

    /// <summary>Rows in tables that need not be scanned when these keys are asked for.</summary>
    public long RowsIndexedFor(IReadOnlyList<KeyRange> ranges) => RowsWith is null ? RowsIndexed : RowsWith(ranges);
}
