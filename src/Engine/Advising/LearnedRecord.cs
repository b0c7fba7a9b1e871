using System.Text.Json.Serialization;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Advising;

/// <summary>What an engine's advisor remembers, as it is kept over a restart (docs/formats/learning.md).</summary>
internal sealed record LearnedRecord(IReadOnlyList<LearnerRecord> Collections)
{
    public const int FormatVersion = 1;

    public int Format { get; init; } = FormatVersion;
}

internal sealed record LearnerRecord(CollectionId Collection, LearnerState State);

[JsonSerializable(typeof(LearnedRecord))]
[JsonSerializable(typeof(LearnerState))]
[JsonSerializable(typeof(LearnedDesign))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class LearnerJson : JsonSerializerContext;
