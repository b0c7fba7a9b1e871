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
    private int _retries;

    private readonly IReadOnlyDictionary<string, string?> _more;

    private ProcessCluster(int size, IDisposable machine, IReadOnlyDictionary<string, string?> more) => (_size, _machine, _more, _folder) = (size, machine, more, Directory.CreateTempSubdirectory("ingodb-cluster-").FullName);

    public IngoDatabase Database => _client!.Services.GetRequiredService<IngoDatabase>();

    /// <param name="size">How many silos.</param>
    /// <param name="more">Further keys of every silo.</param>
    /// <param name="retries">Of the client.</param>
    public static async Task<ProcessCluster> StartAsync(int size, IReadOnlyDictionary<string, string?>? more = null, int retries = 0)
    {
        var cluster = new ProcessCluster(size, await MachineLock.AcquireAsync(TestContext.Current.CancellationToken), more ?? new Dictionary<string, string?>()) { _retries = retries };
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

    /// <summary>A silo whose folder is gone, or that was never there: another node.</summary>
    public async Task StartEmptyAsync(int number)
    {
        if (_silos.TryGetValue(number, out var former)) await former.DisposeAsync();
        if (Directory.Exists(FolderOf(number))) Directory.Delete(FolderOf(number), recursive: true);
        await Begin(number).ReadyAsync();
    }

    /// <summary>The folder that silos, clients and the command line share.</summary>
    public string ClusterFolder => Path.Combine(_folder, "cluster");

    /// <summary>Where a silo answers for its health.</summary>
    public async Task<Uri> HealthOfAsync(int number) => new((await _silos[number].ReadyAsync()).Split("health at ")[1]);

    public Task<int> StopAsync(int number) => _silos[number].StopAsync();

    /// <summary>The folder of a silo's node, for damage done while it is down.</summary>
    public string FolderOf(int number) => SiloSettings.Numbered(_folder, number, _size).DataDirectory;

    /// <summary>Everything that the silos have said, for a failing test.</summary>
    public string Output => string.Join(Environment.NewLine, _silos.Select(silo => $"--- silo {silo.Key}{Environment.NewLine}{silo.Value.Output}"));

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
        var keys = (SiloSettings.Numbered(_folder, number, _size) with { More = _more }).ToConfiguration();
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
        builder.Services.AddIngoDBClient(options => (options.ReadRetries, options.WriteRetries, options.WriteTimeout) = (_retries, _retries, WriteTimeout));
        _client = builder.Build();
        await _client.StartAsync(TestContext.Current.CancellationToken);
    }
}
