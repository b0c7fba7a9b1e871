// Opens a column scan: of each table with columns the rows its codes select, beside them memtables and tables without
// columns as rows, all of them in the order of the query.
//
//   by id            ColumnRows of each table ─┐
//                    CursorRows of the rest ───┴─ merged by id ──────────────►
//   ranked by codes  RankedRows of each table ─┐
//                    CursorRows, sorted ───────┴─ merged by order key ───────►
//   otherwise        all of them, one after the other ───────► [top k | sort] ─►

using IngoDB.Engine.Columns;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Scanning;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Streams of one column scan.</summary>
/// <param name="hidden">Of each table the bitmaps of rows that something newer hides.</param>
/// <param name="rest">Rows of the places that have no columns, from an id on; null when there are none.</param>
/// <param name="sorted">Sorts a stream of rows.</param>
internal sealed class ColumnScanner(ColumnPlaces places, IReadOnlyList<IReadOnlyList<ulong[]>> hidden, ScanRequest request, ColumnScope scope, Func<KeyRange, RowStream?> rest, Func<RowStream, RowStream> sorted)
{
    // Beyond it keeping the best costs more than sorting all.
    private const int TopMax = 20_000;

    private readonly ScanSort _sort = ScanSort.Of(request.Sort);

    public RowStream Open(SortMethod sort)
    {
        if (sort == SortMethod.None) return One([.. Tables().Select(ById), .. Rest(After)]);
        var ranked = Tables().Select(table => (Table: table, Ranks: RanksOf(table.Columns))).ToList();
        if (ranked.TrueForAll(table => table.Ranks is not null))
            return One([.. ranked.Select(pair => new RankedRows(pair.Table, pair.Ranks!, new(_sort), Limit, ResumeOf(pair.Table, pair.Ranks!), scope.Meter)), .. Rest(KeyRange.All).Select(sorted)]);
        return sorted(new ConcatenatedRows([.. ranked.Select(pair => new ColumnRows(pair.Table)), .. Rest(KeyRange.All)]));
    }

    /// <summary>How many rows match; rows that codes decide are not even gone to.</summary>
    public long Count()
    {
        var count = 0L;
        foreach (var table in Tables())
        {
            using var rows = new ColumnRows(table);
            count += table.NeedsRows ? CountOf(rows) : rows.Count();
        }

        foreach (var others in Rest(KeyRange.All))
        {
            using var rows = others;
            count += CountOf(rows);
        }

        return count;
    }

    private int? Limit => request.Limit is <= TopMax and var limit ? limit : null;

    private KeyRange After => request.After.IsEmpty || !_sort.IsById ? KeyRange.All : EntryRanges.After(request.After);

    private IEnumerable<ColumnTable> Tables() => places.Tables.Select((place, i) => new ColumnTable(place.Table, place.Columns, hidden[i], scope));

    private RowStream[] Rest(KeyRange ids) => rest(ids) is { } stream ? [stream] : [];

    private ColumnRows ById(ColumnTable table) => new(table, request.After.IsEmpty || !_sort.IsById ? 0 : table.FirstRowAfter(request.After.Span));

    private static RowStream One(RowStream[] streams) => streams is [var only] ? only : new MergedRows(streams);

    private static long CountOf(RowStream rows)
    {
        var count = 0L;
        while (rows.MoveNext()) count++;
        return count;
    }

    private CodeRanks? RanksOf(TableColumns columns)
    {
        var ranked = new RankedColumn[_sort.Keys.Count];
        for (var i = 0; i < ranked.Length; i++)
        {
            if (CodeConditions.FieldOf(_sort.Keys[i].Field) is not { } field || columns.Find(field) is not { } column) return null;
            ranked[i] = new(column, _sort.Keys[i].Descending, ShiftOf(column, _sort.Keys[i]));
        }

        return CodeRanks.Of(ranked);
    }

    /// <summary>Missing and null have the lowest codes; a sort that wants them at the other end turns the circle by as many.</summary>
    private static uint ShiftOf(CodeColumn column, SortKey key)
    {
        if (key.Nulls is not { } nulls || (nulls == NullsOrder.Last) == key.Descending) return 0;
        var nothing = column.LowerBound(KeyClasses.Something.Low.Span);
        return (key.Descending ? nothing : column.CodeCount - nothing) % column.CodeCount;
    }

    /// <summary>Where the last page ended in the ranks of this table: the first rank that is not wholly before it, by bisection.</summary>
    private RankResume ResumeOf(ColumnTable table, CodeRanks ranks)
    {
        if (request.After.IsEmpty) return default;
        var keys = new OrderKeys(_sort);
        uint low = 0, high = ranks.Count;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (keys.Compare(ranks, middle, request.After.Span) < 0) low = middle + 1;
            else high = middle;
        }

        if (low == ranks.Count || keys.Compare(ranks, low, request.After.Span) > 0) return new(low, 0);
        return new(low, table.FirstRowAfter(keys.IdAfterSortKeys(request.After.Span)));
    }
}
