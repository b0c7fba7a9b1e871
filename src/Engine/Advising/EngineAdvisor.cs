using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Advising;

/// <summary>Gathers what one engine knows of each collection; decides nothing itself.</summary>
internal static class EngineAdvisor
{
    /// <summary>One report a collection, for a grain that sums those of all partitions.</summary>
    public static IReadOnlyList<LearningReport> Reports(EngineState state, QueryEngine queries)
    {
        var shapes = queries.Statistics.Shapes.ToLookup(shape => shape.Collection);
        var indexes = queries.IndexStatuses(state).ToLookup(index => index.Collection);
        var reports = new List<LearningReport>();
        foreach (var collection in state.Manifest.Collections.Keys.Order())
            reports.Add(new(collection, QueryEngine.RowsOf(state, collection), queries.Statistics.WritesTo(collection), Distinct(shapes[collection]), [.. indexes[collection]]) { Costs = queries.Statistics.Costs, CostSamples = queries.Statistics.Learner.Samples, Hot = queries.Hot.Report(state, collection) });
        return reports;
    }

    /// <summary>Filters of different form may read alike (an `and` of one part): to people and to the advisor they are one shape.</summary>
    private static IReadOnlyList<QueryShapeStatistics> Distinct(IEnumerable<QueryShapeStatistics> shapes)
        => [.. shapes.GroupBy(shape => shape.Shape).Select(alike => alike.Aggregate(static (sum, next) => sum.Plus(next)))];
}
