// A learned design as a file that people review, keep beside their code, and apply to another cluster: per collection its
// indexes with their causes, and the rules. Statistics stay behind; what is applied has to prove itself like anything
// else, unless it is pinned.
//
//   { "format": 1, "collections": [ { "name": "movies", "learning": "on", "bans": ["plot"], "indexes": [
//       { "path": "cast[]", "cause": "12 runs of ...", "pinned": true } ] } ] }

using System.Text.Json;
using System.Text.Json.Serialization;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Advising;

/// <summary>What was learned and what was ordered, without the evidence.</summary>
public sealed record LearnedDesign(IReadOnlyList<CollectionDesign> Collections)
{
    public const int FormatVersion = 1;

    private const string Example = """{"format": 1, "collections": [{"name": "movies", "indexes": [{"path": "year"}]}]}""";

    private static readonly LearnerJson s_indented = new(new(LearnerJson.Default.Options) { WriteIndented = true });

    /// <summary>0 where a file written by hand does not say it.</summary>
    public int Format { get; init; } = FormatVersion;

    public string ToJson() => JsonSerializer.Serialize(this, s_indented.LearnedDesign);

    /// <exception cref="InvalidRequestException"><c>learning.bad_design</c>: says where.</exception>
    public static LearnedDesign Parse(string json)
    {
        LearnedDesign? design;
        try
        {
            design = JsonSerializer.Deserialize(json, LearnerJson.Default.LearnedDesign);
        }
        catch (JsonException e)
        {
            throw new InvalidRequestException("learning.bad_design", $"This is not a learned design: {e.Message}", e.Path ?? "", example: Example);
        }

        if (design?.Collections is null) throw new InvalidRequestException("learning.bad_design", "A learned design has collections.", "/collections", example: Example);
        if (design.Format is not (0 or FormatVersion)) throw new UnsupportedFormatException("learned design", design.Format, FormatVersion);
        for (var i = 0; i < design.Collections.Count; i++) design.Collections[i].Check($"/collections/{i}");
        return design;
    }
}

/// <summary>Of one collection.</summary>
public sealed record CollectionDesign(string Name, IReadOnlyList<IndexDesign> Indexes)
{
    public LearningSwitch Learning { get; init; }

    public IReadOnlyList<string>? Bans { get; init; }

    public long? BytesMax { get; init; }

    public double? UpkeepShareMax { get; init; }

    public static CollectionDesign Of(string name, LearningRules rules, IEnumerable<IndexDesign> indexes) => new(name, [.. indexes.Select(index => index with { Pinned = rules.Pins.Contains(index.Path) }).OrderBy(index => index.Path, StringComparer.Ordinal)])
    {
        Learning = rules.Learning, Bans = rules.Bans, BytesMax = rules.BytesMax, UpkeepShareMax = rules.UpkeepShareMax,
    };

    /// <summary>The rules that it asks for.</summary>
    [JsonIgnore]
    public LearningRules Rules => new()
    {
        Learning = Learning,
        Bans = Bans ?? [],
        BytesMax = BytesMax,
        UpkeepShareMax = UpkeepShareMax ?? LearningRules.Default.UpkeepShareMax,
        Pins = [.. Indexes.Where(index => index.Pinned).Select(index => index.Path).Order(StringComparer.Ordinal)],
    };

    internal void Check(string pointer)
    {
        if (Name is null || Indexes is null) throw new InvalidRequestException("learning.bad_design", "A collection of a design has a name and indexes.", pointer, example: """{"name": "movies", "indexes": []}""");
        for (var i = 0; i < Indexes.Count; i++)
            if (!IndexFields.TryParse(Indexes[i].Path ?? "", out _)) throw new InvalidRequestException("learning.bad_design", $"'{Indexes[i].Path}' names no fields.", $"{pointer}/indexes/{i}/path", example: "category+price");
        Rules.Check();
    }
}

/// <param name="Cause">Why it was built where it comes from.</param>
public sealed record IndexDesign(string Path, string? Cause = null, bool Pinned = false);
