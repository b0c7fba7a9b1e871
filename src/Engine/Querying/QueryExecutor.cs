// Does what the planner decided. Each access path becomes a stream of rows; what the order still needs (nothing, a
// heap of the first k, a sort) stands on top of it.
//
//   point, id range, primary scan      CursorRows ───────────────────────────► in id order ─┐
//   column scan                        ColumnScanner draws it
//   index range, one value             IndexRows of each table ─┐                           ├─► [top k | sort] ─►
//                                      CursorRows of the rest ──┴─ merged by id ────────────┤
//   index range                        the same, one after the other ───────────────────────┘
//   index rows                         RowSetRows of each table ─┐
//                                      CursorRows of the rest ───┴─ merged by id ─────────► [top k | sort] ─►
//   index order                        IndexRows of each table ───────────┐
//                                      CursorRows of the rest, sorted ────┴─ merged by order key ──────────────►
//
// "The rest" are memtables and tables that do not have the index yet: so an index is usable from its first table
// on, and an answer never depends on how far it is built.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>One execution of one plan.</summary>
internal sealed class QueryExecutor(QuerySources sources, ScanRequest request, QueryPlan plan, CompiledFilter filter, BudgetMeter meter)
{
    // Heaps are for small limits; beyond, sorting everything costs less than it saves.
    private const int HeapMax = 20_000;

    private readonly ScanSort _sort = ScanSort.Of(request.Sort);
    private readonly NewerVersions _newer = new(sources.State, sources.At, sources.Counters);

    public RowStream Open() => plan.Path switch
    {
        AccessPath.Empty => new NoRows(),
        AccessPath.Point point => Ordered(new PointRows(sources.State, sources.At, sources.Collection, IdsAfter(point.Ids), filter, meter, sources.Counters)),
        AccessPath.IdRange range => Ordered(Scan(range.Ids)),
        AccessPath.IndexRange range => OpenRange(range),
        AccessPath.IndexRows rows => OpenRows(rows),
        AccessPath.IndexOrder order => OpenOrder(order),
        AccessPath.ColumnScan scan when Columns(scan) is { } columns => columns.Open(plan.Sort),
        _ => Ordered(Scan(KeyRange.All)),
    };

    /// <summary>The tables with columns, for a reader that wants codes rather than rows, and rows of everything else; null when there are none, or another path is better.</summary>
    public (IReadOnlyList<ColumnTable> Tables, RowStream[] Others)? Parts() => plan.Path switch
    {
        AccessPath.ColumnScan scan => Columns(scan)?.Parts(),
        AccessPath.PrimaryScan when filter.IsAll => Columns(new([], IsRanked: false))?.Parts(),
        _ => null,
    };

    /// <summary>How many documents the stream would have.</summary>
    public long Count()
    {
        if (plan.Path is AccessPath.ColumnScan scan && Columns(scan) is { } columns) return columns.Count();
        using var rows = Open();
        var count = 0L;
        while (rows.MoveNext()) count++;
        return count;
    }

    private CursorRows Scan(KeyRange ids)
    {
        if (_sort.IsById && !request.After.IsEmpty) ids = ids.Intersect(EntryRanges.After(request.After));
        var keys = EntryRanges.Of(sources.Collection, ids);
        return new(sources.Scan(keys), keys, filter, meter, _newer, []);
    }

    /// <summary>Null when columns cannot be used after all: then everything is scanned.</summary>
    private ColumnScanner? Columns(AccessPath.ColumnScan path)
    {
        if (ColumnPlaces.Of(sources.State, sources.At, sources.Collection) is not { } places || places.Hidden(sources.Superseded, sources.State, sources.At) is not { } hidden) return null;
        var scope = new ColumnScope(sources.At, filter, meter, path.Conditions, sources.Counters);
        var hasRest = places.Others.Count > 0 || sources.State.Active.EntryCount > 0 || sources.State.Sealed.Length > 0;
        RowStream? Rest(KeyRange ids) => !hasRest ? null : ScanRest(places.Others, places.Tables.Select(place => place.Table), ids);
        return new(places, hidden, request, scope, Rest, Ordered);
    }

    private CursorRows ScanRest(IReadOnlyList<Sstable> others, IEnumerable<Sstable> indexed, KeyRange ids)
    {
        var keys = EntryRanges.Of(sources.Collection, ids);
        return new(sources.Scan(keys, others), keys, filter, meter, _newer, [.. indexed]);
    }

    private RowStream OpenRange(AccessPath.IndexRange path)
    {
        var (indexed, others) = sources.Split(path.Index.Id, path.Ranges);
        var byId = plan.Sort == SortMethod.None;
        var after = byId && !request.After.IsEmpty ? EntryRanges.After(request.After) : KeyRange.All;
        var streams = new List<RowStream>(indexed.Count + 1);
        foreach (var (table, index) in indexed) streams.Add(RangeOf(table, index, path, byId));
        streams.Add(ScanRest(others, indexed.Select(pair => pair.Table), after));
        return byId ? new MergedRows(streams) : Ordered(new ConcatenatedRows(streams));
    }

