using System.Globalization;
using IngoDB.Silo;

namespace IngoDB.GrainStorage.Tests.Silos;

/// <summary>Silos of one cluster in this process, over a folder of their own; it can be started again over the same folder.</summary>
internal sealed class TestCluster(int nodes, int guests = 0, Action<ISiloBuilder>? configure = null, int partitions = 8, int copies = 1) : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private List<TestSilo> _silos = [];

    public IReadOnlyList<TestSilo> Silos => _silos;

    /// <summary>The one that tests talk to: of three it has a third of the partitions; a guest has none.</summary>
    public TestSilo Silo => _silos[^1];

    /// <summary>The folder that the silos share, and clients look into.</summary>
    public string ClusterDirectory => SettingsOf(1).ClusterDirectory;

    public async Task<TestCluster> StartAsync()
    {
        _silos = [.. Enumerable.Range(1, nodes + guests).Select(n => TestSilo.Build(SettingsOf(n), n <= nodes, configure))];
        await Task.WhenAll(_silos.Take(nodes).Select(silo => silo.StartAsync()));
        await Task.WhenAll(_silos.Skip(nodes).Select(silo => silo.StartAsync()));
        return this;
    }

    /// <summary>Every silo is stopped and started again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>One silo ends, in order or not, and comes back over its folder.</summary>
    public async Task FailAsync(int index, bool isOrderly)
    {
        if (isOrderly) await _silos[index].DisposeAsync();
        else await _silos[index].AbortAsync();
        _silos[index] = TestSilo.Build(SettingsOf(index + 1), isNode: true, configure);
        await _silos[index].StartAsync();
    }

    public async Task StopAsync()
    {
        foreach (var silo in Enumerable.Reverse(_silos)) await silo.DisposeAsync();
        _silos = [];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private SiloSettings SettingsOf(int number) => SiloSettings.Numbered(_folder.Path, number, nodes) with
    {
        More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = partitions.ToString(CultureInfo.InvariantCulture), ["IngoDB:Copies"] = copies.ToString(CultureInfo.InvariantCulture) },
    };
}
