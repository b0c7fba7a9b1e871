namespace IngoDB.Simulation.Running;

/// <summary>What came of one seed.</summary>
internal sealed record RunResult(long Seed)
{
    public double VirtualSeconds { get; init; }

    public long Happenings { get; init; }

    public int AcknowledgedWrites { get; init; }

    public int StrictReads { get; init; }

    public int SnapshotReads { get; init; }

    public int BoundedReads { get; init; }

    public int SessionReads { get; init; }

    public long TakeOvers { get; init; }

    public int DiskLosses { get; init; }

    public int Moves { get; init; }

    public int Crashes { get; init; }

    public long UnknownSwaps { get; init; }

    /// <summary>Of everything that happened, in its order; equal runs have equal ones.</summary>
    public ulong Fingerprint { get; init; }

    /// <summary>Null: every promise was kept.</summary>
    public string? Violation { get; init; }
}
