using System.Text.Json;
using System.Text.Json.Serialization;
using IngoDB.Simulation.Mutants;

namespace IngoDB.Simulation.Running;

/// <summary>What many seeds gave, in sums.</summary>
internal sealed record SweepReport
{
    public required string Mutant { get; init; }

    /// <summary>The first of the seeds, which follow each other.</summary>
    public long First { get; init; }

    public required int Seeds { get; init; }

    public required double VirtualSeconds { get; init; }

    public required long Happenings { get; init; }

    public required long AcknowledgedWrites { get; init; }

    public required long StrictReads { get; init; }

    public required long SnapshotReads { get; init; }

    public required long BoundedReads { get; init; }

    public required long SessionReads { get; init; }

    public required long TakeOvers { get; init; }

    public required long Moves { get; init; }

    public required long Crashes { get; init; }

    public required long DiskLosses { get; init; }

    public required long UnknownSwaps { get; init; }

    public required IReadOnlyList<ReportedViolation> Violations { get; init; }

    public static SweepReport Of(Mutant mutant, IReadOnlyList<RunResult> results) => new()
    {
        Mutant = mutant.Name,
        Seeds = results.Count,
        VirtualSeconds = Math.Round(results.Sum(r => r.VirtualSeconds), 1),
        Happenings = results.Sum(r => r.Happenings),
        AcknowledgedWrites = results.Sum(r => (long)r.AcknowledgedWrites),
        StrictReads = results.Sum(r => (long)r.StrictReads),
        SnapshotReads = results.Sum(r => (long)r.SnapshotReads),
        BoundedReads = results.Sum(r => (long)r.BoundedReads),
        SessionReads = results.Sum(r => (long)r.SessionReads),
        TakeOvers = results.Sum(r => r.TakeOvers),
        Moves = results.Sum(r => (long)r.Moves),
        Crashes = results.Sum(r => (long)r.Crashes),
        DiskLosses = results.Sum(r => (long)r.DiskLosses),
        UnknownSwaps = results.Sum(r => r.UnknownSwaps),
        Violations = [.. results.Where(r => r.Violation is not null).Select(r => new ReportedViolation(r.Seed, r.Violation!, ReplayOf(r.Seed, mutant)))],
    };

    /// <summary>This and another of further seeds.</summary>
    public SweepReport Plus(SweepReport more) => this with
    {
        Seeds = Seeds + more.Seeds,
        VirtualSeconds = Math.Round(VirtualSeconds + more.VirtualSeconds, 1),
        Happenings = Happenings + more.Happenings,
        AcknowledgedWrites = AcknowledgedWrites + more.AcknowledgedWrites,
        StrictReads = StrictReads + more.StrictReads,
        SnapshotReads = SnapshotReads + more.SnapshotReads,
        BoundedReads = BoundedReads + more.BoundedReads,
        SessionReads = SessionReads + more.SessionReads,
        TakeOvers = TakeOvers + more.TakeOvers,
        Moves = Moves + more.Moves,
        Crashes = Crashes + more.Crashes,
        DiskLosses = DiskLosses + more.DiskLosses,
        UnknownSwaps = UnknownSwaps + more.UnknownSwaps,
        Violations = [.. Violations, .. more.Violations],
    };

    public static string ReplayOf(long seed, Mutant mutant) => $"dotnet run -c Release --project tests/Simulation -- --seeds 1 --seed {seed}{(mutant == Mutants.Mutant.None ? "" : $" --mutant {mutant.Name}")}";

    public static SweepReport? FromJson(string json) => JsonSerializer.Deserialize(json, ReportJson.Default.SweepReport);

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.SweepReport);
}

internal sealed record ReportedViolation(long Seed, string Violation, string Replay);

[JsonSerializable(typeof(SweepReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class ReportJson : JsonSerializerContext;
