// A grain anywhere in the cluster reaches its state with a message between silos; a grain on the silo that has its state's partition
// reaches it with a call. The key of the grain is the _id of its state, so the partition is known before the state is: the grain is
// activated where that partition is, and its reads and writes stay in the process.
//
// What this does not do: move grains when partitions move. An activation stays where it is until it is collected; it is only slower.

using IngoDB.Abstractions;
using IngoDB.GrainStorage.Naming;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace IngoDB.GrainStorage;

/// <summary>Activates grains of this class on the silo that has the partition of their state. Needs <see cref="IngoDBColocationExtensions.AddIngoDBColocation"/> in every silo.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class IngoDBColocatedAttribute() : PlacementAttribute(ColocatedPlacement.Instance);

/// <summary>See <see cref="IngoDBColocatedAttribute"/>.</summary>
[Serializable]
internal sealed class ColocatedPlacement : PlacementStrategy
{
    public static ColocatedPlacement Instance { get; } = new();
}

/// <summary>Grain key → partition → silo; any silo when that one can not take the grain.</summary>
/// <param name="documents">Null on a silo without the database, which does not know where partitions are.</param>
internal sealed class ColocatedPlacementDirector(ILocalDocuments? documents) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var compatible = context.GetCompatibleSilos(target);
        var home = documents is null ? null : await documents.FindSiloAsync(null, StateIds.Of(target.GrainIdentity), CancellationToken.None).ConfigureAwait(false);
        return home is not null && Array.IndexOf(compatible, home) >= 0 ? home : compatible[(int)(target.GrainIdentity.GetUniformHashCode() % (uint)compatible.Length)];
    }
}

/// <summary>Puts the placement into a silo.</summary>
public static class IngoDBColocationExtensions
{
    /// <summary>Lets grains with <see cref="IngoDBColocatedAttribute"/> be activated beside their state (in the default database).</summary>
    public static ISiloBuilder AddIngoDBColocation(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPlacementDirector<ColocatedPlacement>(static services => new ColocatedPlacementDirector(services.GetService<ILocalDocuments>()));
        return builder;
    }
}
