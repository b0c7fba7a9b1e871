// The figures of a demo as a JSON file, so that CI and the reader's own scripts can follow them from run to run. Only
// what was measured in this run; nothing here has a default that looks like a result.

using System.Text.Json;
using System.Text.Json.Serialization;
using IngoDB.Cli.Clusters;

namespace IngoDB.Cli.Demo;

/// <summary>What was measured, for machines (<c>--json FILE</c>). Names are stable; times in milliseconds unless they say otherwise.</summary>
internal sealed class DemoFigures
{
    public int Documents { get; set; }

    public int Silos { get; set; }

    public int Partitions { get; set; }

    public double ReadySeconds { get; set; }

    public double WriteDocumentsPerSecond { get; set; }

    public double GetP50Milliseconds { get; set; }

    public double GetP95Milliseconds { get; set; }

    public double GetsPerSecond { get; set; }

    public QueryFigures FilterFirst { get; set; } = new();

    public QueryFigures FilterLearned { get; set; } = new();

    public int RunsUntilLearned { get; set; }

    public bool Learned { get; set; }

    public double Speedup { get; set; }

    public QueryFigures TopTenFirst { get; set; } = new();

    public QueryFigures TopTenAgain { get; set; } = new();

    public QueryFigures TraversalFirst { get; set; } = new();

    public QueryFigures TraversalAgain { get; set; } = new();

    public CrashFigures Crash { get; set; } = new();

    public FailoverFigures Failover { get; set; } = new();

    public int AnswersChecked { get; set; }

    public int AnswersWrong { get; set; }

    public double PeakMemoryMegabytes { get; set; }

    public double TotalSeconds { get; set; }

    public void Save(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        JsonSerializer.Serialize(file, this, DemoFiguresJson.Default.DemoFigures);
    }
}

/// <summary>One run of a query.</summary>
internal sealed class QueryFigures
{
    public double Milliseconds { get; set; }

    public long Examined { get; set; }

    public int Returned { get; set; }
}

/// <summary>What the child process had been promised when it was killed, and what was found afterwards.</summary>
internal sealed class CrashFigures
{
    public int Acknowledged { get; set; }

    public int Found { get; set; }

    public int Lost { get; set; }

    public int Damaged { get; set; }

    public double ReopenSeconds { get; set; }
}

/// <summary>A silo of three that was killed under load: what its partitions' writers were promised, and what the others have.</summary>
internal sealed class FailoverFigures
{
    /// <summary>Partitions that the silo led.</summary>
    public int Led { get; set; }

    public double LongestWaitSeconds { get; set; }

    public int Acknowledged { get; set; }

    public int Unknown { get; set; }

    public int Lost { get; set; }

    /// <summary>Other contents than were written, documents that nobody wrote or that were refused, counters that were counted too often or too seldom.</summary>
    public int Wrong { get; set; }

    public static FailoverFigures Of(LedgerVerdict verdict, int led, TimeSpan longestWait) => new()
    {
        Led = led,
        LongestWaitSeconds = longestWait.TotalSeconds,
        Acknowledged = verdict.Acknowledged,
        Unknown = verdict.Unknown,
        Lost = verdict.Lost,
        Wrong = verdict.Wrong + verdict.Phantoms + verdict.Miscounted,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DemoFigures))]
internal sealed partial class DemoFiguresJson : JsonSerializerContext;
