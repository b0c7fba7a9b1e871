// A cluster of real processes over one temporary folder, and a client that found them through it. One at a time on a machine.

using IngoDB.Cli.Clusters;
using IngoDB.Client;
using IngoDB.TestKit.Processes;

namespace Cluster.Tests.Processes;

/// <summary>Silos by number, from 1.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ingodb-cluster-").FullName;
    private readonly int _size;
    private readonly IDisposable _machine;
    private readonly SiloCluster _silos;

    private ProcessCluster(int size, IDisposable machine, IReadOnlyDictionary<string, string?> more, int retries)
    {
        (_size, _machine, _silos) = (size, machine, new(_folder, size, more));
        // Tests look at what one call is answered; what may have happened is asked after for a moment only.
        _silos.Client = options => (options.ReadRetries, options.WriteRetries, options.WriteTimeout) = (retries, retries, WriteTimeout);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IngoDatabase Database => _silos.Database;

    /// <param name="size">How many silos.</param>
    /// <param name="more">Further keys of every silo.</param>
    /// <param name="retries">Of the client.</param>
    public static async Task<ProcessCluster> StartAsync(int size, IReadOnlyDictionary<string, string?>? more = null, int retries = 0)
    {
        var cluster = new ProcessCluster(size, await MachineLock.AcquireAsync(Cancellation), more ?? new Dictionary<string, string?>(), retries);
        try
        {
            await cluster._silos.StartAsync(Cancellation);
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
        foreach (var number in numbers) await _silos[number].KillAsync();
        await _silos.StartSilosAsync(numbers, Cancellation);
        if (numbers.Length >= _size) await _silos.ReconnectAsync(Cancellation);
    }

    /// <summary>A silo whose folder is gone, or that was never there: another node.</summary>
    public async Task StartEmptyAsync(int number)
    {
        if (Directory.Exists(FolderOf(number))) Directory.Delete(FolderOf(number), recursive: true);
        await _silos.StartSilosAsync([number], Cancellation);
    }

    /// <summary>The folder that silos, clients and the command line share.</summary>
    public string ClusterFolder => _silos.ClusterFolder;

    /// <summary>Where a silo answers for its health.</summary>
    public async Task<Uri> HealthOfAsync(int number) => new((await _silos[number].ReadyAsync(Cancellation)).Split("health at ")[1]);

    public Task<int> StopAsync(int number) => _silos[number].StopAsync(Cancellation);

    /// <summary>The folder of a silo's node, for damage done while it is down.</summary>
    public string FolderOf(int number) => _silos.FolderOf(number);

    /// <summary>Everything that the silos have said, for a failing test.</summary>
    public string Output => _silos.Output;

    /// <summary>For clients that connect from then on.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(8);

    public async ValueTask DisposeAsync()
    {
        await _silos.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _machine.Dispose();
    }

    /// <summary>Another client, with another patience.</summary>
    public Task ReconnectAsync(TimeSpan writeTimeout)
    {
        WriteTimeout = writeTimeout;
        return _silos.ReconnectAsync(Cancellation);
    }
}
