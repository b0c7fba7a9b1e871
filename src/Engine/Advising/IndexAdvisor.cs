// Build an index at the first run at which the work it would have saved so far would have paid for building it.
// That is ski rental: whoever buys when the rent paid equals the price never pays more than twice the best that
// hindsight could have done. The same rule the other way round drops an index: when the upkeep that no saving
// has paid back reaches the price of building it again. Because each side waits for real work before it moves, a
// workload that alternates cannot make it thrash: every change is paid for by the queries that asked for it.
//
// A shape that several indexes could serve speaks for one of them only, the one that saves most over all shapes;
// once that is built its evidence is used up (QueryStatistics), and what remains to be saved is counted anew
// against the better plan. Constants are not part of a shape, so a thousand tenants make one index, not a thousand.
//
// Pure: one engine asks it about its own statistics, CollectionGrain about the sum over all partitions.

using System.Globalization;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Advising;

/// <summary>Decides which indexes a collection should have. Someone else builds them.</summary>
public static class IndexAdvisor
{
    /// <summary>Below this a scan is faster than anything there is to learn.</summary>
    public const long RowsMin = 1_000;

    /// <summary>So that upkeep stays bounded whatever is asked.</summary>
    public const int IndexesMax = 16;

    public static IReadOnlyList<IndexAdvice> Advise(LearningReport report, QueryCosts? costs = null)
    {
        costs ??= QueryCosts.Default;
        var advice = new List<IndexAdvice>();
        if (report.Rows >= RowsMin) AddBuilds(report, costs, advice);
        AddDrops(report, costs, advice);
        return advice;
    }

    private static void AddBuilds(LearningReport report, QueryCosts costs, List<IndexAdvice> advice)
    {
        var price = costs.Build(report.Rows);
        var open = new List<QueryShapeStatistics>(report.Shapes);
        while (report.Indexes.Count + advice.Count < IndexesMax)
        {
            if (Best(open, report.Indexes) is not { } best || best.Saved < price) return;
            advice.Add(new IndexAdvice.Build(report.Collection, best.Path, BuildCause(best, open, price)));
            open.RemoveAll(shape => shape.Candidates.Any(candidate => candidate.Path == best.Path && candidate.Saved > 0));
        }
    }

    private static void AddDrops(LearningReport report, QueryCosts costs, List<IndexAdvice> advice)
    {
        foreach (var index in report.Indexes)
        {
            // The regret of an index is at least that of building an index over a small collection.
            var price = costs.Build(Math.Max(report.Rows, RowsMin));
            if (index.Regret < price) continue;
            advice.Add(new IndexAdvice.Drop(report.Collection, index.Path, string.Create(CultureInfo.InvariantCulture,
                $"{index.Uses:N0} uses saved {index.Saved:N0} row reads, but upkeep of {index.Regret:N0} since then was not paid back; building it again would cost {price:N0}")));
        }
    }

    private static (string Path, double Saved)? Best(List<QueryShapeStatistics> shapes, IReadOnlyList<IndexStatus> indexes)
    {
        var sums = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var shape in shapes)
            foreach (var candidate in shape.Candidates)
                if (!Exists(indexes, candidate.Path)) sums[candidate.Path] = sums.GetValueOrDefault(candidate.Path) + candidate.Saved;

        (string Path, double Saved)? best = null;
        foreach (var (path, saved) in sums)
            if (best is null || saved > best.Value.Saved) best = (path, saved);
        return best;
    }

    private static bool Exists(IReadOnlyList<IndexStatus> indexes, string path)
    {
        foreach (var index in indexes)
            if (index.Path == path) return true;
        return false;
    }

    private static string BuildCause((string Path, double Saved) best, List<QueryShapeStatistics> shapes, double price)
    {
        var (shape, candidate) = (from s in shapes from c in s.Candidates where c.Path == best.Path orderby c.Saved descending select (s, c)).First();
        var examined = shape.DocumentsExamined / Math.Max(1, shape.Executions);
        var returned = shape.DocumentsReturned / Math.Max(1, shape.Executions);
        return string.Create(CultureInfo.InvariantCulture,
            $"{candidate.Runs:N0} runs of \"{shape.Shape}\" (on average {examined:N0} examined to return {returned:N0}): the index would have saved {best.Saved:N0} row reads, building it costs {price:N0}");
    }
}
