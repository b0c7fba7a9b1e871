namespace IngoDB.Engine.Advising;

/// <summary>An index that is not there, weighed: what it would save, what it would cost, and whether that is enough.</summary>
/// <param name="Use">What it would do: <c>filter</c>, <c>sort</c>, <c>join</c>, <c>or</c> or <c>compound</c>.</param>
/// <param name="Saved">Cost (<see cref="Statistics.QueryCosts"/>) it would have saved so far.</param>
/// <param name="Upkeep">What the writes of the same time would have cost it.</param>
/// <param name="Trust">By how much the saving is believed (<see cref="LinearBandit"/>).</param>
/// <param name="Price">What the evidence must reach: the cost of building, doubled for each time that it did not pay.</param>
/// <param name="Bytes">About what it would take.</param>
/// <param name="Promise">The share of the cost of a run that it would save.</param>
public sealed record IndexCandidateWeight(string Path, string Use, long Runs, double Saved, double Upkeep, double Trust, double Price, long Bytes, double Promise, IReadOnlyList<double> Context)
{
    /// <summary>What rules, memory or budgets have against it; null: nothing.</summary>
    public string? WhyNot { get; init; }

    public double Evidence => Math.Max(0, (Saved * Trust) - Upkeep);

    public bool IsPaid => Evidence >= Price;

    /// <summary>How many more runs like those so far make it pay; null when that can not be said.</summary>
    public long? RunsUntilBuilt => IsPaid ? 0 : Runs == 0 || Evidence <= 0 ? null : (long)Math.Ceiling((Price - Evidence) / (Evidence / Runs));
}
