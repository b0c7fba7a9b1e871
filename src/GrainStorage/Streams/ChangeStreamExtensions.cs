// By code: silo.AddIngoDBChangeStreams("changes", options => ...). By configuration alone: Orleans:Streaming:changes:ProviderType = IngoDB, with
// Orleans:Streaming:changes:Collections:0 = grain:inventory:stock and so on in a silo.

using IngoDB.Client;
using IngoDB.GrainStorage;
using IngoDB.GrainStorage.Streams;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Runtime;

[assembly: RegisterProvider("IngoDB", "Streaming", "Silo", typeof(IngoDBChangeStreamProvider))]
[assembly: RegisterProvider("IngoDB", "Streaming", "Client", typeof(IngoDBChangeStreamProvider))]

namespace IngoDB.GrainStorage;

/// <summary>Puts streams of changes into silos and clients.</summary>
public static class ChangeStreamExtensions
{
    /// <summary>The runtime passes an event over after a minute in which it could not be delivered. Who reads a feed of changes must not miss one because a silo was away that long.</summary>
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// A rewindable stream provider that gives what changes in some collections: events of type <see cref="StoredChange"/> in the streams that
    /// <see cref="ChangeStream.Of"/> names. Subscriptions are kept in a storage named PubSubStore, or are implicit.
    /// </summary>
    public static ISiloBuilder AddIngoDBChangeStreams(this ISiloBuilder builder, string name, Action<ChangeStreamOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddIngoDBClient();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOptions<ChangeStreamOptions>(name).Configure(configure);
        builder.Services.AddTransient<IConfigurationValidator>(services => new ChangeStreamOptionsValidator(OptionsOf(services, name), name));
        return builder.AddPersistentStreams(name, static (services, name) => ChangeStreamAdapter.InSilo(services, name, OptionsOf(services, name)),
            static streams => streams.ConfigurePullingAgent(agent => agent.Configure(options => options.MaxEventDeliveryTime = GivesUpAfter)));
    }

    /// <summary>Lets a client subscribe to the streams of the silos' provider of this name.</summary>
    public static IClientBuilder AddIngoDBChangeStreams(this IClientBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder.AddPersistentStreams(name, static (services, name) => ChangeStreamAdapter.InClient(services, name), static _ => { });
    }

    private static ChangeStreamOptions OptionsOf(IServiceProvider services, string name) => services.GetRequiredService<IOptionsMonitor<ChangeStreamOptions>>().Get(name);
}

/// <summary>Lets configuration name this provider.</summary>
internal sealed class IngoDBChangeStreamProvider : IProviderBuilder<ISiloBuilder>, IProviderBuilder<IClientBuilder>
{
    private const string DefaultName = "Default";

    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection)
        => builder.AddIngoDBChangeStreams(name ?? DefaultName, options => configurationSection.Bind(options));

    public void Configure(IClientBuilder builder, string? name, IConfigurationSection configurationSection) => builder.AddIngoDBChangeStreams(name ?? DefaultName);
}
