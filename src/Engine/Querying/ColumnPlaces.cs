// Whether columns can answer at a read point, and where. A row of a column table is the document if nothing newer hides it,
// which bitmaps say; they hold for readers that see everything in the tables. So an older snapshot goes the way of
// entries and versions instead, and so does, for now, whoever has rows in memory beside the tables.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The tables of one state that columns can be used of, and those that are scanned as rows beside them.</summary>
internal sealed record ColumnPlaces(IReadOnlyList<(Sstable Table, TableColumns Columns)> Tables, IReadOnlyList<Sstable> Others)
{
    /// <summary>Null when columns cannot be used.</summary>
    public static ColumnPlaces? Of(EngineState state, ReadPoint at, CollectionId collection)
    {
        if (state.Active.EntryCount > 0 || state.Sealed.Any(memtable => memtable.EntryCount > 0)) return null;
        var tables = new List<(Sstable, TableColumns)>();
        var others = new List<Sstable>();
        foreach (var table in state.Tables)
        {
            if (QuerySources.RowsIn(table, collection) == 0) continue;
            if (!at.Sees(table.Info.NewestVersion)) return null;
            if (table.Columns(collection) is { } columns) tables.Add((table, columns));
            else others.Add(table);
        }

        return tables.Count == 0 ? null : new(tables, others);
    }

    public ColumnOption AsOption() => new(Tables.Sum(place => (long)place.Columns.Rows), field => Tables.Sum(place => place.Columns.Has(field) ? (long)place.Columns.Rows : 0));
}
