// One cluster of one silo and one of three, in this process, shared by all tests of the assembly: tests keep apart by using a
// collection of their own. Everything is as in production (file membership, file catalog, durable logs) but for the folder.

using IngoDB.Silo;

[assembly: AssemblyFixture(typeof(Grains.Tests.Silos.SiloFixture))]

namespace Grains.Tests.Silos;

/// <summary>The clusters, started when first asked for.</summary>
public sealed class SiloFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<(int Silos, int Partitions), Task<SiloGroup>> _groups = [];

    /// <summary>A client of the cluster with so many silos, and databases of so many partitions; of three, connected to the last.</summary>
    internal async Task<TestDatabase> OfAsync(int silos, int partitions = 16)
    {
        Task<SiloGroup> group;
        lock (_groups)
            if (!_groups.TryGetValue((silos, partitions), out group!)) _groups[(silos, partitions)] = group = StartAsync(silos, partitions);
        return new((await group).Silos[^1].Grains);
    }

    /// <summary>The same as the client that services use.</summary>
    internal async Task<IngoDB.Client.IngoDBClient> ClientOfAsync(int silos)
    {
        var database = await OfAsync(silos);
        return new(database.Grains);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var starting in _groups.Values)
        {
            await using var group = await starting;
            await group.StopAsync();
        }

        _folder.Dispose();
    }

    private Task<SiloGroup> StartAsync(int silos, int partitions)
        => SiloGroup.StartAsync(Enumerable.Range(1, silos).Select(n => SiloSettings.Numbered(_folder[$"of-{silos}-{partitions}"], n, silos) with
        {
            More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = partitions.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        }));
}
