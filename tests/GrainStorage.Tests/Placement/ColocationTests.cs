using IngoDB.Abstractions;
using IngoDB.GrainStorage.Naming;
using IngoDB.GrainStorage.Tests.Grains;
using IngoDB.GrainStorage.Tests.Silos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Tests.Placement;

/// <summary>A grain with [IngoDBColocated] is activated on the silo that has its state's partition, so that the provider finds it there without a message.</summary>
public sealed class ColocationTests(ClusterFixture clusters)
{
    [Fact]
    public async Task Grains_are_where_their_states_are()
    {
        var silo = await clusters.OfAsync(Place.ThreeSilos);
        var homes = new HashSet<SiloAddress>();
        for (var i = 0; i < 60; i++)
        {
            var grain = silo.Grains.GetGrain<IHomelyGrain>($"homely-{i}");
            await grain.SetAsync(new() { Text = $"text {i}" });
            var (at, home) = await grain.WhereAsync();
            Assert.Equal(home, at);
            homes.Add(at);
        }

        Assert.Equal(3, homes.Count);
    }
}

public interface IHomelyGrain : IGrainWithStringKey, IStateGrain<Note>
{
    /// <summary>The silo of the grain, and the one that has its state's partition.</summary>
    Task<(SiloAddress Silo, SiloAddress? Home)> WhereAsync();
}

[IngoDBColocated, GrainType("homely")]
public sealed class HomelyGrain([PersistentState("note")] IPersistentState<Note> state, ILocalSiloDetails silo, IServiceProvider services) : StateGrain<Note>(state), IHomelyGrain
{
    public async Task<(SiloAddress Silo, SiloAddress? Home)> WhereAsync()
        => (silo.SiloAddress, await services.GetRequiredService<ILocalDocuments>().FindSiloAsync(null, StateIds.Of(this.GetGrainId()), CancellationToken.None));
}
