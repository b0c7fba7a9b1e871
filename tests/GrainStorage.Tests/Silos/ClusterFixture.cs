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

    /// <summary>One of three silos with three copies of everything; the two others end and come back all the time.</summary>
    Failovers,
}

public sealed class ClusterFixture : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Place, Lazy<Task<TestCluster>>> _clusters = new();

    private readonly CancellationTokenSource _over = new();
    private Task _failing = Task.CompletedTask;

    /// <summary>How often a silo of <see cref="Place.Failovers"/> has ended and come back.</summary>
    internal int Failures { get; private set; }

    internal async Task<TestSilo> OfAsync(Place place) => (await _clusters.GetOrAdd(place, place => new(() => StartAsync(place))).Value).Silo;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _failing;
        _over.Dispose();
        foreach (var cluster in _clusters.Values) await (await cluster.Value).DisposeAsync();
    }

    private async Task<TestCluster> StartAsync(Place place)
    {
        if (place != Place.Failovers) return await new TestCluster(place == Place.ThreeSilos ? 3 : 1, place == Place.Guest ? 1 : 0).StartAsync();
        var cluster = await new TestCluster(3, partitions: 4, copies: 3).StartAsync();
        _failing = FailAgainAndAgainAsync(cluster);
        return cluster;
    }

    /// <summary>One after the other, in order and not, each when all copies are in sync again. A silo that does not come back fails the fixture.</summary>
    private async Task FailAgainAndAgainAsync(TestCluster cluster)
    {
        for (var round = 0; !_over.IsCancellationRequested; round++)
        {
            await cluster.FailAsync(round % 2, isOrderly: round / 2 % 2 == 0);
            Failures++;
            while (!_over.IsCancellationRequested && await LackingAsync(cluster) > 0) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<long> LackingAsync(TestCluster cluster) => (await cluster.Silo.Client.Database().AdminAsync("cluster.copies"))["lacking"].AsInt64();
}
