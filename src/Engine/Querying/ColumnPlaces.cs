// Whether columns can answer at a read point, and where. A row of a column table is the document if nothing newer hides it,
// which bitmaps say (SupersededRows); they hold for readers that see everything in the tables. An older snapshot goes the
// way of entries and versions instead.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The tables of one state that columns can be used of, by their first key, and those that are scanned as rows beside them.</summary>
internal sealed record ColumnPlaces(IReadOnlyList<(Sstable Table, TableColumns Columns)> Tables, IReadOnlyList<Sstable> Others)
{
    /// <summary>Null when columns cannot be used.</summary>
    public static ColumnPlaces? Of(EngineState state, ReadPoint at, CollectionId collection)
    {
        var tables = new List<(Sstable, TableColumns)>();
        var others = new List<Sstable>();
        foreach (var table in state.Tables)
        {
            if (QuerySources.RowsIn(table, collection) == 0) continue;
            if (!at.Sees(table.Info.NewestVersion)) return null;
            if (table.Columns(collection) is { } columns) tables.Add((table, columns));
            else others.Add(table);
        }

        tables.Sort(static (left, right) => left.Item1.Info.FirstKey.Span.SequenceCompareTo(right.Item1.Info.FirstKey.Span));
        return tables.Count == 0 ? null : new(tables, others);
    }

    /// <summary>No key of one table lies among those of another; they are in ascending order.</summary>
    public bool AreDisjoint
    {
        get
        {
            for (var i = 1; i < Tables.Count; i++)
                if (Tables[i].Table.Info.FirstKey.Span.SequenceCompareTo(Tables[i - 1].Table.Info.LastKey.Span) <= 0) return false;
            return true;
        }
    }

    /// <summary>The bitmaps of each table; null when they cannot be told, which the planner does not try to foresee.</summary>
    public IReadOnlyList<IReadOnlyList<ulong[]>>? Hidden(SupersededRows superseded, EngineState state, ReadPoint at)
    {
        var hidden = new List<List<ulong[]>>(Tables.Count);
        foreach (var (table, columns) in Tables)
        {
            hidden.Add([]);
            if (!superseded.TryFind(state, at, table, columns, hidden[^1])) return null;
        }

        return hidden;
    }

    public ColumnOption AsOption() => new(Tables.Sum(place => (long)place.Columns.Rows), field => Tables.Sum(place => place.Columns.Has(field) ? (long)place.Columns.Rows : 0))
    {
        RowsLacking = field => Tables.Sum(place => place.Columns.IsDecided(field) ? 0 : (long)place.Columns.Rows),
    };
}
