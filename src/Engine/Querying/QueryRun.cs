// One execution with all that is known about it, so that its end can be told to the statistics: what it cost, and
// what each index that is not there would have made of it. The estimates use the same costs as the planner, so
// what is promised here is what it will choose later.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A plan under way. One thread at a time.</summary>
internal sealed class QueryRun(QueryShape shape, QueryPlan plan, PlannerInput input, CompiledFilter filter, JoinNode? join, BudgetMeter meter, ReadCountersBox counters, int? limit)
{
    public QueryPlan Plan => plan;

    public BudgetMeter Meter => meter;

    public CompiledFilter Filter => filter;

    public QueryWork Work(long returned)
        => new(meter.Examined, returned, counters.Value.BlocksDecoded, counters.Value.BytesRead, counters.Value.FilterProbes, plan.Name) { Cost = Cost, Zones = counters.Value.Zones, ZonesWithoutMatch = counters.Value.ZonesWithoutMatch };

    public void Record(QueryStatistics statistics, HotFields hot, long returned)
    {
        var counted = statistics.For(shape.Hash(), (shape, plan), static query => query.shape.Describe(query.plan.Constraints));
        var candidates = counted.Description.Candidates;
        statistics.Tree.CountScanned(Scanned);
        var cost = Cost;
        // Whatever it is, an index has to be searched once: what costs less than that could save nothing.
        Span<double> savings = stackalloc double[cost > Costs.Seek ? Math.Min(candidates.Length, 32) : 0];
        for (var i = 0; i < savings.Length; i++) savings[i] = cost - CostWith(candidates[i]);
        var (timeWeight, elapsed, now) = (counted.TimeWeight(cost), TimeSpan.Zero, meter.Began);
        if (timeWeight > 0) elapsed = meter.ElapsedBy(out now);
        var (one, several) = (plan.Path.OneIndex, plan.Path is AccessPath.IndexRows ? plan.Path.UsedIndexes : null);
        var isIndexed = one is not null || several is not null;
        var beside = Math.Min(Scanned, input.RowsInMemory);
        counted.Record(new(meter.Examined, returned, counters.Value.BlocksDecoded, counters.Value.BytesRead, elapsed, plan.Name) { Timestamp = now, TimeWeight = timeWeight, Cost = cost, Judged = isIndexed ? cost - (beside * Costs.RowExamined) : cost, Matched = filter.Matched, Fetched = meter.Fetched }, savings);
        if (cost >= CostLearner.CostMin && meter.StoppedBy is null && returned <= ReturnedWithoutPauseMax) statistics.Learner.Observe(SharesBy(statistics.Learner.Given), elapsed);
        if (cost >= HotCostMin || one is { Fields.IsPartial: true } || several is not null) NoteHot(hot, cost, isIndexed);
        if (cost >= HotCostMin && !isIndexed && input.Columns is { } columns && statistics.Wanted.Listens) NoteColumns(statistics.Wanted, columns);
        if (one is not null) statistics.RecordIndexUse(one.Id.Value, one.Collection, one.Fields.Text, plan.CostOfScan - cost);
        // What indexes save together is shared by them: each is needed.
        for (var i = 0; i < several?.Count; i++) statistics.RecordIndexUse(several[i].Collection, several[i].Fields.Text, (plan.CostOfScan - cost) / several.Count);
        if (beside > 0 && (isIndexed || plan.Path is AccessPath.ColumnScan)) statistics.RecordScanBesideTables(beside);
        statistics.Spent?.Invoke(cost);
    }

    /// <summary>Below it a question is cheap without any index that it could have.</summary>
    private const double HotCostMin = 1_000;

    private void NoteHot(HotFields hot, double cost, bool isIndexed)
    {
        for (var i = 0; i < plan.Constraints.Count; i++)
        {
            var constraint = plan.Constraints[i];
            if (constraint.Operator == "join" || constraint.Path.IsId || constraint.Path.IsVersion || constraint.Path.StartsAtElement || hot.Of(shape.Collection, constraint.IndexPath) is not { } keys) continue;
            keys.Note(constraint.Ranges);
            if (!isIndexed && input.Indexes.Any(index => index.Definition.Fields is { IsPartial: true } fields && fields.BaseText == constraint.IndexPath)) keys.Missed(cost);
        }
    }

    /// <summary>Fields that rows were read for, or would have been without their columns. What an index would answer better is decided apart from this, by the same evidence.</summary>
    private void NoteColumns(WantedColumns wanted, ColumnOption columns)
    {
        foreach (var constraint in plan.Constraints) Note(constraint.Path);
        foreach (var key in shape.Sort) Note(key.Field);
        if (shape.IsGrouped)
            foreach (var path in shape.Select ?? []) Note(path.WithoutFanOut);

        void Note(FieldPath path)
        {
            if (ColumnName.Of(path) is not { } column) return;
            var isDecided = columns.RowsLacking?.Invoke(column) is null or 0;
            wanted.Note(shape.Collection, path, isDecided ? input.Rows : Scanned, isDecided, input.Rows);
        }
    }

    /// <summary>Whoever takes more rows than this may have paused between them, and the time says nothing.</summary>
    private const long ReturnedWithoutPauseMax = 100;

    private QueryCosts Costs => input.Costs;

    /// <summary>Rows that were stepped to.</summary>
    private long Scanned => meter.Examined - meter.Fetched - meter.Gathered - meter.Covered;

    private CostShares SharesBy(QueryCosts given)
        => CostShares.Of(given, Scanned + meter.Covered, meter.Fetched, meter.Gathered, meter.Codes, meter.Entries, SortCost / Costs.RowSorted, counters.Value.BlocksDecoded);

