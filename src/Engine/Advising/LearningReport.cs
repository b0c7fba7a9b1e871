// Everything that deciding about a collection needs, as one value that can be added up: so the same advisor serves one engine, the sum
// of all partitions of a cluster, and a test that makes up its numbers.

using System.Text.Json.Serialization;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Advising;

/// <summary>What is known of one collection: by one engine, or the sum over the partitions that hold it.</summary>
/// <param name="Rows">Rows in memtables and tables.</param>
/// <param name="Writes">Documents written since the engine was opened.</param>
public sealed record LearningReport(CollectionId Collection, long Rows, long Writes, IReadOnlyList<QueryShapeStatistics> Shapes, IReadOnlyList<IndexStatus> Indexes)
{
    /// <summary>What acts of a query cost there, as far as it was measured.</summary>
    public QueryCosts? Costs { get; init; }

    /// <summary>Keys that are asked for again and again; null in reports of older nodes.</summary>
    public IReadOnlyList<HotStretch>? Hot { get; init; }

    /// <summary>Measurements behind <see cref="Costs"/>.</summary>
    public long CostSamples { get; init; }

    [JsonIgnore]
    public QueryCosts CostsOrDefault => Costs ?? QueryCosts.Default;

    /// <summary>The same shapes and indexes of several partitions become one; thresholds are then on the whole collection.</summary>
    public static LearningReport Sum(CollectionId collection, IEnumerable<LearningReport> reports)
    {
        long rows = 0, writes = 0;
        var shapes = new Dictionary<string, QueryShapeStatistics>(StringComparer.Ordinal);
        var indexes = new Dictionary<string, IndexStatus>(StringComparer.Ordinal);
        var hot = new Dictionary<string, (HotStretch Stretch, long Rows)>(StringComparer.Ordinal);
        LearningReport? best = null;
        foreach (var report in reports)
        {
            if (best is null || report.CostSamples > best.CostSamples) best = report;
            rows += report.Rows;
            writes += report.Writes;
            foreach (var shape in report.Shapes) shapes[shape.Shape] = shapes.TryGetValue(shape.Shape, out var known) ? known.Plus(shape) : shape;
            foreach (var stretch in report.Hot ?? []) hot[stretch.Path] = hot.TryGetValue(stretch.Path, out var known) ? (Weighted(known, stretch, report.Rows), known.Rows + report.Rows) : (stretch, report.Rows);
            foreach (var index in report.Indexes) indexes[index.Path] = indexes.TryGetValue(index.Path, out var known) ? known.Plus(index) : index;
        }

        return new(collection, rows, writes, [.. shapes.Values], [.. indexes.Values]) { Costs = best?.Costs, CostSamples = best?.CostSamples ?? 0, Hot = [.. hot.Values.Select(known => known.Stretch)] };
    }

    /// <summary>Every partition is asked every question, and has its own rows.</summary>
    private static HotStretch Weighted((HotStretch Stretch, long Rows) known, HotStretch next, long rows)
    {
        var mine = known.Rows + rows == 0 ? 0 : (double)rows / (known.Rows + rows);
        return new(next.Path, known.Stretch.Share + (mine * (next.Share - known.Stretch.Share)), Math.Min(known.Stretch.HitRate, next.HitRate), Math.Max(known.Stretch.Runs, next.Runs));
    }
}
