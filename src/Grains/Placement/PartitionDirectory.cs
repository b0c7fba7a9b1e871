// Orleans looks a grain up in a directory before it asks the placement director, also when the grain's placement says that
// it uses none; and the default directory keeps its entries spread over all silos by hash. A call to a partition on a living
// silo therefore depended on another silo: when that one had just been killed, the lookup failed, and a partition that was
// well was reported missing. Partitions have this directory instead. It knows nothing and asks nobody, so that every silo
// finds partitions by itself (PartitionPlacementDirector) and remembers where until the silo is gone from the membership.

using Orleans.GrainDirectory;
using Orleans.Runtime;

namespace IngoDB.Grains.Placement;

/// <summary>No entries, ever: the catalog is the directory of partitions.</summary>
internal sealed class PartitionDirectory : IGrainDirectory
{
    public const string Name = "ingodb.partitions";

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
