// A partition is where its data is: the grain's key names partition and epoch, the catalog says which node has it, and
// the node directory which silo is that node now. The grain directory is not told (IsUsingGrainDirectory) and not asked
// (PartitionDirectory): the lock on the node's folder already guarantees that there is one owner, and an entry could only be stale.
//
// Callers ask PartitionRouter first, which knows whether the node is up; refusing here is the backstop, slower, since
// Orleans tries a placement four times.

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using IngoDB.Model;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace IngoDB.Grains.Placement;

/// <summary>On the node that has the partition's data.</summary>
[Serializable]
internal sealed class PartitionPlacement : PlacementStrategy
{
    public static PartitionPlacement Instance { get; } = new();

    public override bool IsUsingGrainDirectory => false;
}

[AttributeUsage(AttributeTargets.Class)]
internal sealed class PartitionPlacementAttribute() : PlacementAttribute(PartitionPlacement.Instance);

/// <summary>Partition → node → silo.</summary>
internal sealed class PartitionPlacementDirector(CatalogView catalog, NodeDirectory nodes) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = PartitionKey.Parse(target.GrainIdentity.Key.ToString()!);
        var map = await catalog.GetAsync(key.Database, CancellationToken.None).ConfigureAwait(false);
        var partition = map.Partitions[key.Partition];
        return await nodes.FindAsync(partition.Primary, CancellationToken.None).ConfigureAwait(false)
            ?? throw new UnavailableException("partition.unavailable", $"Partition {key} is on node {partition.Primary}, which is not up.");
    }
}
