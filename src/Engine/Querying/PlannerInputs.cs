// The planner is a pure function; this is where its view of the world is made: rows of a collection, and for each
// index how much of it is built and an estimator over its fences. The same state also yields the report that
// operators see.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Querying;

/// <summary>Gathers from a state what the planner wants to know of a collection.</summary>
internal static class PlannerInputs
{
    public static PlannerInput Of(EngineState state, ReadPoint at, CollectionId collection, OpenIndexes indexes, QueryCosts costs)
    {
        var options = new List<IndexOption>();
        foreach (var definition in state.Manifest.Indexes.Values)
            if (definition.Collection == collection) options.Add(OptionOf(state, definition, indexes));
        options.Sort(static (left, right) => left.Definition.Id.CompareTo(right.Definition.Id));
        return new(RowsOf(state, collection), options, costs, RowsInMemory: RowsInMemory(state), Columns: ColumnPlaces.Of(state, at, collection)?.AsOption());
    }

    /// <summary>Rows in memtables (of all collections: they are not counted apart) and tables.</summary>
    public static long RowsOf(EngineState state, CollectionId collection)
    {
        var rows = RowsInMemory(state);
        foreach (var table in state.Tables) rows += QuerySources.RowsIn(table, collection);
        return rows;
    }

    private static long RowsInMemory(EngineState state)
    {
        var rows = state.Active.EntryCount;
        foreach (var memtable in state.Sealed) rows += memtable.EntryCount;
        return rows;
    }

    private static IndexOption OptionOf(EngineState state, IndexDefinition definition, OpenIndexes indexes)
    {
        var open = new List<(TableIndex Index, long Rows)>();
        var rowsIndexed = 0L;
        foreach (var table in state.Tables)
        {
            if (indexes.Find(table.Info.Id, definition.Id) is not { } index) continue;
            open.Add((index, QuerySources.RowsIn(table, definition.Collection)));
            rowsIndexed += open[^1].Rows;
        }

        return new(definition, rowsIndexed, ranges => open.Sum(file => file.Index.Contents.Has(ranges) ? file.Index.EstimateEntries(ranges) : 0))
        {
            RowsWith = definition.Fields.IsPartial ? ranges => open.Sum(file => file.Index.Contents.Has(ranges) ? file.Rows : 0) : null,
        };
    }
}

/// <summary>How far each index of a state is, and whether it pays.</summary>
internal static class IndexReport
{
    public static IReadOnlyList<IndexStatus> Of(EngineState state, QueryStatistics statistics)
    {
        var statuses = new List<IndexStatus>();
        foreach (var definition in state.Manifest.Indexes.Values.OrderBy(definition => definition.Id)) statuses.Add(Of(state, definition, statistics));
        return statuses;
    }

    private static IndexStatus Of(EngineState state, IndexDefinition definition, QueryStatistics statistics)
    {
        int tables = 0, ready = 0;
        long entries = 0, bytes = 0;
        foreach (var table in state.Tables)
        {
            if (QuerySources.RowsIn(table, definition.Collection) == 0) continue;
            tables++;
            foreach (var index in state.Manifest.Tables[table.Info.Id].Indexes)
            {
                if (index.Index != definition.Id) continue;
                ready++;
                entries += index.EntryCount;
                bytes += index.FileBytes;
            }
        }

        var collection = state.Manifest.Collections.TryGetValue(definition.Collection, out var known) ? known.Name : definition.Collection.ToString();
        var account = statistics.ReadIndex(definition.Collection, definition.Fields.Text);
        return new($"{collection}/{definition.Fields.Text}", definition.Collection, definition.Fields.Text, definition.Cause, ready, tables, entries, bytes, account.Uses) { Saved = account.Saved, Regret = account.Regret, Upkeep = account.Upkeep };
    }
}
