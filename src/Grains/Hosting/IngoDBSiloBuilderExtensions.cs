// `siloBuilder.UseIngoDB(...)`: everything a silo needs to be a node of the database. Options come from the configuration's
// section IngoDB and then from code, and are checked here; the data folder is claimed here too, because what the silo says
// about itself (its metadata) is fixed before it starts, and because "this folder is in use" should be the first thing said.

using System.Globalization;
using IngoDB.Abstractions;
using IngoDB.Abstractions.Clustering;
using IngoDB.Engine;
using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Files;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Clustering;
using IngoDB.Grains.Coordination;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Partitions;
using IngoDB.Grains.Placement;
using IngoDB.Grains.Replicas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Storage;

namespace IngoDB.Grains.Hosting;

public static class IngoDBSiloBuilderExtensions
{
    private const string CatalogFolder = "catalog";
    private const string SpillDirectory = "spill";

    /// <summary>Makes the silo a node of the database: claims its data folder, opens its partitions before it becomes active, closes them last.</summary>
    /// <exception cref="OptionsValidationException">Options that cannot work.</exception>
    /// <exception cref="Model.UnavailableException">The data folder is in use by another process.</exception>
    public static ISiloBuilder UseIngoDB(this ISiloBuilder builder, Action<IngoDBOptions>? configure = null)
    {
        var options = new IngoDBOptions();
        builder.Configuration.GetSection(IngoDBOptions.Section).Bind(options);
        configure?.Invoke(options);
        var checks = new IngoDBOptionsValidator().Validate(Options.DefaultName, options);
        if (checks.Failed) throw new OptionsValidationException(Options.DefaultName, typeof(IngoDBOptions), checks.Failures);
        RefuseCatalogOfOneSilo(builder.Configuration, options);

        var node = options.DataRoot is { } root
            ? NodeIdentity.ClaimNumbered(LocalFileSystem.Instance, root, TimeProvider.System)
            : NodeIdentity.Claim(LocalFileSystem.Instance, options.DataDirectory!, TimeProvider.System);
        builder.UseSiloMetadata(new Dictionary<string, string>
        {
            [NodeDirectory.NodeKey] = node.Id,
            [NodeDirectory.IncarnationKey] = node.Incarnation.ToString(CultureInfo.InvariantCulture),
        });
        builder.UseIngoDBMembershipDefaults();
        builder.AddGrainDirectory(PartitionDirectory.Name, static (_, _) => new PartitionDirectory());
        builder.AddGrainService<ReplicaService>();
        builder.Configure<SiloMessagingOptions>(messaging => messaging.CancelRequestOnTimeout = true);
        return builder.ConfigureServices(services => AddServices(services, options, node));
    }

    /// <summary>A cluster that finds itself elsewhere (Redis, PostgreSQL) would give each silo a catalog of its own, and each would believe to be the cluster.</summary>
    private static void RefuseCatalogOfOneSilo(IConfiguration configuration, IngoDBOptions options)
    {
        if (options.CatalogDirectory is not null || options.CatalogGrainStorage is not null) return;
        if (configuration["Orleans:Clustering:ProviderType"] is null or ClusterFolder.ProviderName or "Development") return;
        throw new OptionsValidationException(Options.DefaultName, typeof(IngoDBOptions), ["IngoDB:CatalogGrainStorage is not set: silos that find each other through another provider need a catalog that they share. Name a grain storage of theirs, or IngoDB:CatalogDirectory."]);
    }

    private static void AddServices(IServiceCollection services, IngoDBOptions options, NodeIdentity node)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFileSystem>(LocalFileSystem.Instance);
        services.AddSingleton(options);
        services.AddSingleton(_ => node);
        services.TryAddSingleton(CatalogStoreOf);
        services.AddSingleton<ClusterCatalog>();
        services.AddSingleton<CatalogView>();
        services.AddSingleton<NodeDirectory>();
        services.AddSingleton<PartitionRouter>();
        services.AddSingleton<IdleQueries<OpenTraversal>>();
        services.AddSingleton<IdleQueries<OpenAggregate>>();
        services.AddSingleton(provider => new SpillFolder(provider.GetRequiredService<IFileSystem>(), Path.Combine(node.Directory, SpillDirectory), options.AggregateMemoryBytes));
        services.AddSingleton<PartitionWriter>();
        services.AddSingleton<TransactionSteps>();
        services.AddSingleton<TransactionCoordinator>();
        services.AddSingleton<TransactionKeeper>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, TransactionKeeper>();
        services.AddSingleton<LocalPartitions>();
        services.AddSingleton<LocalGets>();
        services.AddSingleton<NearCopies>();
        services.AddSingleton<LocalPuts>();
        services.AddSingleton<ILocalDocuments, LocalDocuments>();
        services.AddSingleton<FieldWarnings>();
        services.AddSingleton<QueryCoordinator>();
        services.AddSingleton<WriteCoordinator>();
        services.AddSingleton<ChangeCoordinator>();
        services.AddSingleton<CollectionCoordinator>();
        services.AddSingleton<LearningCoordinator>();
        services.AddSingleton<ChangeFeedCoordinator>();
        services.AddSingleton<ClusterCoordinator>();
        services.AddSingleton<AdminCoordinator>();
        services.TryAddSingleton<BackgroundScheduler>(_ => new());
        services.AddSingleton<PredecessorSilo>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, PredecessorSilo>();
        services.AddSingleton<DetectionWarning>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, DetectionWarning>();
        services.AddSingleton<NodeWatch>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, NodeWatch>();
        services.AddSingleton<EngineFactory>();
        services.AddSingleton<ReplicaMetrics>();
        services.AddSingleton<ReplicaOpening>();
        services.AddSingleton<ReplicaHost>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, ReplicaHost>();
        services.AddSingleton<ReplicaTransport>();
        services.AddSingleton<CopyKeeper>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, CopyKeeper>();
        services.AddSingleton<StatisticsSharing>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, StatisticsSharing>();
        services.AddSingleton<SilenceWatch>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, SilenceWatch>();
        services.AddSingleton<EngineHost>();
        services.AddFromExisting<INodeStatus, EngineHost>();
        services.AddFromExisting<ILifecycleParticipant<ISiloLifecycle>, EngineHost>();
        services.AddPlacementDirector<PartitionPlacement, PartitionPlacementDirector>();
    }

    /// <summary>The catalog is where the options say, or beside the membership, or (one silo, nothing said) in the data folder.</summary>
    private static ICatalogStore CatalogStoreOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<IngoDBOptions>();
        if (options.CatalogGrainStorage is { } storage) return new GrainStorageCatalogStore(services.GetRequiredKeyedService<IGrainStorage>(storage));
        var directory = options.CatalogDirectory
            ?? services.GetService<ClusterFolder>()?.Catalog
            ?? Path.Combine(services.GetRequiredService<NodeIdentity>().Directory, CatalogFolder);
        return new FileCatalogStore(services.GetRequiredService<IFileSystem>(), directory);
    }

    private static void AddFromExisting<TService, TImplementation>(this IServiceCollection services) where TService : class where TImplementation : class, TService
        => services.AddSingleton<TService>(provider => provider.GetRequiredService<TImplementation>());
}
