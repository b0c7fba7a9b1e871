// An aggregate by columns: which rows are selected, which group each is in and what each accumulator gets are all codes, so no row
// is gone to. A zone of 4,096 rows at a time:
//
//   mask of the filter ─► selected rows ─► codes of the `by` columns, as one number ─► group numbers ─► each accumulator's loop
//
// It is exact because a code stands for all values that compare equal, and what is computed depends on values alone. What codes cannot
// tell (`first`, arrays, nested paths, rows that may have expired) is left to RowGroups, table by table.

using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Scanning;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Tells the rows of one table to the groups of one aggregate. One use, one thread.</summary>
internal sealed class CodeGroups
{
    private const ulong DenseCombinationsMax = 1 << 22;
    private const ulong DistinctBitsMax = 1 << 28;

    private readonly ColumnTable _table;
    private readonly CodeColumn[] _by;
    private readonly (CodeColumn? Column, CodeAccumulator Accumulator)[] _computed;
    private readonly GroupCollector _groups;
    private readonly BudgetMeter _meter;
    private readonly CombinationGroups _combinations;
    private readonly uint[] _codes = new uint[CodeColumn.ZoneRows];
    private readonly ulong[] _combination = new ulong[CodeColumn.ZoneRows];
    private readonly int[] _groupOf = new int[CodeColumn.ZoneRows];

    private CodeGroups(AggregateQuery query, ColumnTable table, CodeColumn[] by, GroupCollector groups, BudgetMeter meter, ulong combinations)
    {
        (_table, _by, _groups, _meter) = (table, by, groups, meter);
        _combinations = new(by, groups, isDense: combinations <= DenseCombinationsMax);
        _computed = [.. query.Compute.Select((named, i) => ComputedOf(named.Value, i))];
    }

    /// <summary>Null when codes do not tell all that is asked of this table.</summary>
    public static CodeGroups? Of(AggregateQuery query, ColumnTable table, GroupCollector groups, BudgetMeter meter)
    {
        if (table.NeedsRows || query.Compute.Any(named => !IsToldByCodes(named.Value, table.Columns)) || !query.By.All(path => Has(path, table.Columns))) return null;
        CodeColumn[] by = [.. query.By.Select(path => ColumnOf(path, table.Columns))];
        var combinations = 1UL;
        foreach (var column in by)
        {
            var next = (UInt128)combinations * column.CodeCount;
            if (next > ulong.MaxValue) return null;
            combinations = (ulong)next;
        }

        foreach (var (_, accumulator) in query.Compute)
            if (accumulator.Function == AccumulatorFunction.Distinct && (UInt128)combinations * ColumnOf(accumulator.Field!, table.Columns).CodeCount > DistinctBitsMax) return null;
        return new(query, table, by, groups, meter, combinations);
    }

    /// <summary>False when a budget has ended it.</summary>
    public bool AddAll()
    {
        var buffers = ZoneBuffers.Take();
        try
        {
            var zones = _table.Zones;
            var passes = zones.Passes + _by.Length + _computed.Length;
            for (var zone = 0; zone < zones.Zones; zone++)
            {
                if (!_table.Examine(zone, passes)) break;
                if (!_table.Select(zone, bound: null, buffers.Mask)) continue;
                var count = RowMask.ToRows(buffers.Mask.AsSpan(0, RowMask.Words(zones.RowsOf(zone))), (uint)(zone * CodeColumn.ZoneRows), buffers.Rows);
                if (!AddRows(buffers.Rows.AsSpan(0, count))) break;
            }
        }
        finally
        {
            buffers.GiveBack();
        }

        Flush();
        return _meter.StoppedBy is null;
    }

    private bool AddRows(ReadOnlySpan<uint> rows)
    {
        if (_groups.NeedsRoom())
        {
            Flush();
            _groups.MakeRoom();
            _combinations.Clear();
        }

        var codes = _codes.AsSpan(0, rows.Length);
        var groups = _groupOf.AsSpan(0, rows.Length);
        var known = _groups.Groups;
        Combine(rows, codes);
        _combinations.Find(_combination.AsSpan(0, rows.Length), groups);
        foreach (var (column, accumulator) in _computed)
        {
            if (column is not null) CodeGather.Of(column, rows, codes);
            accumulator.Add(groups, codes);
        }

        return _groups.Groups == known || _meter.Take((_groups.Groups - known) * _combinations.LongestKey);
    }

    /// <summary>The codes of all `by` columns as digits of one number.</summary>
    private void Combine(ReadOnlySpan<uint> rows, Span<uint> codes)
    {
        var combination = _combination.AsSpan(0, rows.Length);
        combination.Clear();
        foreach (var column in _by)
        {
            CodeGather.Of(column, rows, codes);
            for (var i = 0; i < combination.Length; i++) combination[i] = (combination[i] * column.CodeCount) + codes[i];
        }
    }

    private void Flush()
    {
        foreach (var (_, accumulator) in _computed) accumulator.Flush();
    }

    private (CodeColumn?, CodeAccumulator) ComputedOf(Accumulator accumulator, int index)
    {
        var states = _groups.States[index];
        if (accumulator.Field is null) return (null, new CodeCount((CountStates)states, missing: null));
        var column = ColumnOf(accumulator.Field, _table.Columns);
        var missing = column.TryFind(KeyClasses.MissingKey, out var code) ? code : (uint?)null;
        return (column, accumulator.Function switch
        {
            AccumulatorFunction.Count => new CodeCount((CountStates)states, missing),
            AccumulatorFunction.Sum or AccumulatorFunction.Avg => new CodeSum((SumStates)states, CodeNumbers.Of(column)),
            AccumulatorFunction.Distinct => new CodeDistinct(column, missing, (group, key) => _combinations.AddDistinct(group, index, key)),
            var function => new CodeExtreme((ExtremeStates)states, column, function == AccumulatorFunction.Min, column.LowerBound(KeyClasses.Something.Low.Span)),
        });
    }

    private static bool IsToldByCodes(Accumulator accumulator, TableColumns columns)
        => accumulator.Function != AccumulatorFunction.First && (accumulator.Field is null || Has(accumulator.Field, columns));

    /// <summary>No array is in a column, so a path that fans out is the plain one.</summary>
    private static bool Has(FieldPath path, TableColumns columns) => CodeConditions.FieldOf(path.WithoutFanOut) is { } field && columns.Has(field);

    private static CodeColumn ColumnOf(FieldPath path, TableColumns columns) => columns.Find(CodeConditions.FieldOf(path.WithoutFanOut)!)!;
}
