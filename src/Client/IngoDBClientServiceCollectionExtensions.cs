using IngoDB.Client;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the client into a service's container.</summary>
public static class IngoDBClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IngoDBClient"/> and its default <see cref="IngoDatabase"/> over the <see cref="IClusterClient"/> or
    /// <see cref="IGrainFactory"/> that is registered (<c>UseOrleansClient</c>, <c>UseOrleans</c>). Options are checked at start.
    /// </summary>
    public static IServiceCollection AddIngoDBClient(this IServiceCollection services, Action<IngoDBClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<IngoDBClientOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IngoDBClientOptions>, IngoDBClientOptionsValidator>());
        services.TryAddSingleton(provider => new IngoDBClient(
            provider.GetService<IGrainFactory>() ?? provider.GetRequiredService<IClusterClient>(),
            provider.GetRequiredService<IOptions<IngoDBClientOptions>>().Value));
        services.TryAddSingleton(provider => provider.GetRequiredService<IngoDBClient>().Database());
        return services;
    }
}
