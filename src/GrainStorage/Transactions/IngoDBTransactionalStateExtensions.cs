using IngoDB.GrainStorage.Hosting;
using IngoDB.GrainStorage.Naming;
using IngoDB.GrainStorage.Stores;
using IngoDB.GrainStorage.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Transactions.Abstractions;

namespace IngoDB.GrainStorage;

/// <summary>Puts the transactional storage into a silo.</summary>
public static class IngoDBTransactionalStateExtensions
{
    /// <summary>Transactional states that name no storage are stored natively: each step of a transaction is one atomic batch.</summary>
    public static ISiloBuilder AddIngoDBTransactionalStateStorageAsDefault(this ISiloBuilder builder, Action<IngoDBGrainStorageOptions>? configure = null)
        => builder.AddIngoDBTransactionalStateStorage(StateCollections.DefaultProvider, configure);

    /// <summary>The same for states that name this storage. Options are those of the grain storage of this name; time to live has no meaning here.</summary>
    public static ISiloBuilder AddIngoDBTransactionalStateStorage(this ISiloBuilder builder, string name, Action<IngoDBGrainStorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIngoDBGrainStorageOptions(name, options => options.Configure(configure ?? (static _ => { })));
        builder.Services.AddKeyedSingleton<ITransactionalStateStorageFactory>(name, static (services, name) => new TransactionalStateStorageFactory(services, (string)name!));
        if (name == StateCollections.DefaultProvider) builder.Services.AddSingleton(services => services.GetRequiredKeyedService<ITransactionalStateStorageFactory>(name));
        return builder;
    }
}
