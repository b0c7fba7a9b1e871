using System.Collections.Immutable;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Statistics;

/// <summary>What one execution did, physically.</summary>
internal readonly record struct QueryMeasurement(long Examined, long Returned, long BlocksDecoded, long BytesRead, TimeSpan Time, string AccessPath)
{
    /// <summary>When it ended; null: now.</summary>
    public long? Timestamp { get; init; }

    /// <summary>How many executions its time stands for (<see cref="ShapeCounters.TimeWeight"/>); 0: nobody looked at the clock.</summary>
    public int TimeWeight { get; init; } = 1;

    /// <summary>By <see cref="QueryCosts"/>.</summary>
    public double Cost { get; init; }

    /// <summary>The part of it that the access path answers for: without rows in memory that had to be scanned beside an index.</summary>
    public double Judged { get; init; }

    /// <summary>Documents that satisfied the filter, before any limit.</summary>
    public long Matched { get; init; }

    /// <summary>Rows gone to one by one.</summary>
    public long Fetched { get; init; }
}

/// <summary>A shape's text and the indexes that could serve it; made once, when the shape is first seen.</summary>
/// <param name="Text">E.g. <c>scan where eq(category) sort price asc</c>.</param>
/// <param name="Candidates">In a fixed order.</param>
internal sealed record ShapeDescription(CollectionId Collection, string Text, ImmutableArray<ShapeCandidate> Candidates);

/// <summary>An index that could serve a shape.</summary>
/// <param name="Path">The text of its fields.</param>
/// <param name="Use"><c>filter</c>, <c>sort</c>, <c>join</c>, <c>or</c>, <c>compound</c> or <c>covering</c>.</param>
/// <param name="Fields">Of a compound one, and of one for a sort.</param>
internal readonly record struct ShapeCandidate(string Path, string Use, IndexFields? Fields = null);
