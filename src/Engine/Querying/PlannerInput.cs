using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Querying;

/// <summary>What the planner is told of the world; it looks at nothing else.</summary>
/// <param name="Rows">Rows of the collection, over memtables and tables (superseded ones too).</param>
/// <param name="MatchFraction">The share of examined rows that matched in earlier executions of the shape; null when unknown.</param>
/// <param name="RowsInMemory">Those of them that no index file can know: entries of memtables.</param>
internal sealed record PlannerInput(long Rows, IReadOnlyList<IndexOption> Indexes, QueryCosts Costs, double? MatchFraction = null, long RowsInMemory = 0);

/// <summary>An index of the collection, as far as it is built.</summary>
/// <param name="RowsIndexed">Rows in tables that have it; the others are scanned.</param>
/// <param name="EstimateEntries">About how many entries lie in disjoint ranges.</param>
internal sealed record IndexOption(IndexDefinition Definition, long RowsIndexed, Func<IReadOnlyList<KeyRange>, long> EstimateEntries);
