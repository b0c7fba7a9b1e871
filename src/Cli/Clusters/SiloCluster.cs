// A cluster of silo processes under one folder whose silos are killed, stopped and started again by number: for the demo's failover, for
// benches and for tests. Nobody watches over them; what is done to them stays so until somebody undoes it.

using System.Diagnostics;
using IngoDB.Cli.Connections;
using IngoDB.Client;
using IngoDB.Silo;

namespace IngoDB.Cli.Clusters;

/// <summary>Silos by number, from 1, and a client of theirs. Not thread-safe.</summary>
/// <param name="folder">Of all of them.</param>
/// <param name="size">How many the cluster is made for.</param>
/// <param name="more">Further keys of every silo.</param>
/// <param name="programOf">What runs a silo; null: the silo program beside this one.</param>
internal sealed class SiloCluster(string folder, int size, IReadOnlyDictionary<string, string?> more, Func<SiloSettings, ProcessStartInfo>? programOf = null) : IAsyncDisposable
{
    private readonly SortedDictionary<int, SiloProcess> _silos = [];
    private readonly Func<SiloSettings, ProcessStartInfo> _programOf = programOf ?? SiloProcess.Program;
    private Connection? _client;

    /// <summary>The folder that silos, clients and the command line share.</summary>
    public string ClusterFolder => Path.Combine(folder, "cluster");

    /// <summary>For clients that connect from then on.</summary>
    public Action<IngoDBClientOptions>? Client { get; set; }

    public IngoDatabase Database => _client!.Database;

    /// <summary>Everything that the silos have said lately, for whoever has to find out what happened.</summary>
    public string Output => string.Join(Environment.NewLine, _silos.Select(silo => $"--- silo {silo.Key}{Environment.NewLine}{silo.Value.Output}"));

    public SiloProcess this[int number] => _silos[number];

    /// <summary>All silos side by side, and a client when they are ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartSilosAsync(Enumerable.Range(1, size), cancellationToken).ConfigureAwait(false);
        await ReconnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Silos that are not there (any more), over their data, at free ports.</summary>
    public async Task StartSilosAsync(IEnumerable<int> numbers, CancellationToken cancellationToken)
    {
        var started = new List<SiloProcess>();
        foreach (var number in numbers)
        {
            if (_silos.Remove(number, out var former)) await former.DisposeAsync().ConfigureAwait(false);
            started.Add(_silos[number] = new(_programOf(SiloSettings.Numbered(folder, number, size) with { More = more })));
        }

        foreach (var silo in started) await silo.ReadyAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Another client: one that has lost all of its gateways looks for them at its leisure.</summary>
    public async Task ReconnectAsync(CancellationToken cancellationToken)
    {
        await DisconnectAsync().ConfigureAwait(false);
        _client = await ClusterConnector.ConnectAsync(ClusterFolder, Client, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The silo that leads the most partitions, and which (<c>cluster.copies</c>).</summary>
    public async Task<(int Silo, int[] Partitions)> LeaderAsync(CancellationToken cancellationToken)
    {
        var copies = await Database.AdminAsync("cluster.copies", cancellationToken: cancellationToken).ConfigureAwait(false);
        var led = copies["partitions"].AsArray().ToArray().Select(row => row.AsDocument()).GroupBy(row => row["primary"].AsString(), row => (int)row["partition"].AsInt64()).MaxBy(led => led.Count())!;
        return (Enumerable.Range(1, size).First(number => SiloSettings.Numbered(folder, number, size).Name == led.Key), [.. led]);
    }

    /// <summary>The folder of a silo's node.</summary>
    public string FolderOf(int number) => SiloSettings.Numbered(folder, number, size).DataDirectory;

    /// <summary>Kills what is still there. The folder stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync().ConfigureAwait(false);
        foreach (var silo in _silos.Values) await silo.DisposeAsync().ConfigureAwait(false);
        _silos.Clear();
    }

    private async Task DisconnectAsync()
    {
        if (_client is not { } client) return;
        _client = null;
        await client.DisposeAsync().ConfigureAwait(false);
    }
}
