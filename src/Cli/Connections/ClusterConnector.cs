// Two ways to a database. With --cluster (or nothing) this process is an Orleans client of silos that run elsewhere on
// the machine; with --data it runs the silos itself, over a folder that no cluster has open. A command sees no difference.

using IngoDB.Abstractions.Clustering;
using IngoDB.Client;
using IngoDB.Model;
using IngoDB.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace IngoDB.Cli.Connections;

/// <summary>Connects to a running cluster through its shared folder, or runs silos over a data folder in this process.</summary>
internal sealed class ClusterConnector : IConnector
{
    private static string DefaultClusterDirectory => Path.Combine(SiloSettings.DefaultDirectory, "cluster");

    public Task<Connection> OpenAsync(ConnectionChoice choice, CancellationToken cancellationToken)
        => choice.DataDirectory is { } data ? EmbedAsync(data, cancellationToken) : ConnectAsync(choice.ClusterDirectory ?? DefaultClusterDirectory, configure: null, cancellationToken);

    private static async Task<Connection> EmbedAsync(string directory, CancellationToken cancellationToken)
    {
        var cluster = await EmbeddedCluster.StartAsync(directory, EmbeddedCluster.SilosIn(directory), cancellationToken).ConfigureAwait(false);
        return new Connection(cluster.Database, cluster.DisposeAsync);
    }

    /// <summary>A client of the silos that share a folder.</summary>
    /// <exception cref="UnavailableException"><c>cluster.unavailable</c>.</exception>
    public static async Task<Connection> ConnectAsync(string directory, Action<IngoDBClientOptions>? configure, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"There is no cluster in '{directory}'. Start one with 'ingodb cluster up', or open a folder with --data DIR.");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseIngoDBFileClustering(directory)
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (SiloSettings.ClusterName, SiloSettings.ClusterName)));
        builder.Services.AddIngoDBClient(configure);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is Orleans.Runtime.OrleansException or TimeoutException)
        {
            host.Dispose();
            throw new UnavailableException("cluster.unavailable", $"No silo of the cluster in '{directory}' answers: {error.Message}", error);
        }

        return new Connection(host.Services.GetRequiredService<IngoDatabase>(), async () =>
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
            host.Dispose();
        });
    }
}
