// One planning: the request seen through the estimates. Everything here is arithmetic on rows.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A path with its price.</summary>
internal sealed record PlanOption(AccessPath Path, SortMethod Sort, double Rows, double Cost);

/// <summary>Prices the paths of one request.</summary>
internal sealed class PlanScope
{
    // Where nothing is known of a filter yet: the share of rows that a part of it lets through.
    private const double EqualityFraction = 0.05, RangeFraction = 0.3, OtherFraction = 0.5;

    // Keeping a heap of k costs a comparison for most rows, a move for few.
    internal const double TopKShareOfSort = 0.2;

    private readonly ScanRequest _request;
    private readonly PlannerInput _input;
    private readonly double _matchFraction;
    private readonly ScanSort _sort;
    private readonly IReadOnlyList<Filter> _conjuncts;

    private readonly CodeCondition? _join;
    private readonly TouchedFields _touched;

    public PlanScope(ScanRequest request, PlannerInput input, IReadOnlyList<Filter> conjuncts, IReadOnlyList<FieldConstraint> constraints, CodeCondition? join)
    {
        (_request, _input, _conjuncts, Constraints, _join) = (request, input, conjuncts, constraints, join);
        _sort = ScanSort.Of(request.Sort);
        Order = IndexSort.Of(_sort);
        _touched = TouchedFields.Of(request);
        _matchFraction = Math.Clamp(input.MatchFraction ?? GuessMatchFraction(conjuncts), 1e-6, 1);
    }

    public IReadOnlyList<FieldConstraint> Constraints { get; }

    /// <summary>The order as an index could give it; null when it is by id, or of a form that no index has.</summary>
    public IndexSort? Order { get; }

    private double Matches => _input.Rows * _matchFraction;

    public PlanOption PrimaryScan() => InIdOrder(new AccessPath.PrimaryScan(), _input.Rows, _input.Costs.RowExamined);

    public PlanOption Point(IReadOnlyList<DocumentId> ids) => InIdOrder(new AccessPath.Point(ids), ids.Count, _input.Costs.RowFetched);

    public PlanOption IdRange(KeyRange ids) => InIdOrder(new AccessPath.IdRange(ids), _input.Rows * RangeFraction, _input.Costs.RowExamined);

    public PlanOption IndexRange(IndexOption index, KeyRange[] ranges)
    {
        var hits = (double)index.EstimateEntries(ranges);
        var inIdOrder = _sort.IsById && ranges is [{ IsPoint: true }];
        var fetched = inIdOrder ? UntilLimit(hits, Math.Min(hits, Matches)) : hits;
        var sort = inIdOrder ? SortMethod.None : NeededSort;
        var unindexed = Unindexed(index, ranges);
        var isCovering = _touched.AreCarriedBy(index.Definition.Fields);
        var cost = Fetch(fetched, isCovering) + (unindexed * _input.Costs.RowExamined) + (ranges.Length * _input.Costs.Seek) + SortCost(sort, Math.Min(hits, Matches));
        return new(new AccessPath.IndexRange(index.Definition, ranges, isCovering), sort, fetched + unindexed, cost);
    }

    public PlanOption IndexOrder(IndexOption index, IndexStretch stretch, IndexSort sort)
    {
        var hits = (double)index.EstimateEntries(stretch.Keys);
        var fetched = UntilLimit(hits, Math.Min(hits, Matches));
        var unindexed = Unindexed(index, stretch.Keys);
        var isCovering = _touched.AreCarriedBy(index.Definition.Fields);
        var cost = Fetch(fetched, isCovering) + (unindexed * _input.Costs.RowExamined) + (stretch.Ranges.Length * _input.Costs.Seek);
        return new(new AccessPath.IndexOrder(index.Definition, stretch, sort, isCovering), SortMethod.None, fetched + unindexed, cost);
    }

    /// <summary>Indexes put together, or one with several ranges in the order of ids; null when that is nothing that <see cref="IndexRange"/> is not.</summary>
    public PlanOption? IndexRows()
    {
        if (new IndexTerms(_input).OfAll(_conjuncts, Constraints) is not { } option) return null;
        if (option.Term is IndexTerm.Range { Ranges: var ranges } && !(_sort.IsById && ranges is not [{ IsPoint: true }])) return null;
        var fetched = _sort.IsById ? UntilLimit(option.Rows, Math.Min(option.Rows, Matches)) : option.Rows;
        var sort = _sort.IsById ? SortMethod.None : NeededSort;
        var unindexed = option.Term.Leaves.Max(used => Unindexed(_input.Indexes.First(index => index.Definition == used.Index), used.Ranges));
        var cost = (option.Entries * _input.Costs.EntryRead) + Fetch(fetched, isCovering: false) + (unindexed * _input.Costs.RowExamined) + (option.Seeks * _input.Costs.Seek) + SortCost(sort, Math.Min(option.Rows, Matches));
        return new(new AccessPath.IndexRows(option.Term), sort, fetched + unindexed, cost);
    }

