// A column that queries want is in every table that is written from then on. Those that are there already lack it until they are merged, or, while nothing
// else is to be done, are written again for it, one at a time and paced like every merge. A table whose values do not allow the column says so in its
// directory, and is not written for it a second time.

using System.Collections.Immutable;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>Fields that have a column in the tables of a collection because queries read rows for want of it.</summary>
    public IReadOnlyList<string> WantedColumnsOf(CollectionId collection) => [.. _queries.Statistics.Wanted.Of(collection).Select(path => path.Text)];

    /// <summary>As if queries had paid for it; for tests and tools that drive the engine by hand.</summary>
    internal void WantColumn(CollectionId collection, FieldPath path) => _queries.Statistics.Wanted.Note(collection, path, read: 1e15, isDecided: false, Math.Max(1, QueryEngine.RowsOf(_state, collection)));

    private ImmutableHashSet<TableId> LackingColumns(EngineState state)
    {
        _queries.Statistics.Wanted.Fade();
        var lacking = ImmutableHashSet.CreateBuilder<TableId>();
        foreach (var field in _queries.Statistics.Wanted.Fields.Where(field => field.IsWanted))
        {
            var column = ColumnName.Of(FieldPath.Parse(field.Path))!;
            foreach (var table in state.Tables)
                if (table.Columns(field.Collection) is { } columns && !columns.IsDecided(column)) lacking.Add(table.Info.Id);
        }

        return lacking.ToImmutable();
    }

    private void ColumnChanged(WantedColumn field)
    {
        var name = $"{NameOf(field.Collection)}/{field.Path}";
        if (field.IsWanted) Events.Raise(new ColumnWanted(name, FormattableString.Invariant($"{field.Evidence:N0} rows were read for want of it, of {field.Rows:N0}")));
        else Events.Raise(new ColumnGivenUp(name));
        _quiet?.Watch();
        RequestWork();
    }
}
