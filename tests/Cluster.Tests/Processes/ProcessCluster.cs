// A cluster of real processes over one temporary folder, and a client that found them through it. One at a time on a machine.

using IngoDB.Abstractions.Clustering;
using IngoDB.Client;
using IngoDB.Silo;
using IngoDB.TestKit.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Cluster.Tests.Processes;

/// <summary>Silos by number, from 1.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly string _folder;
    private readonly int _size;
    private readonly IDisposable _machine;
    private readonly Dictionary<int, SiloProcess> _silos = [];
    private IHost? _client;

    private ProcessCluster(int size, IDisposable machine) => (_size, _machine, _folder) = (size, machine, Directory.CreateTempSubdirectory("ingodb-cluster-").FullName);

    public IngoDatabase Database => _client!.Services.GetRequiredService<IngoDatabase>();

    public static async Task<ProcessCluster> StartAsync(int size)
    {
        var cluster = new ProcessCluster(size, await MachineLock.AcquireAsync(TestContext.Current.CancellationToken));
        try
        {
            for (var number = 1; number <= size; number++) cluster.Begin(number);
            foreach (var silo in cluster._silos.Values) await silo.ReadyAsync();
            await cluster.ConnectAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The silo's process ends without a word.</summary>
    public Task KillAsync(int number) => _silos[number].KillAsync();

    /// <summary>The same silos again, over their data, at other ports; a client that lost all of its gateways is a new one.</summary>
    public async Task RestartAsync(params int[] numbers)
    {
        foreach (var number in numbers) await _silos[number].DisposeAsync();
        foreach (var number in numbers) Begin(number);
        foreach (var number in numbers) await _silos[number].ReadyAsync();
        if (numbers.Length < _size) return;
        await DisconnectAsync();
        await ConnectAsync();
    }

    public Task<int> StopAsync(int number) => _silos[number].StopAsync();

    /// <summary>For clients that connect from then on.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(8);

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        foreach (var silo in _silos.Values) await silo.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _machine.Dispose();
    }

    /// <summary>Another client, with another patience.</summary>
    public async Task ReconnectAsync(TimeSpan writeTimeout)
    {
        WriteTimeout = writeTimeout;
        await DisconnectAsync();
        await ConnectAsync();
    }

    private async Task DisconnectAsync()
    {
        if (_client is null) return;
        await _client.StopAsync(CancellationToken.None);
        _client.Dispose();
        _client = null;
    }

    private SiloProcess Begin(int number)
    {
        var keys = SiloSettings.Numbered(_folder, number, _size).ToConfiguration();
        return _silos[number] = SiloProcess.Start(keys.Select(key => $"--{key.Key}={key.Value}"));
    }

    private async Task ConnectAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseIngoDBFileClustering(Path.Combine(_folder, "cluster"))
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (SiloSettings.ClusterName, SiloSettings.ClusterName)));
        // Tests look at what one call is answered; what may have happened is asked after for a moment only.
        builder.Services.AddIngoDBClient(options => (options.ReadRetries, options.WriteRetries, options.WriteTimeout) = (0, 0, WriteTimeout));
        _client = builder.Build();
        await _client.StartAsync(TestContext.Current.CancellationToken);
    }
}
