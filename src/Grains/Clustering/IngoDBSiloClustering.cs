// The silo's side of clustering by a shared folder: by code, or by configuration (provider type IngoDB, which is what
// Aspire derives from the name of its resource). The client's side is in Abstractions, which knows no engine.

using IngoDB.Abstractions.Clustering;
using IngoDB.Engine.Files;
using IngoDB.Grains.Clustering;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;

[assembly: RegisterProvider(ClusterFolder.ProviderName, "Clustering", "Silo", typeof(IngoDBSiloClusteringProvider))]

namespace IngoDB.Grains.Clustering;

public static class IngoDBSiloClustering
{
    /// <summary>Forms a cluster of the silo processes of this machine that name the same folder; no other service is needed.</summary>
    public static ISiloBuilder UseIngoDBFileClustering(this ISiloBuilder builder, string directory)
    {
        var folder = new ClusterFolder(Path.GetFullPath(directory));
        return builder.ConfigureServices(services => Register(services, _ => folder));
    }

    /// <summary>Failure detection in seconds instead of tens of them: MaxProbeTimeout × missed probes bounds how long a hung silo goes unnoticed.</summary>
    public static ISiloBuilder UseIngoDBMembershipDefaults(this ISiloBuilder builder) => builder.Configure<ClusterMembershipOptions>(options =>
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1);
        options.MinProbeTimeout = TimeSpan.FromSeconds(0.5);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(1);
        options.NumMissedProbesLimit = 3;
        options.NumVotesForDeathDeclaration = 2;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
    });

    internal static void Register(IServiceCollection services, Func<IServiceProvider, ClusterFolder> folder)
    {
        services.TryAddSingleton<IFileSystem>(LocalFileSystem.Instance);
        services.AddSingleton(folder);
        services.AddSingleton<IMembershipTable>(provider => new FileMembershipTable(
            provider.GetRequiredService<IFileSystem>(),
            provider.GetRequiredService<ClusterFolder>().MembershipOf(provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId)));
    }
}

/// <summary>Lets configuration name this provider: <c>Orleans:Clustering:ProviderType = IngoDB</c>.</summary>
internal sealed class IngoDBSiloClusteringProvider : IProviderBuilder<ISiloBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection)
        => IngoDBSiloClustering.Register(builder.Services, provider => ClusterFolder.FromProvider(configurationSection, provider.GetRequiredService<IConfiguration>()));
}
