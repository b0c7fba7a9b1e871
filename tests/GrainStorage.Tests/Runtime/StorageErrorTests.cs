// The runtime's side of the contract when storage fails under a grain (orleans.md §3.2, PersistenceGrainTests): the caller hears of it, the
// state that is stored is whole, an operation whose outcome is unknown is found out by the next one, and no other grain notices.

using System.Diagnostics;
using IngoDB.GrainStorage.Tests.Silos;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Runtime;

public sealed class StorageErrorTests(ClusterFixture clusters)
{
    public static TheoryData<Place> Places => [Place.OneSilo, Place.ThreeSilos, Place.Guest];

    [Theory, MemberData(nameof(Places))]
    public async Task A_grain_whose_state_could_not_be_read_is_not_activated_and_is_when_it_can(Place place)
    {
        var grain = await GrainAsync(place, "activates");
        foreach (var fails in new[] { Fails.Before, Fails.After })
        {
            await grain.SetAsync(7);
            Order(grain, "read", fails);
            await grain.DeactivateAsync();
            var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                while (true) await grain.GetAsync(); // by the activation that ends, until it has
            });
            Assert.Contains($"read failed {fails}", refused.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.Equal(7, await grain.GetAsync());
        }
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_read_that_failed_leaves_the_grain_as_it_was(Place place)
    {
        var grain = await GrainAsync(place, "reads");
        await grain.SetAsync(1);
        var (activation, etag) = (await grain.ActivationAsync(), await grain.EtagAsync());
        Order(grain, "read", Fails.Before);
        await Assert.ThrowsAnyAsync<Exception>(grain.ReadAgainAsync);
        Assert.Equal((1, etag, activation), (await grain.GetAsync(), await grain.EtagAsync(), await grain.ActivationAsync()));
        await grain.ReadAgainAsync();
        Assert.Equal((1, etag), (await grain.GetAsync(), await grain.EtagAsync()));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_write_that_was_not_done_can_be_done_again(Place place)
    {
        var grain = await GrainAsync(place, "writes");
        await grain.SetAsync(1);
        var etag = await grain.EtagAsync();
        Order(grain, "write", Fails.Before);
        await Assert.ThrowsAnyAsync<Exception>(() => grain.SetAsync(2));
        Assert.Equal(etag, await grain.EtagAsync());
        await grain.SetAsync(3);
        await AgainAsync(grain);
        Assert.Equal(3, await grain.GetAsync());
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_write_whose_answer_was_lost_is_found_out_by_the_next_one_and_only_that_activation_ends(Place place)
    {
        var (grain, other) = (await GrainAsync(place, "lost"), await GrainAsync(place, "untouched"));
        await grain.SetAsync(1);
        await other.SetAsync(1);
        var (activation, untouched) = (await grain.ActivationAsync(), await other.ActivationAsync());
        Order(grain, "write", Fails.After);
        await Assert.ThrowsAnyAsync<Exception>(() => grain.SetAsync(2));
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.SetAsync(3));
        Assert.Equal(2, await grain.GetAsync());
        Assert.NotEqual(activation, await grain.ActivationAsync());
        Assert.Equal(untouched, await other.ActivationAsync());
        await grain.SetAsync(4);
        Assert.Equal(4, await grain.GetAsync());
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_clear_that_was_not_done_keeps_the_state_and_one_whose_answer_was_lost_has_cleared_it(Place place)
    {
        var grain = await GrainAsync(place, "clears");
        await grain.SetAsync(1);
        Order(grain, "clear", Fails.Before);
        await Assert.ThrowsAnyAsync<Exception>(grain.ClearAsync);
        await AgainAsync(grain);
        Assert.Equal(1, await grain.GetAsync());
        Order(grain, "clear", Fails.After);
        await Assert.ThrowsAnyAsync<Exception>(grain.ClearAsync);
        await AgainAsync(grain);
        Assert.Equal((0, null), (await grain.GetAsync(), await grain.EtagAsync()));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Calls_that_come_between_all_count(Place place)
    {
        var grain = await GrainAsync(place, "reentrant");
        await grain.SetAsync(0);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => grain.AddAsync()));
        await AgainAsync(grain);
        Assert.Equal(50, await grain.GetAsync());
    }

    [Fact]
    public async Task A_provider_that_is_not_there_is_named()
    {
        var homeless = (await clusters.OfAsync(Place.OneSilo)).Grains.GetGrain<IHomelessGrain>("any");
        Assert.Contains("nobody", (await Assert.ThrowsAnyAsync<Exception>(homeless.GetAsync)).ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_thousand_grains_in_groups_of_a_hundred_write_and_read_again(Place place)
    {
        var grains = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => GrainAsync(place, $"many-{i}")));
        var began = Stopwatch.GetTimestamp();
        await EachAsync((grain, i) => grain.SetAsync(i));
        await EachAsync((grain, _) => grain.ReadAgainAsync());
        await EachAsync(async (grain, i) => Assert.Equal(i, await grain.GetAsync()));
        TestContext.Current.TestOutputHelper!.WriteLine($"3,000 calls on {place}: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");

        async Task EachAsync(Func<IFaultyGrain, int, Task> call)
        {
            foreach (var group in grains.Index().Chunk(100)) await Task.WhenAll(group.Select(one => call(one.Item, one.Index)));
        }
    }

    private async Task<IFaultyGrain> GrainAsync(Place place, string name) => (await clusters.OfAsync(place)).Grains.GetGrain<IFaultyGrain>($"{name}-{place}");

    private static void Order(IFaultyGrain grain, string operation, Fails fails) => FaultyStorage.Ordered[(grain.GetGrainId(), operation)] = fails;

    private static async Task AgainAsync(IFaultyGrain grain)
    {
        var activation = await grain.ActivationAsync();
        await grain.DeactivateAsync();
        while (await grain.ActivationAsync() == activation) await Task.Yield();
    }
}
