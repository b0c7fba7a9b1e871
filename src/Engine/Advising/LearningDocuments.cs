// What was learned, as documents for people and agents. One place, so that an embedded engine, the command line, the client
// and `explain` say the same words.

using System.Globalization;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Advising;

/// <summary>Indexes, patterns, candidates, decisions and rules as data.</summary>
public static class LearningDocuments
{
    /// <summary>Arrays <c>indexes</c>, <c>patterns</c>, <c>candidates</c> and <c>decisions</c>, and <c>rules</c>.</summary>
    public static Document Of(string collection, LearningReport report, LearnerState state, DateTimeOffset now) => Document.Of(
        ("rules", Value.From(OfRules(collection, state.Rules))),
        ("indexes", Value.From([.. report.Indexes.Select(index => Value.From(OfIndex(collection, index, state)))])),
        ("patterns", Value.From([.. report.Shapes.OrderByDescending(shape => shape.DocumentsExamined).Select(shape => Value.From(OfShape(collection, shape)))])),
        ("candidates", Value.From([.. IndexAdvisor.Weigh(report, state, report.CostsOrDefault, now).Select(weight => Value.From(OfCandidate(weight, state).With("collection", collection)))])),
        ("decisions", Value.From([.. state.Decisions.Select(decision => Value.From(OfDecision(collection, decision)))])));

    /// <summary>For a shape that was explained: each index that could serve it and is not there, what it would have saved, when it would be built or why not.</summary>
    public static Value ForShape(string shape, LearningReport report, LearnerState state, DateTimeOffset now)
    {
        var paths = report.Shapes.FirstOrDefault(known => known.Shape == shape)?.Candidates.Where(candidate => candidate.Saved > 0).Select(candidate => candidate.Path).ToHashSet() ?? [];
        return Value.From([.. IndexAdvisor.Weigh(report, state, report.CostsOrDefault, now).Where(weight => paths.Contains(IndexFields.WithoutHot(weight.Path))).Select(weight => Value.From(OfCandidate(weight, state)))]);
    }

    public static Document OfCandidate(IndexCandidateWeight weight, LearnerState state)
    {
        var document = new DocumentBuilder().Add("index", weight.Path).Add("for", weight.Use).Add("runs", weight.Runs)
            .Add("savedSoFar", Rounded(weight.Saved)).Add("upkeep", Rounded(weight.Upkeep)).Add("trust", Math.Round(weight.Trust, 3))
            .Add("costOfBuilding", Rounded(weight.Price)).Add("bytes", weight.Bytes);
        if (weight.RunsUntilBuilt is { } runs && weight.WhyNot is null && state.Rules.Learning == LearningSwitch.On) document.Add("runsUntilBuilt", runs);
        else document.Add("notBuiltBecause", weight.WhyNot ?? state.Rules.Learning switch
        {
            LearningSwitch.Suggest => "learning is on suggest: pin it to have it",
            LearningSwitch.Off => "learning is off",
            _ => "the writes of the same time would cost it more than it would have saved",
        });
        return document.Build();
    }

    public static Document OfDecision(string collection, LearningDecision decision) => Document.Of(
        ("at", decision.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)), ("act", decision.Act), ("collection", collection), ("path", decision.Path), ("cause", decision.Cause),
        ("evidence", Rounded(decision.Evidence)), ("price", Rounded(decision.Price)), ("effect", decision.Effect is { } effect ? effect : Value.Null));

    public static Document OfRules(string collection, LearningRules rules) => Document.Of(
        ("collection", collection), ("learning", rules.Learning.ToString().ToLowerInvariant()), ("pins", Value.From([.. rules.Pins.Select(Value.From)])), ("bans", Value.From([.. rules.Bans.Select(Value.From)])),
        ("bytesMax", rules.BytesMax is { } bytes ? bytes : Value.Null), ("upkeepShareMax", rules.UpkeepShareMax));

    /// <summary>The rules that <see cref="OfRules"/> has written.</summary>
    public static LearningRules ReadRules(Document rules) => new()
    {
        Learning = Enum.Parse<LearningSwitch>(rules["learning"].AsString(), ignoreCase: true),
        Pins = [.. rules["pins"].AsArray().ToArray().Select(path => path.AsString())],
        Bans = [.. rules["bans"].AsArray().ToArray().Select(path => path.AsString())],
        BytesMax = rules["bytesMax"] is { Kind: ValueKind.Int64 } bytes ? bytes.AsInt64() : null,
        UpkeepShareMax = rules["upkeepShareMax"].AsDouble(),
    };

    private static Document OfIndex(string collection, IndexStatus index, LearnerState state) => Document.Of(
        ("collection", collection),
        ("path", index.Path),
        ("state", index.IsReady ? "ready" : "building"),
        ("tablesReady", (long)index.TablesReady),
        ("tables", (long)index.Tables),
        ("entries", index.Entries),
        ("bytes", index.Bytes),
        ("uses", index.Uses),
        ("saved", Rounded(index.Saved)),
        ("upkeep", Rounded(index.Upkeep)),
        ("trial", state.Rules.Pins.Contains(index.Path) ? "pinned" : state.Trials.Any(trial => trial.Path == index.Path) ? "on trial" : state.Decisions.LastOrDefault(decision => decision.Path == index.Path) is { Act: "keep", Effect: { } effect } ? $"kept: {effect}" : ""),
        ("cause", index.Cause));

    private static Document OfShape(string collection, QueryShapeStatistics shape) => Document.Of(
        ("collection", collection),
        ("shape", shape.Shape),
        ("executions", shape.Executions),
        ("examined", shape.DocumentsExamined),
        ("matched", shape.Matched),
        ("returned", shape.DocumentsReturned),
        ("costOfLate", Rounded(shape.RecentCost)),
        ("milliseconds", shape.Time.TotalMilliseconds),
        ("p50ms", TimeHistogram.Quantile(shape.Times, 0.5).TotalMilliseconds),
        ("p99ms", TimeHistogram.Quantile(shape.Times, 0.99).TotalMilliseconds),
        ("lastUsed", shape.LastUsed is { } used ? used.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : Value.Null),
        ("access", shape.LastAccessPath));

    private static long Rounded(double number) => (long)Math.Round(number);
}
