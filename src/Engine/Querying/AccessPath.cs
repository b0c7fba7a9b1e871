// The ways to reach documents, as a closed list of values. A path never decides what matches, only what is looked at:
// the whole filter is evaluated on every row, or what codes have decided exactly (CodeConditions) and the rest on the row.
// So a wrong choice can cost time and never an answer.

using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>How the documents of a query are reached. The planner decides it; QueryExecutor does it. Whatever the path, every part of the filter is decided for every row.</summary>
internal abstract record AccessPath
{
    /// <summary>Nothing can match.</summary>
    internal sealed record Empty : AccessPath;

    /// <summary>Point reads, in ascending order of id.</summary>
    internal sealed record Point(IReadOnlyList<DocumentId> Ids) : AccessPath;

    /// <summary>The stretch of the primary order between two id keys.</summary>
    internal sealed record IdRange(KeyRange Ids) : AccessPath;

    /// <summary>The rows with an index key in one of the ranges, in any order.</summary>
    /// <param name="IsCovering">What entries carry is enough; no row is gone to.</param>
    internal sealed record IndexRange(IndexDefinition Index, KeyRange[] Ranges, bool IsCovering = false) : AccessPath;

    /// <summary>The rows that indexes give together (or one, with several ranges), by id: gone to in the order in which they lie.</summary>
    internal sealed record IndexRows(IndexTerm Term) : AccessPath;

    /// <summary>The same rows in the order of the index, which is the order asked for.</summary>
    /// <param name="IsCovering">What entries carry is enough; no row is gone to.</param>
    internal sealed record IndexOrder(IndexDefinition Index, IndexStretch Stretch, IndexSort Sort, bool IsCovering = false) : AccessPath;

    /// <summary>The rows whose codes satisfy the filter, as far as codes decide it; in the order of the query where the codes give it.</summary>
    /// <param name="Conditions">Of each part of the outermost `and` what codes decide; null where they do not.</param>
    /// <param name="IsRanked">Codes give the order.</param>
    internal sealed record ColumnScan(IReadOnlyList<CodeCondition?> Conditions, bool IsRanked) : AccessPath;

    /// <summary>Every row of the collection, in ascending order of id.</summary>
    internal sealed record PrimaryScan : AccessPath;

    /// <summary>E.g. <c>index range price</c>; for explain and statistics.</summary>
    public string Name => this switch
    {
        Empty => "empty",
        Point => "point",
        IdRange => "id range",
        IndexRange range => $"index {(range.IsCovering ? "only range" : "range")} {range.Index.Fields.Text}",
        IndexRows rows => $"index rows {rows.Term.Text}",
        IndexOrder order => $"index {(order.IsCovering ? "only order" : "order")} {order.Index.Fields.Text}",
        ColumnScan => "column scan",
        _ => "primary scan",
    };

    /// <summary>The one index that is used; null when there is none, or several.</summary>
    public IndexDefinition? OneIndex => this switch
    {
        IndexRange range => range.Index,
        IndexOrder order => order.Index,
        _ => null,
    };

    public IReadOnlyList<IndexDefinition> UsedIndexes => OneIndex is { } one ? [one] : this is IndexRows rows ? [.. rows.Term.Indexes] : [];
}

/// <summary>What is left to do for the order.</summary>
internal enum SortMethod
{
    /// <summary>The access path gives it.</summary>
    None,

    /// <summary>A heap of the first <c>limit</c>.</summary>
    TopK,

    Full,
}

/// <summary>The decision, and what it was chosen from.</summary>
/// <param name="CostOfScan">Of the cheapest path without an index (QueryCosts).</param>
/// <param name="Explain">What it was chosen from: texts for people, which are made when somebody asks.</param>
internal sealed record QueryPlan(AccessPath Path, SortMethod Sort, double CostOfScan, IReadOnlyList<FieldConstraint> Constraints, Func<IReadOnlyList<PlanCandidate>> Explain)
{
    /// <summary>Of the path; made once.</summary>
    public string Name { get; } = Path.Name;

    public IReadOnlyList<PlanCandidate> Candidates => field ??= Explain();

    /// <summary>How many fields an index would need at its end to give the order; 0 when none can, or it is by id.</summary>
    public int FieldsOfOrder { get; init; }
}

/// <summary>A path that was weighed, or could not be. <paramref name="WhyNot"/> is null for the chosen one.</summary>
/// <param name="Rows">Rows it would examine.</param>
/// <param name="Cost">In rows examined (QueryCosts); infinite when it cannot be taken.</param>
internal sealed record PlanCandidate(string Name, double Rows, double Cost, string? WhyNot);
