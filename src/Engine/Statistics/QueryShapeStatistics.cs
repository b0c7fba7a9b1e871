// What is remembered of queries: not the queries, but their shapes with sums of physical work, and for each field
// that could have helped, how much it would have saved. These are values that can be added up over partitions, so
// that the same advisor serves one engine and a cluster.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Statistics;

/// <summary>What one shape of query (operators and fields, no constants) has cost so far.</summary>
/// <param name="Shape">Readable and stable, e.g. <c>scan where eq(category) sort price asc</c>.</param>
public sealed record QueryShapeStatistics(CollectionId Collection, string Shape, long Executions, long DocumentsExamined, long DocumentsReturned, long BlocksDecoded, long BytesRead, TimeSpan Time, string LastAccessPath)
{
    /// <summary>Documents that satisfied the filter, before any limit.</summary>
    public long Matched { get; init; }

    /// <summary>Rows gone to one by one, from an index or by id.</summary>
    public long Fetched { get; init; }

    /// <summary>In rows examined (<see cref="QueryCosts"/>), of all executions.</summary>
    public double Cost { get; init; }

    /// <summary>The same without outliers, and without rows in memory that were scanned beside an index: what access paths are judged by.</summary>
    public double Judged { get; init; }

    /// <summary>Cost of late: halves every hour.</summary>
    public double RecentCost { get; init; }

    /// <summary>Executions of late: halves every hour.</summary>
    public double RecentExecutions { get; init; }

    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>Executions by time: bucket i up to 2^i microseconds.</summary>
    public ImmutableArray<long> Times { get; init; } = [];

    /// <summary>The fields an index on which could serve this shape, and what each would have saved.</summary>
    public ImmutableArray<IndexCandidate> Candidates { get; init; } = [];

    /// <summary>Sums what several partitions saw of the same shape.</summary>
    public QueryShapeStatistics Plus(QueryShapeStatistics other) => this with
    {
        Executions = Executions + other.Executions,
        DocumentsExamined = DocumentsExamined + other.DocumentsExamined,
        DocumentsReturned = DocumentsReturned + other.DocumentsReturned,
        BlocksDecoded = BlocksDecoded + other.BlocksDecoded,
        BytesRead = BytesRead + other.BytesRead,
        Time = Time + other.Time,
        Matched = Matched + other.Matched,
        Fetched = Fetched + other.Fetched,
        Cost = Cost + other.Cost,
        Judged = Judged + other.Judged,
        RecentCost = RecentCost + other.RecentCost,
        RecentExecutions = RecentExecutions + other.RecentExecutions,
        LastUsed = LastUsed is null || other.LastUsed > LastUsed ? other.LastUsed : LastUsed,
        Times = TimeHistogram.Sum(Times, other.Times),
        Candidates = IndexCandidate.Sum(Candidates, other.Candidates),
    };
}

/// <summary>An index that is not there, and the evidence for it: decays, and is used up when the index is built.</summary>
/// <param name="Path">The indexed path, with <c>[]</c> where arrays fan out; of a compound index the paths with <c>+</c> between them.</param>
/// <param name="Use">What it would do: <c>filter</c>, <c>sort</c>, <c>join</c>, <c>or</c>, <c>compound</c> or <c>covering</c>.</param>
/// <param name="Runs">Executions the evidence comes from.</param>
/// <param name="Saved">Cost (<see cref="QueryCosts"/>) it would have saved so far; never negative, since a planner would not have used it then.</param>
public sealed record IndexCandidate(string Path, string Use, long Runs, double Saved)
{
    internal static ImmutableArray<IndexCandidate> Sum(ImmutableArray<IndexCandidate> left, ImmutableArray<IndexCandidate> right)
    {
        var sum = left.ToList();
        foreach (var candidate in right)
        {
            var at = sum.FindIndex(known => known.Path == candidate.Path && known.Use == candidate.Use);
            if (at < 0) sum.Add(candidate);
            else sum[at] = sum[at] with { Runs = sum[at].Runs + candidate.Runs, Saved = sum[at].Saved + candidate.Saved };
        }

        return [.. sum];
    }
}

/// <summary>An index, and how far it is.</summary>
/// <param name="Name">Readable and stable: <c>movies/year</c>, <c>movies/cast[]</c>, <c>movies/genre+year</c>.</param>
public sealed record IndexStatus(string Name, CollectionId Collection, string Path, string Cause, int TablesReady, int Tables, long Entries, long Bytes, long Uses)
{
    public bool IsReady => TablesReady == Tables;

    /// <summary>Cost it has saved so far (<see cref="QueryCosts"/>).</summary>
    public double Saved { get; init; }

    /// <summary>Upkeep paid that no saving has paid back yet; the advisor drops the index when it reaches the cost of building it again.</summary>
    public double Regret { get; init; }

    /// <summary>What flushes and merges have written for it (<see cref="QueryCosts"/>).</summary>
    public double Upkeep { get; init; }

    public IndexStatus Plus(IndexStatus other) => this with
    {
        TablesReady = TablesReady + other.TablesReady,
        Tables = Tables + other.Tables,
        Entries = Entries + other.Entries,
        Bytes = Bytes + other.Bytes,
        Uses = Uses + other.Uses,
        Saved = Saved + other.Saved,
        Regret = Regret + other.Regret,
        Upkeep = Upkeep + other.Upkeep,
    };
}
