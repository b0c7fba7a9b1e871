using IngoDB.Abstractions.Clustering;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Providers;

[assembly: RegisterProvider(ClusterFolder.ProviderName, "Clustering", "Client", typeof(IngoDBClientClusteringProvider))]

namespace IngoDB.Abstractions.Clustering;

public static class IngoDBClientClustering
{
    /// <summary>Finds the silos of a cluster on this machine through the folder that they share.</summary>
    public static IClientBuilder UseIngoDBFileClustering(this IClientBuilder builder, string directory)
    {
        var folder = new ClusterFolder(Path.GetFullPath(directory));
        return builder.ConfigureServices(services => Register(services, _ => folder));
    }

    internal static void Register(IServiceCollection services, Func<IServiceProvider, ClusterFolder> folder)
    {
        // A file is soon read; a gateway that is dead, or new, is known a moment later instead of a minute.
        services.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        services.AddSingleton<IGatewayListProvider>(provider =>
            new FileGatewayListProvider(folder(provider).MembershipOf(provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId)));
    }
}

/// <summary>Lets configuration name this provider: <c>Orleans:Clustering:ProviderType = IngoDB</c>.</summary>
internal sealed class IngoDBClientClusteringProvider : IProviderBuilder<IClientBuilder>
{
    public void Configure(IClientBuilder builder, string? name, IConfigurationSection configurationSection)
        => IngoDBClientClustering.Register(builder.Services, provider => ClusterFolder.FromProvider(configurationSection, provider.GetRequiredService<IConfiguration>()));
}
