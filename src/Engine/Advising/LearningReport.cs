using IngoDB.Engine.Entries;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Advising;

/// <summary>What is known of one collection: by one engine, or the sum over the partitions that hold it.</summary>
/// <param name="Rows">Rows in memtables and tables.</param>
/// <param name="Writes">Documents written since the engine was opened.</param>
public sealed record LearningReport(CollectionId Collection, long Rows, long Writes, IReadOnlyList<QueryShapeStatistics> Shapes, IReadOnlyList<IndexStatus> Indexes)
{
    /// <summary>The same shapes and indexes of several partitions become one; thresholds are then on the whole collection.</summary>
    public static LearningReport Sum(CollectionId collection, IEnumerable<LearningReport> reports)
    {
        long rows = 0, writes = 0;
        var shapes = new Dictionary<string, QueryShapeStatistics>(StringComparer.Ordinal);
        var indexes = new Dictionary<string, IndexStatus>(StringComparer.Ordinal);
        foreach (var report in reports)
        {
            rows += report.Rows;
            writes += report.Writes;
            foreach (var shape in report.Shapes) shapes[shape.Shape] = shapes.TryGetValue(shape.Shape, out var known) ? known.Plus(shape) : shape;
            foreach (var index in report.Indexes) indexes[index.Path] = indexes.TryGetValue(index.Path, out var known) ? known.Plus(index) : index;
        }

        return new(collection, rows, writes, [.. shapes.Values], [.. indexes.Values]);
    }
}
