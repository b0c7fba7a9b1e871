// Which rows of a table are covered by something newer elsewhere. A table is immutable, so what one table hides of another
// never changes: it is found once, by going through the younger one's keys and looking each up in the other, and kept as a bitmap. A
// scan takes the union over the tables it reads beside, also kept for as long as these are the same.
//
//   table 3   a b c d e f      table 7 (newer)   b e      table 9 (newer)   e g
//   hidden of 3 by 7   . b . . e .       by 9   . . . . e .       for a state of 3, 7 and 9   . b . . e .
//
// A memtable grows, so its bitmap does: each scan adds what has arrived since the last one (as SortedRuns does for order).
//
// That a newer row hides an older one is true for read points that see the newer. A scan whose read point is older than a table is
// not answered by columns (ColumnPlaces), nor is one that is older than what a memtable's bitmap has in it already.
// Deletes and expired rows hide like any other.
//
// Thread-safe. Two queries that want the same bitmap at once both find it; it is the same.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Scanning;

/// <summary>Bitmaps of rows (of one collection in one table) hidden by other tables; null when none is.</summary>
internal sealed class SupersededRows
{
    private static readonly ulong[] Nothing = [];

    // Where keys are neighbours a step is cheaper than a search; beyond so many the search is.
    private const int StepsMax = 16;

    private readonly ConcurrentDictionary<(TableId Table, TableId Newer, CollectionId Collection), ulong[]> _pairs = new();
    private readonly ConcurrentDictionary<(TableId Table, CollectionId Collection), Union> _unions = new();

    private readonly ConditionalWeakTable<Memtable, ConcurrentDictionary<(TableId Table, CollectionId Collection), Grown>> _memory = [];

    /// <summary>What the first entries of a memtable hide of a table.</summary>
    private sealed record Grown(int Arrived, DocumentVersion Newest, ulong[] Rows)
    {
        public Grown With(int arrived, EntryCursor entries, Sstable table, TableColumns columns)
        {
            var (rows, newest) = ((ulong[])Rows.Clone(), Newest);
            Mark(table, columns, entries, ref rows, ref newest);
            return new(arrived, newest, rows);
        }
    }

    private sealed record Union(ImmutableArray<TableId> Others, ulong[]? Rows);

    /// <summary>Bitmaps that together hide what is not the newest at the read point; false when that cannot be told.</summary>
    public bool TryFind(EngineState state, ReadPoint at, Sstable table, TableColumns columns, List<ulong[]> hidden)
    {
        if (ByTables(state, table, columns) is { } byTables) hidden.Add(byTables);
        return TryAdd(state.Active, at, table, columns, hidden) && state.Sealed.All(memtable => TryAdd(memtable, at, table, columns, hidden));
    }

    private ulong[]? ByTables(EngineState state, Sstable table, TableColumns columns)
    {
        var others = state.Tables.Where(other => MayHide(other, table, columns.Collection)).ToImmutableArray();
        var ids = others.Select(other => other.Info.Id).ToImmutableArray();
        if (_unions.TryGetValue((table.Info.Id, columns.Collection), out var known) && known.Others.SequenceEqual(ids)) return known.Rows;
        ulong[]? union = null;
        foreach (var other in others)
        {
            var hidden = _pairs.GetOrAdd((table.Info.Id, other.Info.Id, columns.Collection), static (_, pair) => ByTable(pair.table, pair.columns, pair.other), (table, columns, other));
            if (hidden.Length == 0) continue;
            if (union is null) union = (ulong[])hidden.Clone();
            else RowMask.Or(union, hidden);
        }

        _unions[(table.Info.Id, columns.Collection)] = new(ids, union);
        return union;
    }

    private bool TryAdd(Memtable memtable, ReadPoint at, Sstable table, TableColumns columns, List<ulong[]> hidden)
    {
        if (memtable.EntryCount == 0 || memtable.NewestVersion <= table.Info.OldestVersion) return true;
        var key = (table.Info.Id, columns.Collection);
        var grown = _memory.GetOrCreateValue(memtable);
        var known = grown.GetValueOrDefault(key) ?? new Grown(0, DocumentVersion.None, Nothing);
        if (!at.Sees(known.Newest)) return false;
        if (known.Arrived < memtable.EntryCount)
        {
            var arrived = known.Arrived;
            using var newest = memtable.OpenCursor(ref arrived, at.Version);
            if (newest is null) return false;
            if (arrived > known.Arrived) grown[key] = known = known.With(arrived, newest, table, columns);
        }

        if (known.Rows.Length > 0) hidden.Add(known.Rows);
        return true;
    }

    /// <summary>The table is gone, and with it what it hid and what was hidden of it.</summary>
    public void Forget(TableId table)
    {
        foreach (var pair in _pairs.Keys)
            if (pair.Table == table || pair.Newer == table) _pairs.TryRemove(pair, out _);
        foreach (var union in _unions.Keys)
            if (union.Table == table) _unions.TryRemove(union, out _);
    }

    private static bool MayHide(Sstable other, Sstable table, CollectionId collection)
        => !ReferenceEquals(other, table)
            && other.Info.NewestVersion > table.Info.OldestVersion
            && other.Info.Collections.Any(held => held.Collection == collection)
            && other.Info.FirstKey.Span.SequenceCompareTo(table.Info.LastKey.Span) <= 0
            && table.Info.FirstKey.Span.SequenceCompareTo(other.Info.LastKey.Span) <= 0;

    private static ulong[] ByTable(Sstable table, TableColumns columns, Sstable other)
    {
        var (hidden, newest) = (Nothing, DocumentVersion.None);
        using var entries = other.OpenCursor(new ReadCountersBox(), fillCache: false);
        Mark(table, columns, entries, ref hidden, ref newest);
        return hidden;
    }

    /// <summary>Sets the bits of rows that are older than an entry of the same key.</summary>
    private static void Mark(Sstable table, TableColumns columns, EntryCursor entries, ref ulong[] hidden, ref DocumentVersion newest)
    {
        using var rows = table.OpenCursor(new ReadCountersBox());
        var prefix = EntryKey.Prefix(columns.Collection);
        var found = rows.Seek(prefix);
        for (var more = entries.Seek([]); more; more = entries.MoveNext())
        {
            if (entries.Version > newest) newest = entries.Version;
            if (!found || EntryKey.CollectionOf(entries.Key) != columns.Collection) continue;
            found = Reach(rows, entries.Key);
            if (!found || !rows.Key.SequenceEqual(entries.Key) || rows.Version >= entries.Version) continue;
            if (hidden.Length == 0) hidden = new ulong[RowMask.Words(columns.Rows)];
            var row = rows.RowId.Value - columns.FirstRow;
            hidden[row / RowMask.RowsPerWord] |= 1UL << (int)(row % RowMask.RowsPerWord);
        }
    }

    /// <summary>Moves forward to the first row at or behind the key; false at the end.</summary>
    private static bool Reach(TableCursor rows, ReadOnlySpan<byte> key)
    {
        for (var steps = 0; steps < StepsMax; steps++)
        {
            if (rows.Key.SequenceCompareTo(key) >= 0) return true;
            if (!rows.MoveNext()) return false;
        }

        return rows.Key.SequenceCompareTo(key) >= 0 || rows.Seek(key);
    }
}
