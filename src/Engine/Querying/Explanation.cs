// Says what was done and why, as data: the path taken, everything it was weighed against, why there is no index,
// the measured work, and what the advisor would have to see before it builds one. It reads the planner's own decision,
// so it cannot tell another story than what happens.

using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A plan as a document.</summary>
internal static class Explanation
{
    public static Document Of(QueryShape shape, ScanRequest request, QueryPlan plan, PlannerInput input, QueryShapeStatistics? history, QueryWork? measured)
    {
        var explained = new DocumentBuilder()
            .Add("shape", shape.Text())
            .Add("access", plan.Path.Name)
            .Add("sort", plan.Sort switch { SortMethod.None => "none: the access path is in order", SortMethod.TopK => $"top {request.Limit}", _ => "full" })
            .Add("rows", input.Rows)
            .Add("estimated", Estimate(plan))
            .Add("considered", Value.From(plan.Candidates.Select(Candidate).ToArray()));
        if (WhyNoIndex(plan) is { } why) explained.Add("noIndexBecause", why);
        if (measured is { } work) explained.Add("measured", Measured(work));
        if (history is not null) explained.Add("history", History(history));
        explained.Add("learning", Value.From(Learning(input, history).ToArray()));
        return explained.Build();
    }

    private static Value Estimate(QueryPlan plan)
    {
        foreach (var candidate in plan.Candidates)
            if (candidate.WhyNot is null) return Document.Of(("documentsExamined", Rounded(candidate.Rows)), ("cost", Rounded(candidate.Cost)));
        return Document.Empty;
    }

    private static Value Candidate(PlanCandidate candidate)
    {
        var fields = new DocumentBuilder().Add("access", candidate.Name);
        if (double.IsFinite(candidate.Cost)) fields.Add("documentsExamined", Rounded(candidate.Rows)).Add("cost", Rounded(candidate.Cost));
        return fields.Add(candidate.WhyNot is null ? "chosen" : "whyNot", candidate.WhyNot is null ? true : candidate.WhyNot).Build();
    }

    private static string? WhyNoIndex(QueryPlan plan)
    {
        if (plan.Path is not (AccessPath.PrimaryScan or AccessPath.ColumnScan)) return null;
        var reasons = plan.Candidates.Where(candidate => candidate.WhyNot is not null).Select(candidate => candidate.WhyNot!).Distinct().ToList();
        return reasons.Count == 0 ? "nothing was filtered or sorted that an index could help with" : string.Join("; ", reasons);
    }

    private static Value Measured(QueryWork work) => Document.Of(
        ("access", work.AccessPath),
        ("documentsExamined", work.DocumentsExamined),
        ("documentsReturned", work.DocumentsReturned),
        ("blocksDecoded", work.BlocksDecoded),
        ("bytesRead", work.BytesRead),
        ("filterProbes", work.FilterProbes),
        ("zones", work.Zones),
        ("zonesWithoutMatch", work.ZonesWithoutMatch));

    private static Value History(QueryShapeStatistics history) => Document.Of(
        ("executions", history.Executions),
        ("documentsExamined", history.DocumentsExamined),
        ("documentsReturned", history.DocumentsReturned),
        ("milliseconds", history.Time.TotalMilliseconds),
        ("lastAccess", history.LastAccessPath));

    /// <summary>For each index that is not there: what it would have saved so far, and how many more such runs make it pay.</summary>
    private static IEnumerable<Value> Learning(PlannerInput input, QueryShapeStatistics? history)
    {
        var price = input.Costs.Build(input.Rows);
        foreach (var candidate in history?.Candidates ?? [])
        {
            if (candidate.Runs == 0 || input.Indexes.Any(index => index.Definition.Fields.Text == candidate.Path)) continue;
            var runs = Math.Max(0, (long)Math.Ceiling((price - candidate.Saved) / (candidate.Saved / candidate.Runs)));
            yield return Document.Of(("index", candidate.Path), ("for", candidate.Use), ("savedSoFar", Rounded(candidate.Saved)), ("costOfBuilding", Rounded(price)), ("runsUntilBuilt", runs));
        }
    }

    private static long Rounded(double number) => (long)Math.Round(number);
}
