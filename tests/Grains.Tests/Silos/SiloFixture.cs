// One cluster of one silo and one of three, in this process, shared by all tests of the assembly: tests keep apart by using a
// collection of their own. Everything is as in production (file membership, file catalog, durable logs) but for the folder.

using IngoDB.Silo;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Grains.Tests.Silos.SiloFixture))]

namespace Grains.Tests.Silos;

/// <summary>The clusters, started when first asked for.</summary>
public sealed class SiloFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<(int Silos, int Partitions, bool IsCramped), Task<SiloGroup>> _groups = [];

    /// <summary>Caches and memtables that a few thousand documents fill, groups that spill, old versions that soon go, learning that looks often.</summary>
    private static readonly Dictionary<string, string?> s_cramped = new()
    {
        ["IngoDB:BlockCacheBytes"] = "2097152", ["IngoDB:MemtableBudgetBytes"] = "8388608", ["IngoDB:AggregateMemoryBytes"] = "524288", ["IngoDB:Retention"] = "00:02:00", ["IngoDB:LearningPeriod"] = "00:00:00.2",
    };

    /// <summary>A client of the cluster with so many silos, and databases of so many partitions; of three, connected to the last.</summary>
    internal async Task<TestDatabase> OfAsync(int silos, int partitions = 16) => new((await GroupAsync(silos, partitions, isCramped: false)).Silos[^1].Grains);

    /// <summary>What the silo that a database is asked through knows of the catalog.</summary>
    internal async Task<IngoDB.Grains.Catalog.CatalogView> CatalogOfAsync(TestDatabase database)
    {
        Task<SiloGroup>[] groups;
        lock (_groups) groups = [.. _groups.Values];
        foreach (var group in groups)
            foreach (var silo in (await group).Silos)
                if (ReferenceEquals(silo.Grains, database.Grains)) return silo.Services.GetRequiredService<IngoDB.Grains.Catalog.CatalogView>();
        throw new ArgumentException("Not a database of these clusters.", nameof(database));
    }

    /// <summary>A cluster with little memory, as seen from each of its silos.</summary>
    internal async Task<IReadOnlyList<TestDatabase>> CrampedAsync(int silos, int partitions)
        => [.. (await GroupAsync(silos, partitions, isCramped: true)).Silos.Select(silo => new TestDatabase(silo.Grains))];

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

    private Task<SiloGroup> GroupAsync(int silos, int partitions, bool isCramped)
    {
        lock (_groups)
        {
            if (!_groups.TryGetValue((silos, partitions, isCramped), out var group)) _groups[(silos, partitions, isCramped)] = group = StartAsync(silos, partitions, isCramped);
            return group;
        }
    }

    private Task<SiloGroup> StartAsync(int silos, int partitions, bool isCramped)
        => SiloGroup.StartAsync(Enumerable.Range(1, silos).Select(n => SiloSettings.Numbered(_folder[$"of-{silos}-{partitions}{(isCramped ? "-cramped" : "")}"], n, silos) with
        {
            More = new Dictionary<string, string?>(isCramped ? s_cramped : []) { ["IngoDB:Partitions"] = partitions.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        }));
}