    /// <summary>What this execution did.</summary>
    private double Cost => (Scanned * Costs.RowExamined) + (meter.Covered * Costs.RowCovered) + (meter.Fetched * Costs.RowFetched) + (meter.Gathered * Costs.RowGathered) + (meter.Codes * Costs.CodeExamined) + (meter.Entries * Costs.EntryRead) + SortCost;

    private double SortCost => plan.Sort switch
    {
        SortMethod.None => 0,
        _ when plan.Path is AccessPath.ColumnScan { IsRanked: true } => meter.Gathered * Costs.CodeSorted,
        SortMethod.TopK => filter.Matched * Costs.RowSorted * PlanScope.TopKShareOfSort,
        _ => filter.Matched * Costs.RowSorted,
    };

    private double CostWith(ShapeCandidate candidate) => candidate.Use switch
    {
        "sort" => CostInOrderOf(candidate.Fields!.First),
        "join" => CostOfJoin(candidate.Path),
        "or" => CostOfUnion(candidate.Path),
        "compound" => CostThrough(candidate.Fields!, Costs.RowFetched),
        "covering" => CostCovered(candidate.Fields!),
        _ => CostThrough(candidate.Path),
    };

    /// <summary>A filter index: the rows that its part of the filter lets through, and the same sort.</summary>
    private double CostThrough(string path)
    {
        for (var i = 0; i < plan.Constraints.Count; i++)
        {
            var constraint = plan.Constraints[i];
            if (constraint.IndexPath != path) continue;
            if (filter.PassFraction(constraint.Conjunct) is not { } fraction) break;
            return (RowsToGoThrough * fraction * Costs.RowFetched) + SortCost + (constraint.Count * Costs.Seek);
        }

        return double.PositiveInfinity;
    }

    /// <summary>An `or` over several fields: the rows that it lets through. What they save together is shared by the indexes that it needs.</summary>
    private double CostOfUnion(string path)
    {
        var conjuncts = FieldConstraints.Conjuncts(shape.Where);
        for (var i = 0; i < conjuncts.Count && plan.Path is not AccessPath.IndexRows; i++)
        {
            if (FieldConstraints.UnionPaths(conjuncts[i]) is not { } needed || !needed.Contains(path) || filter.PassFraction(i) is not { } fraction) continue;
            var together = (RowsToGoThrough * fraction * (Costs.RowFetched + Costs.EntryRead)) + (needed.Count * Costs.Seek) + SortCost;
            return Cost - ((Cost - together) / needed.Count);
        }

        return double.PositiveInfinity;
    }

    /// <summary>A compound index: the rows that its parts of the filter let through together; in the order of its last field if that is asked for.</summary>
    /// <param name="costOfRow">Gone to, or read from its entry.</param>
    private double CostThrough(IndexFields fields, double costOfRow)
    {
        var rows = (double)input.Rows;
        // Its candidates end with all fields of an order, if it is one that an index gives (QueryShape).
        var sorted = plan.Sort != SortMethod.None ? plan.FieldsOfOrder : 0;
        for (var i = 0; i < fields.Paths.Length; i++)
        {
            if (ConstraintOn(fields.Paths[i]) is { } constraint && filter.PassFraction(constraint.Conjunct) is { } fraction) rows *= fraction;
            else if (i < fields.Paths.Length - sorted) return double.PositiveInfinity;
        }

        if (sorted > 0 && limit is { } first && filter.Matched > first) rows *= (double)first / filter.Matched;
        return (rows * costOfRow) + Costs.Seek + (sorted > 0 ? 0 : SortCost);
    }

    /// <summary>The same with what is looked at in its entries; beside the index over these fields that is there already, the rows that were gone to.</summary>
    private double CostCovered(IndexFields fields)
        => plan.Path is AccessPath.IndexRange or AccessPath.IndexOrder && plan.Path.OneIndex!.Fields.BaseText == fields.BaseText
            ? Cost - (meter.Fetched * (Costs.RowFetched - Costs.RowCovered))
            : CostThrough(fields, Costs.RowCovered);

    private FieldConstraint? ConstraintOn(FieldPath path)
    {
        for (var i = 0; i < plan.Constraints.Count; i++)
            if (plan.Constraints[i] is { OnElements: false } constraint && constraint.Path.Equals(path)) return constraint;
        return null;
    }

    /// <summary>An index in the order asked for: until the limit, no sort. A range on the same field narrows it.</summary>
    private double CostInOrderOf(FieldPath path)
    {
        if (plan.Sort == SortMethod.None) return double.PositiveInfinity;
        var rows = (double)input.Rows;
        if (ConstraintOn(path) is { } constraint && filter.PassFraction(constraint.Conjunct) is { } fraction) rows *= fraction;
        if (limit is { } first && filter.Matched > first) rows *= (double)first / filter.Matched;
        return (rows * Costs.RowFetched) + Costs.Seek;
    }

    /// <summary>An index on the target of a join: one search a value, and the rows found. It fans out exactly if arrays were seen.</summary>
    private double CostOfJoin(string path)
    {
        if (join is null || path.EndsWith("[]", StringComparison.Ordinal) != join.SawArrays) return double.PositiveInfinity;
        for (var i = 0; i < plan.Constraints.Count; i++)
            if (plan.Constraints[i] is { Operator: "join", OnElements: true } constraint) return (constraint.Count * Costs.Seek) + (filter.Matched * Costs.RowFetched);
        return double.PositiveInfinity;
    }

    /// <summary>Rows that a filter index would have to answer for: those examined, or all when another index was used already.</summary>
    private double RowsToGoThrough => plan.Path is not (AccessPath.IndexRange or AccessPath.IndexOrder or AccessPath.IndexRows or AccessPath.ColumnScan) ? meter.Examined : input.Rows;
}
