// What an advisor remembers of one collection from one look to the next. A value: the engine keeps it beside its data, a
// cluster in its catalog, and a test writes it down.

namespace IngoDB.Engine.Advising;

/// <summary>One line of the log of decisions: what was done, on what evidence, at what price, and what came of it.</summary>
/// <param name="Act"><c>build</c>, <c>prepare</c>, <c>drop</c>, <c>revert</c>, <c>keep</c>, <c>suggest</c>, <c>refuse</c>, <c>pin</c>, <c>unpin</c>, <c>ban</c>, <c>unban</c>, <c>set</c> or <c>apply</c>.</param>
/// <param name="Path">The fields of the index; empty when it is about none.</param>
/// <param name="Evidence">Cost (<see cref="Statistics.QueryCosts"/>) that would have been saved, or was not paid back.</param>
/// <param name="Price">What building costs.</param>
public sealed record LearningDecision(DateTimeOffset At, string Act, string Path, string Cause, double Evidence = 0, double Price = 0)
{
    /// <summary>Measured: the cost of a run before and after.</summary>
    public string? Effect { get; init; }
}

/// <summary>An index that has to prove itself: what was promised, and what the shapes of the collection cost before.</summary>
/// <param name="Use">Of the candidate: <c>filter</c>, <c>sort</c>, <c>join</c>, <c>or</c> or <c>compound</c>.</param>
/// <param name="Promise">The share of the cost of a run that the index was to save, between 0 and 1.</param>
/// <param name="Context">What the bandit saw.</param>
public sealed record IndexTrial(string Path, string Use, DateTimeOffset DecidedAt, double Promise, IReadOnlyList<double> Context, IReadOnlyList<ShapeBaseline> Shapes)
{
    /// <summary>Every index was ready; the window began. Null: not yet.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Uses of the index before the window.</summary>
    public long UsesBefore { get; init; }
}

/// <param name="IsPromised">The index was built for it.</param>
/// <param name="MeanBefore">Of a run, judged.</param>
/// <param name="Executions">At the beginning of the window.</param>
/// <param name="Judged">At the beginning of the window.</param>
public sealed record ShapeBaseline(string Shape, bool IsPromised, double MeanBefore, long Executions, double Judged);

/// <summary>That an index did not pay, so that the next try has to be better founded.</summary>
/// <param name="Times">Drops and reverts; the evidence asked for doubles with each.</param>
/// <param name="RefusedUntil">Not built before, whatever the evidence.</param>
public sealed record IndexMemory(string Path, int Times, DateTimeOffset At, DateTimeOffset? RefusedUntil, string Why);

/// <summary>What an index has lately saved and cost, halving in a day.</summary>
public sealed record IndexBalance(string Path, double SavedSeen, double UpkeepSeen, double Saved, double Upkeep);

/// <summary>An index that is not there and that some query could have used.</summary>
/// <param name="Writes">Documents written since the first such query; halves every hour, as evidence does.</param>
/// <param name="SavedSeen">Its evidence at the last look.</param>
public sealed record IndexContender(string Path, double Writes, double SavedSeen = 0);

/// <summary>All that is remembered of a collection. Immutable.</summary>
public sealed record LearnerState
{
    /// <summary>Older decisions are forgotten.</summary>
    public const int DecisionsMax = 256;

    public static LearnerState Empty { get; } = new();

    public LearningRules Rules { get; init; } = LearningRules.Default;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LearningDecision> Decisions { get; init; } = [];

    public IReadOnlyList<IndexTrial> Trials { get; init; } = [];

    public IReadOnlyList<IndexMemory> Memories { get; init; } = [];

    public IReadOnlyList<IndexBalance> Balances { get; init; } = [];

    public BanditState Bandit { get; init; } = BanditState.Empty;

    /// <summary>Of the last look.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    public long WritesSeen { get; init; }

    public IReadOnlyList<IndexContender> Contenders { get; init; } = [];

    /// <summary>When indexes are asked for; null in what was kept before there were any.</summary>
    public IReadOnlyList<DemandRhythm>? Rhythms { get; init; }

    public DemandRhythm? RhythmOf(string path) => Rhythms?.FirstOrDefault(rhythm => rhythm.Path == path);

    public IndexMemory? MemoryOf(string path) => Memories.FirstOrDefault(memory => memory.Path == path);

    public LearnerState With(LearningDecision decision) => this with { Decisions = [.. Decisions.Skip(Math.Max(0, Decisions.Count + 1 - DecisionsMax)), decision] };
}
