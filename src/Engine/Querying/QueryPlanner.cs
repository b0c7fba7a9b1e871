// Chooses how to reach the documents of a scan. A pure decision: the request, the indexes with estimates of their
// hits, and the cost of each act come in; the cheapest path and what it was weighed against go out, so that
// explain can say "why none" without a second implementation.
//
//   point         _id is one of a few values
//   id range      _id lies between two values: a piece of the primary order
//   index range   a field lies in ranges of an index (or several fields of a compound one): go to those rows, sort what is left
//   index rows    several indexes together, or one with several ranges: sets of rows, intersected and united
//   index order   the index is in the order asked for: stop at the limit
//   column scan   codes of columns select rows, and sort them; only what is answered is gone to
//   primary scan  everything
//
// Rows that an index does not know yet (memtables, tables that are still to be indexed) are scanned beside it and
// are part of its price, so a half-built index is used exactly when it already pays.

using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

internal static class QueryPlanner
{
    /// <param name="join">A join as a condition on codes, where codes can decide it.</param>
    /// <param name="more">What is known beyond the filter: the values of a join.</param>
    public static QueryPlan Plan(ScanRequest request, PlannerInput input, CodeCondition? join = null, params ReadOnlySpan<FieldConstraint> more)
    {
        var conjuncts = FieldConstraints.Conjuncts(request.Where);
        IReadOnlyList<FieldConstraint> constraints = [.. FieldConstraints.Of(conjuncts), .. more];
        if (CannotMatch(conjuncts, constraints)) return new(new AccessPath.Empty(), SortMethod.None, 0, constraints, static () => [new("empty", 0, 0, null)]);

        var scope = new PlanScope(request, input, conjuncts, constraints, join);
        var options = new List<PlanOption> { scope.PrimaryScan() };
        AddIdPaths(scope, options);
        if (scope.ColumnScan() is { } columns) options.Add(columns);
        foreach (var index in input.Indexes) AddIndexPaths(scope, index, options);
        if (scope.IndexRows() is { } rows) options.Add(rows);

        var (chosen, costOfScan) = (options[0], options[0].Cost);
        foreach (var option in options)
        {
            if (option.Cost < chosen.Cost) chosen = option;
            if (option.Path is AccessPath.ColumnScan) costOfScan = Math.Min(costOfScan, option.Cost);
        }

        return new(chosen.Path, chosen.Sort, costOfScan, constraints, () => Explain(scope, options, chosen)) { FieldsOfOrder = scope.Order?.Keys.Count ?? 0 };
    }

    private static bool CannotMatch(IReadOnlyList<Filter> conjuncts, IReadOnlyList<FieldConstraint> constraints)
    {
        foreach (var conjunct in conjuncts)
            if (conjunct is OrFilter { Args.Count: 0 }) return true;
        foreach (var constraint in constraints)
            if (constraint.Count == 0 || (constraint.Path.IsId && IdRanges.Of(constraint.Ranges).Length == 0)) return true;
        return false;
    }

    private static void AddIdPaths(PlanScope scope, List<PlanOption> options)
    {
        foreach (var constraint in scope.Constraints)
        {
            if (!constraint.Path.IsId) continue;
            var ranges = IdRanges.Of(constraint.Ranges);
            options.Add(ranges.All(range => range.IsPoint) ? scope.Point(IdRanges.Ids(ranges)) : scope.IdRange(IdRanges.Hull(ranges)));
        }
    }

    private static void AddIndexPaths(PlanScope scope, IndexOption index, List<PlanOption> options)
    {
        var fields = index.Definition.Fields;
        if (!fields.IsCompound)
        {
            foreach (var constraint in scope.Constraints)
                if (constraint.IsServedBy(fields.First)) options.Add(scope.IndexRange(index, constraint.Ranges));
        }
        else if (IndexUse.RangesOf(fields, scope.Constraints) is { } ranges)
        {
            options.Add(scope.IndexRange(index, ranges));
        }

        if (scope.Order is { } order && IndexUse.OrderOf(fields, scope.Constraints, order) is { } stretch) options.Add(scope.IndexOrder(index, stretch, order));
    }

    private static List<PlanCandidate> Explain(PlanScope scope, List<PlanOption> options, PlanOption chosen)
    {
        var candidates = new List<PlanCandidate>();
        foreach (var option in options)
            candidates.Add(new(option.Path.Name, option.Rows, option.Cost, ReferenceEquals(option, chosen) ? null : WhyDearer(option, chosen)));
        candidates.AddRange(scope.Impossible());
        return candidates;
    }

    private static string WhyDearer(PlanOption option, PlanOption chosen)
        => FormattableString.Invariant($"costs {option.Cost:N0}, {chosen.Path.Name} {chosen.Cost:N0}");
}