    private IndexRows RangeOf(Sstable table, TableIndex index, AccessPath.IndexRange path, bool byId)
    {
        var rows = table.OpenCursor(sources.Counters);
        IndexResume? resume = null;
        if (byId && !request.After.IsEmpty) resume = new(path.Ranges[0].Low, FirstRowAfter(rows, request.After.Span));
        var entries = new RangeEntries(new(index, sources.Counters), path.Ranges, descending: false, resume);
        var mayRepeat = path.Index.Fields.FansOut && path.Ranges is not [{ IsPoint: true }];
        return new(table, rows, Carried(path.IsCovering, path.Index), [entries], Scope, byId ? new OrderKeys(_sort) : null, key: null, keyAt: 0, mayRepeat);
    }

    private RowStream OpenRows(AccessPath.IndexRows path)
    {
        var (indexed, others) = sources.Split(path.Term);
        var after = _sort.IsById && !request.After.IsEmpty ? request.After : ReadOnlyMemory<byte>.Empty;
        var streams = new List<RowStream>(indexed.Count + 1);
        foreach (var (table, indexes) in indexed)
        {
            var rows = table.OpenCursor(sources.Counters);
            var sets = new RowSets(indexes, meter, sources.Counters);
            streams.Add(new RowSetRows(table, rows, path.Term, sets, Scope, after.IsEmpty ? 0 : FirstRowAfter(rows, after.Span)));
        }

        streams.Add(ScanRest(others, indexed.Select(pair => pair.Table), after.IsEmpty ? KeyRange.All : EntryRanges.After(after)));
        return Ordered(_sort.IsById ? new MergedRows(streams) : new ConcatenatedRows(streams));
    }

    private MergedRows OpenOrder(AccessPath.IndexOrder path)
    {
        var (indexed, others) = sources.Split(path.Index.Id, path.Stretch.Keys);
        var streams = new List<RowStream>(indexed.Count + 1);
        foreach (var (table, index) in indexed) streams.Add(Skipping(OrderOf(table, index, path)));
        streams.Add(Sorted(ScanRest(others, indexed.Select(pair => pair.Table), KeyRange.All), request.Limit is <= HeapMax ? SortMethod.TopK : SortMethod.Full));
        return new(streams);
    }

    private IndexRows OrderOf(Sstable table, TableIndex index, AccessPath.IndexOrder path)
    {
        var rows = table.OpenCursor(sources.Counters);
        IndexResume? resume = null;
        if (!request.After.IsEmpty && path.Sort.Nulls is null)
        {
            var (key, id) = OrderKeys.IndexKeyOf(request.After, path.Sort);
            resume = new((byte[])[.. path.Stretch.Prefix.Span, .. key], FirstRowAfter(rows, id.Span));
        }

        var segments = new List<RangeEntries>();
        foreach (var ranges in Segments(path)) segments.Add(new(new(index, sources.Counters), path.Stretch.Under(ranges), path.Sort.Descending, resume));
        return new(table, rows, Carried(path.IsCovering, path.Index), segments, Scope, new OrderKeys(_sort), path.Sort.Keys[0], path.Stretch.Prefix.Length, mayRepeat: false);
    }

    /// <summary>Null and missing lie below all else in an index; a sort that wants them at the other end reads two stretches.</summary>
    private static IEnumerable<KeyRange[]> Segments(AccessPath.IndexOrder path)
    {
        if (path.Sort.Nulls is not { } nulls) return [path.Stretch.Ranges];
        var nothing = KeyRanges.Intersect(path.Stretch.Ranges, [KeyClasses.Nothing]);
        var something = KeyRanges.Intersect(path.Stretch.Ranges, [KeyClasses.Something]);
        return nulls == NullsOrder.First ? [nothing, something] : [something, nothing];
    }

    private CarriedCursor? Carried(bool isCovering, IndexDefinition index) => isCovering ? new(sources.Collection, index.Fields) : null;

    private IndexRowsScope Scope => new(sources.At, filter, meter, _newer);

    /// <summary>The first row of the table whose id comes after the one given.</summary>
    private uint FirstRowAfter(TableCursor rows, ReadOnlySpan<byte> idKey)
    {
        var key = EntryRanges.Join(EntryKey.Prefix(sources.Collection), idKey);
        var found = rows.Seek(key);
        while (found && rows.Key.SequenceEqual(key)) found = rows.MoveNext();
        return found ? rows.RowId.Value : uint.MaxValue;
    }

    private RowStream Skipping(RowStream rows) => request.After.IsEmpty ? rows : new RowsAfter(rows, request.After);

    private IReadOnlyList<DocumentId> IdsAfter(IReadOnlyList<DocumentId> ids)
    {
        if (request.After.IsEmpty || !_sort.IsById) return ids;
        var last = DocumentId.ReadKey(request.After.Span);
        return [.. ids.Where(id => id > last)];
    }

    private RowStream Ordered(RowStream rows) => Sorted(rows, plan.Sort == SortMethod.TopK && request.Limit > HeapMax ? SortMethod.Full : plan.Sort);

    private RowStream Sorted(RowStream rows, SortMethod method) => method switch
    {
        SortMethod.TopK => new TopRows(rows, new(_sort), request.After, request.Limit!.Value),
        SortMethod.Full => new SortedRows(rows, new(_sort), request.After, meter, Refetch),
        _ => rows,
    };

    private EntryHit Refetch(ReadOnlySpan<byte> idKey)
    {
        var key = EntryRanges.Join(EntryKey.Prefix(sources.Collection), idKey);
        var found = PointReader.TryGet(sources.State, sources.At, key, ref sources.Counters.Value, out var hit);
        Invariant.Holds(found);
        return hit;
    }
}
