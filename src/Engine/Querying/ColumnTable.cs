// One table as a column scan sees it: codes select rows, and a selected row is gone to only when it is answered, or when a
// part of the filter is left that codes could not decide. Rows are gone to in the order in which they lie.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>What the tables of one column scan share.</summary>
internal sealed record ColumnScope(ReadPoint At, CompiledFilter Filter, BudgetMeter Meter, IReadOnlyList<CodeCondition?> Conditions, ReadCountersBox Counters);

/// <summary>Selects rows of one table and goes to them. One thread at a time.</summary>
internal sealed class ColumnTable : IDisposable
{
    private readonly ColumnScope _scope;
    private readonly Sstable _table;
    private readonly bool[] _decided;
    private readonly IReadOnlyList<ulong[]> _superseded;
    private ZoneScan? _zones;
    private TableCursor? _cursor;
    private RowLookahead? _lookahead;

    /// <param name="superseded">Bitmaps of rows hidden by what is newer elsewhere.</param>
    public ColumnTable(Sstable table, TableColumns columns, IReadOnlyList<ulong[]> superseded, ColumnScope scope)
    {
        (_table, Columns, _superseded, _scope) = (table, columns, superseded, scope);
        _decided = new bool[scope.Filter.Conjuncts];
        for (var i = 0; i < scope.Conditions.Count; i++) _decided[i] = scope.Conditions[i] is { } condition && condition.IsDecidedBy(columns.Has);
        IsDecided = Array.IndexOf(_decided, false) < 0;
        NeedsRows = columns.HasExpiring || !IsDecided;
    }

    public TableColumns Columns { get; }

    /// <summary>Made when it is first asked for: a limit may be reached in the tables before.</summary>
    public ZoneScan Zones => _zones ??= Scan();

    private bool IsDecided { get; }

    /// <summary>Codes alone do not tell whether a selected row is answered.</summary>
    public bool NeedsRows { get; }

    private TableCursor Rows => _cursor ??= _table.OpenCursor(_scope.Counters);

    /// <summary>Rows will be gone to one after the other; call before each.</summary>
    public void Warm(ReadOnlySpan<uint> rows, int at) => (_lookahead ??= _table.OpenLookahead()).Warm(rows, at, Columns.FirstRow);

    /// <summary>On the row that it went to last.</summary>
    public TableCursor Cursor => _cursor!;

    private EntryView Entry => _cursor!.Entry;

    public ReadOnlySpan<byte> IdKey => EntryKey.IdBytesOf(_cursor!.Key);

    public DocumentVersion Version => _cursor!.Version;

    public Shape Shape => _cursor!.Shape;

    public ReadOnlySpan<byte> Row => _cursor!.Row;

    /// <summary>Counts a zone; false when the query has to end here.</summary>
    public bool Examine(int zone, int passes) => _scope.Meter.ExamineCodes((long)Zones.RowsOf(zone) * passes);

    /// <summary>Writes the mask of the selected rows of a zone; false when there is none.</summary>
    public bool Select(int zone, CodePredicate? bound, Span<ulong> mask)
    {
        _scope.Counters.Value.Zones++;
        if (Zones.Select(zone, bound, mask)) return true;
        _scope.Counters.Value.ZonesWithoutMatch++;
        return false;
    }

    /// <summary>Counts a row that is not gone to yet; false when the query has to end here.</summary>
    public bool Gather() => _scope.Meter.Gather();

    /// <summary>Goes to a row; false when the query has to end here. Whether it is answered says <see cref="IsAnswered"/>.</summary>
    public bool MoveTo(uint row)
    {
        if (!_scope.Meter.Gather()) return false;
        Rows.MoveTo(new(Columns.FirstRow + row));
        return true;
    }

    /// <summary>The row it is on is there, and satisfies what codes did not decide.</summary>
    public bool IsAnswered()
    {
        var entry = Entry;
        return !_scope.At.IsExpired(entry.ExpiresAt) && _scope.Filter.MatchesRest(entry.Key, entry.Version, entry.Shape, entry.Row, _decided);
    }

    /// <summary>Goes back to a row that was answered before.</summary>
    public void ReturnTo(uint row) => Rows.MoveTo(new(Columns.FirstRow + row));

    /// <summary>The first row whose id comes after the one given.</summary>
    public uint FirstRowAfter(ReadOnlySpan<byte> idKey)
    {
        var key = EntryRanges.Join(EntryKey.Prefix(Columns.Collection), idKey);
        var rows = Rows;
        var found = rows.Seek(key);
        while (found && rows.Key.SequenceEqual(key)) found = rows.MoveNext();
        if (!found) return (uint)Columns.Rows;
        return rows.RowId.Value <= Columns.FirstRow ? 0 : Math.Min(rows.RowId.Value - Columns.FirstRow, (uint)Columns.Rows);
    }

    private ZoneScan Scan()
    {
        var predicates = new CodePredicate?[_decided.Length];
        for (var i = 0; i < predicates.Length; i++)
            if (_decided[i]) predicates[i] = _scope.Conditions[i]!.Over(Columns);
        return new(Columns, predicates, _superseded);
    }

    /// <summary>Tells the filter what was learned of its parts, once.</summary>
    public void Tell()
    {
        if (_zones is null) return;
        if (IsDecided) _scope.Filter.ObserveMatches(_zones.EstimatedMatches);
        for (var i = 0; i < _decided.Length; i++)
            if (_decided[i]) _scope.Filter.ObserveCodes(i, _zones.Sampled, _zones.Passed(i));
        _zones = null;
    }

    public void Dispose()
    {
        Tell();
        _cursor?.Dispose();
    }
}
