namespace IngoDB.ClusterBench;

/// <summary>How much of everything.</summary>
internal sealed record BenchOptions
{
    /// <summary>Kills; a half of that are hand-offs, a third processes that stand still and networks that are cut.</summary>
    public int Rounds { get; init; } = 6;

    /// <summary>Of the experiment <c>failover</c>: kill, handoff, stop.</summary>
    public string[] Faults { get; init; } = ["kill", "handoff", "stop"];

    /// <summary>Acknowledged before the total restart.</summary>
    public int Megabytes { get; init; } = 1_000;

    /// <summary>Of each measurement.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Before a measurement: silos have just been started, and compile what they run often.</summary>
    public TimeSpan Warmup => Duration * 1.5;

    /// <summary>Numbers of silos that are scaled over.</summary>
    public int[] Silos { get; init; } = [1, 2, 4, 8];
}
