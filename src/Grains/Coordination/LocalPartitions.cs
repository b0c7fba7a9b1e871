// Most requests begin on the silo that has the partition: always with one silo, and by chance with a few. Then there is nothing
// to send. The partitions that are here and open are looked up by number; everything else (another silo's, not open yet, being
// closed) is null, and goes the long way through the partition's grain, which knows what to do.

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Partitions;

namespace IngoDB.Grains.Coordination;

/// <summary>Partition number → the open partition of this silo. Thread-safe; answers from memory.</summary>
internal sealed class LocalPartitions(EngineHost host)
{
    private View? _latest;

    /// <summary>By partition; null where it is not here.</summary>
    public ReadOnlySpan<OpenPartition?> Of(DatabaseMap map)
    {
        var latest = Volatile.Read(ref _latest);
        if (latest is not null && ReferenceEquals(latest.Map, map) && latest.Changes == host.Changes) return latest.Partitions;
        var changes = host.Changes;
        latest = new(map, changes, [.. map.Partitions.Select(host.Find)]);
        Volatile.Write(ref _latest, latest);
        return latest.Partitions;
    }

    private sealed record View(DatabaseMap Map, int Changes, OpenPartition?[] Partitions);
}
