// By code: builder.AddIngoDBGrainStorageAsDefault(). By configuration alone: Orleans:GrainStorage:Default:ProviderType = IngoDB. The
// silo may be one of the database's (UseIngoDB), and then states that lie on it are read and written in the process; or any
// other of the cluster, or of another cluster (options.Client).

using IngoDB.Abstractions;
using IngoDB.Client;
using IngoDB.GrainStorage;
using IngoDB.GrainStorage.Naming;
using IngoDB.GrainStorage.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

[assembly: RegisterProvider("IngoDB", "GrainStorage", "Silo", typeof(IngoDBGrainStorageProvider))]

namespace IngoDB.GrainStorage;

/// <summary>Puts the provider into a silo.</summary>
public static class IngoDBGrainStorageExtensions
{
    /// <summary>Grains that name no provider store their state in the database.</summary>
    public static ISiloBuilder AddIngoDBGrainStorageAsDefault(this ISiloBuilder builder, Action<IngoDBGrainStorageOptions>? configure = null)
        => builder.AddIngoDBGrainStorage(StateCollections.DefaultProvider, configure);

    /// <summary>The same with everything that options can do.</summary>
    public static ISiloBuilder AddIngoDBGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<IngoDBGrainStorageOptions>> configure)
        => builder.AddIngoDBGrainStorage(StateCollections.DefaultProvider, configure);

    /// <summary>Grains that name this provider store their state in the database.</summary>
    public static ISiloBuilder AddIngoDBGrainStorage(this ISiloBuilder builder, string name, Action<IngoDBGrainStorageOptions>? configure = null)
        => builder.AddIngoDBGrainStorage(name, (OptionsBuilder<IngoDBGrainStorageOptions> options) => options.Configure(configure ?? (static _ => { })));

    /// <summary>The same with everything that options can do.</summary>
    public static ISiloBuilder AddIngoDBGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<IngoDBGrainStorageOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddIngoDBGrainStorage(name, configure);
        return builder;
    }

    /// <summary>The same for a silo's services.</summary>
    public static IServiceCollection AddIngoDBGrainStorage(this IServiceCollection services, string name, Action<OptionsBuilder<IngoDBGrainStorageOptions>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.AddIngoDBGrainStorageOptions(name, configure);
        return services.AddGrainStorage(name, Create);
    }

    /// <summary>What every storage of this name needs.</summary>
    internal static void AddIngoDBGrainStorageOptions(this IServiceCollection services, string name, Action<OptionsBuilder<IngoDBGrainStorageOptions>>? configure)
    {
        services.AddIngoDBClient();
        services.TryAddSingleton(TimeProvider.System);
        configure?.Invoke(services.AddOptions<IngoDBGrainStorageOptions>(name));
        services.AddTransient<IConfigurationValidator>(provider => new IngoDBGrainStorageOptionsValidator(OptionsOf(provider, name), name));
        services.ConfigureNamedOptionForLogging<IngoDBGrainStorageOptions>(name);
    }

    private static IngoDBGrainStorage Create(IServiceProvider services, string name)
    {
        var former = OptionsOf(services, name).MovesFrom is { } moves ? new Lazy<IGrainStorage>(() => services.GetRequiredKeyedService<IGrainStorage>(moves)) : null;
        return new(() => KindsOf(services, name), services.GetRequiredService<IActivatorProvider>(), services.GetRequiredService<TimeProvider>(), former);
    }

    internal static StateKinds KindsOf(IServiceProvider services, string name)
    {
        var options = OptionsOf(services, name);
        var client = options.Client?.Invoke(services) ?? services.GetRequiredService<IngoDBClient>();
        var local = options.Client is null ? services.GetService<ILocalDocuments>() : null;
        var service = options.Service ?? (options.Client is null ? null : services.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId);
        return new(name, options, client.Database(options.Database), local, service, services.GetRequiredService<IGrainFactory>(), services.GetRequiredService<TimeProvider>());
    }

    private static IngoDBGrainStorageOptions OptionsOf(IServiceProvider services, string name) => services.GetRequiredService<IOptionsMonitor<IngoDBGrainStorageOptions>>().Get(name);
}

/// <summary>Lets configuration name this provider.</summary>
internal sealed class IngoDBGrainStorageProvider : IProviderBuilder<ISiloBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection)
        => builder.AddIngoDBGrainStorage(name ?? StateCollections.DefaultProvider, (OptionsBuilder<IngoDBGrainStorageOptions> options) =>
        {
            options.Bind(configurationSection);
            if (configurationSection["SerializerKey"] is { Length: > 0 } key)
                options.Configure<IServiceProvider>((bound, services) => bound.GrainStorageSerializer = services.GetRequiredKeyedService<IGrainStorageSerializer>(key));
        });
}
