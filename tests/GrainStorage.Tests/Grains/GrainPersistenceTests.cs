// The same contract as grains see it, through the runtime: every kind of key, generic grains, state by inheritance, coalesced writes,
// stale activations, and silos that are all stopped and started again.

using IngoDB.GrainStorage.Tests.Silos;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Grains;

public sealed class GrainPersistenceTests(ClusterFixture clusters)
{
    public static TheoryData<Place> Places => [Place.OneSilo, Place.ThreeSilos, Place.Guest];

    [Theory, MemberData(nameof(Places))]
    public async Task State_survives_its_activation(Place place)
    {
        var note = (await clusters.OfAsync(place)).Grains.GetGrain<INoteGrain>($"survives-{place}");
        Assert.Null(await note.EtagAsync());
        await note.ClearAsync();
        await note.SetAsync(Note.Of("kept"));
        var (etag, activation) = (await note.EtagAsync(), await note.ActivationAsync());
        await AgainAsync(note, activation);
        Assert.Equal(("kept", etag), ((await note.GetAsync()).Text, await note.EtagAsync()));
        await note.ClearAsync();
        await AgainAsync(note, await note.ActivationAsync());
        Assert.Null(await note.EtagAsync());
    }

    [Theory, MemberData(nameof(Places))]
    public async Task An_activation_whose_etag_is_stale_gives_way_to_one_that_reads_again(Place place)
    {
        var grains = (await clusters.OfAsync(place)).Grains;
        var (note, other) = (grains.GetGrain<INoteGrain>($"stale-{place}"), grains.GetGrain<INoteGrain>($"other-{place}"));
        await note.SetAsync(Note.Of("first"));
        await other.SetAsync(Note.Of("first"));
        var (activation, untouched) = (await note.ActivationAsync(), await other.ActivationAsync());
        await note.WriteAsAnotherAsync("by another");
        await Assert.ThrowsAsync<InconsistentStateException>(() => note.SetAsync(Note.Of("lost")));
        Assert.Equal("by another", (await note.GetAsync()).Text);
        Assert.NotEqual(activation, await note.ActivationAsync());
        Assert.Equal(untouched, await other.ActivationAsync());
        await note.SetAsync(Note.Of("second"));
        Assert.Equal("second", (await note.GetAsync()).Text);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Every_kind_of_key_has_its_state(Place place)
    {
        var grains = (await clusters.OfAsync(place)).Grains;
        var states = new List<IStateGrain<int>>();
        foreach (var number in new[] { 0, 1, -1, long.MaxValue, long.MinValue }) states.Add(grains.GetGrain<ILongGrain>(number));
        foreach (var text in new[] { "a", "b", "ü/+" })
        {
            states.Add(grains.GetGrain<IGuidCompoundGrain>(Guid.Empty, text));
            states.Add(grains.GetGrain<IGuidCompoundGrain>(new Guid(1, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8]), text));
        }

        for (var i = 0; i < states.Count; i++) await states[i].SetAsync(i + 1);
        await grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        for (var i = 0; i < states.Count; i++) Assert.Equal(i + 1, await states[i].GetAsync());
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Generic_grains_and_state_by_inheritance(Place place)
    {
        var grains = (await clusters.OfAsync(place)).Grains;
        var (numbers, texts, nested) = (grains.GetGrain<IBoxGrain<int>>(1, "x"), grains.GetGrain<IBoxGrain<string>>(1, "x"), grains.GetGrain<IBoxGrain<BoxState<List<int>>>>(1, "x"));
        await numbers.SetAsync(5);
        await texts.SetAsync("five");
        await nested.SetAsync(new() { Value = [1, 2, 3] });
        await Task.WhenAll(numbers.DeactivateAsync(), texts.DeactivateAsync(), nested.DeactivateAsync());
        Assert.Equal(5, await numbers.GetAsync());
        Assert.Equal("five", await texts.GetAsync());
        Assert.Equal([1, 2, 3], (await nested.GetAsync())!.Value!);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Writes_at_once_end_with_the_last_and_two_states_do_not_meet(Place place)
    {
        var note = (await clusters.OfAsync(place)).Grains.GetGrain<INoteGrain>($"many-{place}");
        Assert.Equal("second 50", await note.WriteManyAsync(50));
        await AgainAsync(note, await note.ActivationAsync());
        Assert.Equal("write 50", (await note.GetAsync()).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task All_silos_are_started_again_and_what_was_written_is_there(int silos)
    {
        await using var cluster = await new TestCluster(silos).StartAsync();
        await Parallel.ForAsync(0, 200, async (i, _) => await NoteOf(cluster, i).SetAsync(Note.Of($"note {i}")));
        await Parallel.ForAsync(0, 100, async (i, _) => await NoteOf(cluster, 2 * i).ClearAsync());
        var etags = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => NoteOf(cluster, i).EtagAsync()));
        await cluster.RestartAsync();
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(etags[i], await NoteOf(cluster, i).EtagAsync());
            if (i % 2 == 1) Assert.Equal($"note {i}", (await NoteOf(cluster, i).GetAsync()).Text);
            else Assert.Null(etags[i]);
        }

        await NoteOf(cluster, 1).SetAsync(Note.Of("after"));
        Assert.NotEqual(etags[1], await NoteOf(cluster, 1).EtagAsync());
    }

    private static INoteGrain NoteOf(TestCluster cluster, int number) => cluster.Silo.Grains.GetGrain<INoteGrain>($"note-{number}");

    private static async Task AgainAsync(INoteGrain note, string activation)
    {
        await note.DeactivateAsync();
        while (await note.ActivationAsync() == activation) await Task.Yield();
    }
}
