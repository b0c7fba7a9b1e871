namespace IngoDB.ClusterBench;

/// <summary>How much of everything.</summary>
internal sealed record BenchOptions
{
    /// <summary>Kills; a half of that are hand-offs, a third processes that stand still and networks that are cut.</summary>
    public int Rounds { get; init; } = 9;

    /// <summary>Acknowledged before the total restart.</summary>
    public int Megabytes { get; init; } = 1_000;

    /// <summary>Of each measurement.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Numbers of silos that are scaled over.</summary>
    public int[] Silos { get; init; } = [1, 2, 4, 8];
}
