using System.Text.Json.Serialization;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Statistics;

/// <summary>All that an engine's statistics know, as they are kept over a restart (docs/formats/learning.md).</summary>
/// <param name="At">When it was so.</param>
internal sealed record StatisticsRecord(DateTimeOffset At, IReadOnlyList<ShapeRecord> Shapes, IReadOnlyList<IndexAccountRecord> Indexes, IReadOnlyList<WritesRecord> Writes, CostLearnerState? Costs)
{
    public const int FormatVersion = 2;

    public int Format { get; init; } = FormatVersion;

    /// <summary>Executions and written documents: two records with the same number say the same, but for their age.</summary>
    [JsonIgnore]
    public long Counted => Shapes.Sum(shape => shape.Statistics.Executions) + Writes.Sum(writes => writes.Documents);

    /// <summary>Null in files from before there were any.</summary>
    public IReadOnlyList<WantedColumn>? Wanted { get; init; }

    /// <summary>The steps of W; null in files from before there were any.</summary>
    public IReadOnlyList<ScalingMove>? Scaling { get; init; }
}

/// <param name="Hash">Of the shape, by which queries find it.</param>
internal sealed record ShapeRecord(ulong Hash, QueryShapeStatistics Statistics);

internal sealed record IndexAccountRecord(CollectionId Collection, string Path, IndexAccount Account);

internal sealed record WritesRecord(CollectionId Collection, long Documents);

[JsonSerializable(typeof(StatisticsRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class StatisticsJson : JsonSerializerContext;
