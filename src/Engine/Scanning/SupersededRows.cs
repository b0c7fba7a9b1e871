// Which rows of a table are covered by something newer elsewhere. A table is immutable, so what one table hides of another
// never changes: it is found once, by going through the younger one's keys and looking each up in the other, and kept as a bitmap. A
// scan takes the union over the tables it reads beside, also kept for as long as these are the same.
//
//   table 3   a b c d e f      table 7 (newer)   b e      table 9 (newer)   e g
//   hidden of 3 by 7   . b . . e .       by 9   . . . . e .       for a state of 3, 7 and 9   . b . . e .
//
// That a newer row hides an older one is true for read points that see the newer: a scan at an older one does not come
// here (ColumnPlaces). Deletes and expired rows hide like any other.
//
// Thread-safe. Two queries that want the same bitmap at once both find it; it is the same.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Scanning;

/// <summary>Bitmaps of rows (of one collection in one table) hidden by other tables; null when none is.</summary>
internal sealed class SupersededRows
{
    // Where keys are neighbours a step is cheaper than a search; beyond so many the search is.
    private const int StepsMax = 16;

    private readonly ConcurrentDictionary<(TableId Table, TableId Newer, CollectionId Collection), ulong[]> _pairs = new();
    private readonly ConcurrentDictionary<(TableId Table, CollectionId Collection), Union> _unions = new();

    private sealed record Union(ImmutableArray<TableId> Others, ulong[]? Rows);

    public ulong[]? Of(EngineState state, Sstable table, TableColumns columns)
    {
        var others = state.Tables.Where(other => MayHide(other, table, columns.Collection)).ToImmutableArray();
        var ids = others.Select(other => other.Info.Id).ToImmutableArray();
        if (_unions.TryGetValue((table.Info.Id, columns.Collection), out var known) && known.Others.SequenceEqual(ids)) return known.Rows;
        ulong[]? union = null;
        foreach (var other in others)
        {
            var hidden = _pairs.GetOrAdd((table.Info.Id, other.Info.Id, columns.Collection), static (_, pair) => Find(pair.table, pair.columns, pair.other), (table, columns, other));
            if (hidden.Length == 0) continue;
            if (union is null) union = (ulong[])hidden.Clone();
            else RowMask.Or(union, hidden);
        }

        _unions[(table.Info.Id, columns.Collection)] = new(ids, union);
        return union;
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

    private static ulong[] Find(Sstable table, TableColumns columns, Sstable other)
    {
        ulong[] hidden = [];
        var counters = new ReadCountersBox();
        using var rows = table.OpenCursor(counters, fillCache: false);
        using var newer = other.OpenCursor(counters, fillCache: false);
        Span<byte> last = stackalloc byte[EntryKey.BytesMax];
        var lastBytes = 0;
        var prefix = EntryKey.Prefix(columns.Collection);
        var found = rows.Seek(prefix);
        for (var more = newer.Seek(prefix); more && found && EntryKey.CollectionOf(newer.Key) == columns.Collection; more = newer.MoveNext())
        {
            // Of a key with several versions only the newest counts, which comes first.
            var key = newer.Key;
            if (key.SequenceEqual(last[..lastBytes])) continue;
            key.CopyTo(last);
            lastBytes = key.Length;
            found = Reach(rows, key);
            if (!found || !rows.Key.SequenceEqual(key) || rows.Version >= newer.Version) continue;
            if (hidden.Length == 0) hidden = new ulong[RowMask.Words(columns.Rows)];
            var row = rows.RowId.Value - columns.FirstRow;
            hidden[row / RowMask.RowsPerWord] |= 1UL << (int)(row % RowMask.RowsPerWord);
        }

        return hidden;
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
