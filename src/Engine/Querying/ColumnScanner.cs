// Opens a column scan: of each table with columns the rows its codes select, beside them memtables and tables without
// columns as rows, all of them in the order of the query.
//
//   by id            ColumnRows of each table ─┐
//                    CursorRows of the rest ───┴─ merged by id ──────────────►
//   ranked by codes  RankedRows of the tables ─┐
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
        var tables = Tables().ToList();
        if (Ranked(tables) is { } ranked) return One([.. ranked, .. Rest(KeyRange.All).Select(sorted)]);
        return sorted(new ConcatenatedRows([.. tables.Select(table => new ColumnRows(table)), .. Rest(KeyRange.All)]));
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

    /// <summary>The tables and, beside them, rows of the places that have no columns; all in no order. The caller disposes them.</summary>
    public (IReadOnlyList<ColumnTable> Tables, RowStream[] Others) Parts() => ([.. Tables()], Rest(KeyRange.All));

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

    /// <summary>One stream when the ids of the tables do not overlap, else one of each; null when codes do not give the order.</summary>
    private RankedRows[]? Ranked(List<ColumnTable> tables)
    {
        if (places.AreDisjoint && RanksOf(tables) is { } shared) return [Rows(tables, shared)];
        var streams = new RankedRows[tables.Count];
        for (var i = 0; i < streams.Length; i++)
        {
            List<ColumnTable> alone = [tables[i]];
            if (RanksOf(alone) is not { } ranks) return null;
            streams[i] = Rows(alone, ranks);
        }

        return streams;
    }

    private RankedRows Rows(List<ColumnTable> tables, CodeRanks[] ranks)
    {
        var ranked = new RankedTable[tables.Count];
        var first = 0L;
        for (var i = 0; i < ranked.Length; i++)
        {
            ranked[i] = new(tables[i], ranks[i], ResumeOf(tables[i], ranks[i]), checked((uint)first));
            first += tables[i].Columns.Rows;
        }

        return new(ranked, new(_sort), Limit, scope.Meter);
    }

    /// <summary>The ranks of each table, comparable with each other; null when codes do not give them.</summary>
    private CodeRanks[]? RanksOf(List<ColumnTable> tables)
    {
        var columns = tables.Select(_ => new RankedColumn[_sort.Keys.Count]).ToArray();
        for (var i = 0; i < _sort.Keys.Count; i++)
        {
            var key = _sort.Keys[i];
            if (CodeConditions.FieldOf(key.Field) is not { } field || !tables.TrueForAll(table => table.Columns.Has(field))) return null;
            if (SharedCodes.Of([.. tables.Select(table => table.Columns.Find(field)!)]) is not { } shared) return null;
            for (var t = 0; t < tables.Count; t++) columns[t][i] = new(tables[t].Columns.Find(field)!, shared.Keys, shared.MapOf(t), key.Descending, ShiftOf(shared.Keys, key));
        }

        var ranks = new CodeRanks[tables.Count];
        for (var t = 0; t < ranks.Length; t++)
        {
            if (CodeRanks.Of(columns[t]) is not { } of) return null;
            ranks[t] = of;
        }

        return ranks;
    }

    /// <summary>Missing and null have the lowest codes; a sort that wants them at the other end turns the circle by as many.</summary>
    private static uint ShiftOf(CodeKeys keys, SortKey key)
    {
        if (key.Nulls is not { } nulls || (nulls == NullsOrder.Last) == key.Descending) return 0;
        var nothing = keys.LowerBound(KeyClasses.Something.Low.Span);
        return (key.Descending ? nothing : keys.Count - nothing) % keys.Count;
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
