namespace IngoDB.ProductBench;

/// <summary>One turn of one engine: it may give several figures.</summary>
internal sealed record Phase(string Name, Abilities Needs, Func<Bench, IEnumerable<Measure>> Run);

/// <summary>All phases in their order. After each, the next engine has its turn.</summary>
internal static class AllPhases
{
    public static IReadOnlyList<Phase> InOrder { get; } =
    [
        new("ingest", Abilities.Writes, WritePhases.Ingest),
        new("update", Abilities.Writes, WritePhases.Update),
        new("settle", Abilities.Settles, WritePhases.Settle),
        new("get", Abilities.Reads, ReadPhases.Gets),
        new("scan", Abilities.Scans, ScanPhases.Electronics),
        new("compound", Abilities.Scans, ScanPhases.BestRated),
        new("ordered", Abilities.Scans, ScanPhases.Cheapest),
        new("groups", Abilities.Scans | Abilities.Groups, ScanPhases.Categories),
        new("mixed", Abilities.Writes | Abilities.Reads, ReadPhases.Mixed),
        new("reads", Abilities.Reads, ReadPhases.EightThreads),
        new("pure", Abilities.Reads, ReadPhases.Pure),
        new("multiget", Abilities.Reads, ReadPhases.Hundreds),
        new("absent", Abilities.Reads, ReadPhases.Absent),
        new("memory", Abilities.None, SizePhases.PeakMemory),
        new("compaction", Abilities.Writes | Abilities.Reads | Abilities.ReadsBesideWrites, LatencyPhases.GetsUnderMerges),
        new("durable", Abilities.Syncs, DurablePhases.Puts),
        new("random", Abilities.Writes, WritePhases.RandomIngest),
    ];
}
