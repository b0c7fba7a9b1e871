using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.LearningBench;

/// <summary>One thing that happens.</summary>
/// <param name="Pause">On the simulated clock, before it.</param>
internal abstract record Step(string Collection, TimeSpan Pause)
{
    /// <param name="Scan">Null: a walk.</param>
    /// <param name="FilterPath">What the original's rule would index for the filter, and for the sort.</param>
    internal sealed record Ask(string Collection, ScanRequest? Scan, TraverseQuery? Walk, string? FilterPath, string? SortPath, string Sql, TimeSpan Pause) : Step(Collection, Pause);

    /// <summary>Writes documents again, from <paramref name="From"/> on.</summary>
    internal sealed record Write(string Collection, int From, int Documents, TimeSpan Pause) : Step(Collection, Pause);
}

/// <summary>An experiment: what happens, and what a person who knew it all beforehand could index.</summary>
/// <param name="Paths">Of each collection; the best of all their subsets is the best fixed design.</param>
/// <param name="SqlIndexes">What a person would make by hand in SQLite.</param>
internal sealed record Workload(string Letter, string Title, int Documents, IReadOnlyList<string> Collections, IReadOnlyList<Step> Steps, IReadOnlyList<string> Paths, IReadOnlyList<string> SqlIndexes)
{
    public long? BytesMax { get; init; }

    public Workload Only(string collection) => this with { Collections = [collection], Steps = [.. Steps.Where(step => step.Collection == collection)] };
}
