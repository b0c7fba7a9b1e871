// Where a service begins: a client of a cluster, from which databases come. Behind it stand the coordinators of the cluster, one for each key and all
// alike; which of them is asked is GatewayWatch's business.

using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Model;
using Microsoft.Extensions.Options;

namespace IngoDB.Client;

/// <summary>
/// The entry: gives databases. One for the whole process is enough; thread-safe, holds no connection of its own
/// (that is the Orleans client's, or the silo's).
/// </summary>
public sealed class IngoDBClient
{
    private readonly CoordinatorCalls _calls;

    /// <param name="grains">An <see cref="IClusterClient"/>, or the grain factory of a silo.</param>
    /// <param name="options">Null takes the defaults.</param>
    /// <exception cref="OptionsValidationException">Options that make no sense.</exception>
    public IngoDBClient(IGrainFactory grains, IngoDBClientOptions? options = null)
        : this(CoordinatorsOf(grains ?? throw new ArgumentNullException(nameof(grains))), options ?? new())
        => Grains = grains;

    internal IngoDBClient(ICoordinatorGrain coordinator, IngoDBClientOptions options)
        : this(_ => coordinator, options)
    {
    }

    internal IngoDBClient(Func<int, ICoordinatorGrain> coordinatorOf, IngoDBClientOptions options)
    {
        var validation = new IngoDBClientOptionsValidator().Validate(null, options);
        if (validation.Failed) throw new OptionsValidationException(Options.DefaultName, typeof(IngoDBClientOptions), validation.Failures);
        _calls = new CoordinatorCalls(coordinatorOf, options);
    }

    /// <summary>Makes references to the cluster's grains; null in tests that have none.</summary>
    internal IGrainFactory? Grains { get; }

    /// <summary>A database by name, or the one of <see cref="IngoDBClientOptions.Database"/>. Nothing is asked of the cluster yet.</summary>
    public IngoDatabase Database(string? name = null) => new(_calls, name ?? _calls.Options.Database);

    private static Func<int, ICoordinatorGrain> CoordinatorsOf(IGrainFactory grains) => key => grains.GetGrain<ICoordinatorGrain>(key);
}
