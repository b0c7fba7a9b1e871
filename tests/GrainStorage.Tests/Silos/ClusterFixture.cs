// The clusters that most tests share, started when first asked for; tests keep apart by grains of their own.

using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(IngoDB.GrainStorage.Tests.Silos.ClusterFixture))]

namespace IngoDB.GrainStorage.Tests.Silos;

/// <summary>What is between a state and its document.</summary>
public enum Place
{
    /// <summary>One silo, which has it all.</summary>
    OneSilo,

    /// <summary>One of three silos: two thirds of the states are elsewhere.</summary>
    ThreeSilos,

    /// <summary>A silo of the application, beside one of the database.</summary>
    Guest,
}

public sealed class ClusterFixture : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Place, Lazy<Task<TestCluster>>> _clusters = new();

    internal async Task<TestSilo> OfAsync(Place place)
        => (await _clusters.GetOrAdd(place, static place => new(() => new TestCluster(place == Place.ThreeSilos ? 3 : 1, place == Place.Guest ? 1 : 0).StartAsync())).Value).Silo;

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters.Values) await (await cluster.Value).DisposeAsync();
    }
}