    /// <summary>Null when no column helps: none decides a part of the filter, none gives the order.</summary>
    public PlanOption? ColumnScan()
    {
        if (_input.Columns is not { Rows: > 0 } columns) return null;
        var conditions = new CodeCondition?[_conjuncts.Count + (_join is null ? 0 : 1)];
        var (selected, passes, isDecided) = (1.0, 0, true);
        for (var i = 0; i < conditions.Length; i++)
        {
            conditions[i] = (i == _conjuncts.Count ? _join : CodeConditions.Of(_conjuncts[i])) is { } condition && condition.IsDecidedBy(field => columns.RowsWith(field) > 0) ? condition : null;
            isDecided &= conditions[i] is not null;
            if (conditions[i] is null) continue;
            passes += conditions[i]!.Passes;
            selected *= GuessFraction(i);
        }

        var isRanked = !_sort.IsById && _sort.Keys.All(key => CodeConditions.FieldOf(key.Field) is { } field && columns.RowsWith(field) == columns.Rows);
        if (passes == 0 && !isRanked) return null;
        var matches = columns.Rows * (isDecided ? _matchFraction : Math.Max(selected, _matchFraction));
        var gathered = !isDecided ? matches : isRanked || _sort.IsById ? Math.Min(matches, _request.Limit ?? matches) : matches;
        var (sort, unscanned) = (_sort.IsById ? SortMethod.None : NeededSort, Math.Max(0, _input.Rows - columns.Rows));
        var costOfSort = isRanked ? matches * _input.Costs.CodeSorted : SortCost(sort, Math.Min(matches, Matches));
        var cost = (columns.Rows * (passes + (isRanked ? _sort.Keys.Count : 0)) * _input.Costs.CodeExamined) + (gathered * _input.Costs.RowGathered) + (unscanned * _input.Costs.RowExamined) + costOfSort;
        return new(new AccessPath.ColumnScan(conditions, isRanked), sort, gathered + unscanned, cost);
    }

    /// <summary>Why indexes that one might expect were not even weighed.</summary>
    public IEnumerable<PlanCandidate> Impossible()
    {
        foreach (var constraint in Constraints)
            if (!constraint.Path.IsId && !_input.Indexes.Any(index => Serves(index.Definition.Fields, constraint)))
                yield return Not($"index range {constraint.IndexPath}", $"there is no index on {constraint.IndexPath}");
        var unions = new IndexTerms(_input).WhyNot(_conjuncts, Constraints).Distinct().ToList();
        foreach (var why in unions) yield return Not("index rows", why);
        if (Constraints.Count == 0 && unions.Count == 0 && !_conjuncts.Any(part => part is OrFilter) && _conjuncts.Count > 0)
            yield return Not("index range", "no part of the filter names values that an index could look up");
        if (_sort.IsById) yield break;
        if (Order is not { } order) yield return Not($"index order {_sort.Keys[0].Field.Text}", "an index gives the order of fields that all go the same way, this sort has another form");
        else if (!_input.Indexes.Any(index => IndexUse.OrderOf(index.Definition.Fields, Constraints, order) is not null)) yield return Not($"index order {order.Text}", $"there is no index on {order.Text}");
    }

    private bool Serves(IndexFields fields, FieldConstraint constraint)
        => fields.IsCompound ? !constraint.OnElements && fields.Paths.Contains(constraint.Path) && IndexUse.RangesOf(fields, Constraints) is not null : constraint.IsServedBy(fields.First);

    private static PlanCandidate Not(string name, string why) => new(name, 0, double.PositiveInfinity, why);

    private SortMethod NeededSort => _request.Limit is null ? SortMethod.Full : SortMethod.TopK;

    private PlanOption InIdOrder(AccessPath path, double rows, double costOfRow)
    {
        var sort = _sort.IsById ? SortMethod.None : NeededSort;
        var examined = _sort.IsById ? UntilLimit(rows, rows * _matchFraction) : rows;
        return new(path, sort, examined, (examined * costOfRow) + SortCost(sort, Math.Min(rows, Matches)));
    }

    /// <summary>Rows examined in an order that is asked for, until the limit is reached.</summary>
    private double UntilLimit(double rows, double matches)
        => _request.Limit is { } limit && matches > limit ? rows * limit / matches : rows;

    private double Fetch(double rows, bool isCovering) => rows * (isCovering ? _input.Costs.RowCovered : _input.Costs.RowFetched);

    private double Unindexed(IndexOption index, IReadOnlyList<KeyRange> ranges) => Math.Max(0, _input.Rows - index.RowsIndexedFor(ranges));

    private double SortCost(SortMethod sort, double rows) => sort switch
    {
        SortMethod.None => 0,
        SortMethod.TopK => rows * _input.Costs.RowSorted * TopKShareOfSort,
        _ => rows * _input.Costs.RowSorted,
    };

    private double GuessMatchFraction(IReadOnlyList<Filter> conjuncts)
    {
        var fraction = 1.0;
        for (var i = 0; i < conjuncts.Count; i++) fraction *= GuessFraction(i);
        return fraction;
    }

    private double GuessFraction(int conjunct)
    {
        foreach (var constraint in Constraints)
        {
            if (constraint.Conjunct != conjunct) continue;
            foreach (var index in _input.Indexes)
                if (IndexUse.RangesOf(index.Definition.Fields, constraint) is { } ranges && index.RowsIndexedFor(ranges) is > 0 and var rows)
                    return Math.Min(1, (double)index.EstimateEntries(ranges) / rows);
            return constraint.ArePoints ? Math.Min(OtherFraction, EqualityFraction * constraint.Count) : RangeFraction;
        }

        return OtherFraction;
    }
}
