// Where the rows of one query come from: the memtables and tables of a state that can hold rows of its collection,
// each opened once. Tables that have the index the query uses are read through it; everything else is scanned.

using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The places of one state that a query reads. One thread at a time.</summary>
internal sealed class QuerySources(EngineState state, ReadPoint at, CollectionId collection, OpenIndexes indexes, SupersededRows superseded, ReadCountersBox counters)
{
    public EngineState State { get; } = state;

    public ReadPoint At { get; } = at;

    public CollectionId Collection { get; } = collection;

    public ReadCountersBox Counters { get; } = counters;

    /// <summary>Which rows of tables are hidden by others; shared by all queries.</summary>
    public SupersededRows Superseded { get; } = superseded;

    /// <summary>All visible entries of a stretch of keys.</summary>
    public EntryCursor Scan(KeyRange keys) => Merge(keys, State.Tables);

    /// <summary>Tables that hold rows of the collection, split by whether they have an index, and all these keys in it.</summary>
    public (List<(Sstable Table, TableIndex Index)> Indexed, List<Sstable> Others) Split(IndexId index, IReadOnlyList<KeyRange> ranges)
    {
        var indexed = new List<(Sstable, TableIndex)>();
        var others = new List<Sstable>();
        foreach (var table in State.Tables)
        {
            if (RowsIn(table, Collection) == 0) continue;
            if (indexes.Find(table.Info.Id, index) is { } open && open.Contents.Has(ranges)) indexed.Add((table, open));
            else others.Add(table);
        }

        return (indexed, others);
    }

    /// <summary>Tables that hold rows of the collection, split by whether they have every index of a term.</summary>
    public (List<(Sstable Table, Dictionary<IndexId, TableIndex> Indexes)> Indexed, List<Sstable> Others) Split(IndexTerm term)
    {
        var needed = term.Indexes.ToList();
        var asked = term.Leaves.ToList();
        var indexed = new List<(Sstable, Dictionary<IndexId, TableIndex>)>();
        var others = new List<Sstable>();
        foreach (var table in State.Tables)
        {
            if (RowsIn(table, Collection) == 0) continue;
            var open = new Dictionary<IndexId, TableIndex>();
            foreach (var index in needed)
                if (indexes.Find(table.Info.Id, index.Id) is { } found) open[index.Id] = found;
            if (open.Count == needed.Count && asked.TrueForAll(leaf => open[leaf.Index.Id].Contents.Has(leaf.Ranges))) indexed.Add((table, open));
            else others.Add(table);
        }

        return (indexed, others);
    }

    /// <summary>Visible entries of the memtables and of some tables.</summary>
    public EntryCursor Scan(KeyRange keys, IEnumerable<Sstable> tables) => Merge(keys, tables);

    public static long RowsIn(Sstable table, CollectionId collection)
    {
        foreach (var (held, rows) in table.Info.Collections)
            if (held == collection) return rows;
        return 0;
    }

    private VisibleCursor Merge(KeyRange keys, IEnumerable<Sstable> tables)
    {
        var inputs = new List<EntryCursor>();
        if (State.Active.EntryCount > 0) inputs.Add(State.Active.OpenCursor());
        foreach (var memtable in State.Sealed) inputs.Add(memtable.OpenCursor());
        foreach (var table in tables)
            if (RowsIn(table, Collection) > 0 && Overlaps(table, keys)) inputs.Add(table.OpenCursor(Counters));
        return new(inputs.Count == 1 ? inputs[0] : new MergeCursor(inputs), At);
    }

    private static bool Overlaps(Sstable table, KeyRange keys)
        => !keys.IsBelow(table.Info.FirstKey.Span) && table.Info.LastKey.Span.SequenceCompareTo(keys.Low.Span) >= 0;
}
