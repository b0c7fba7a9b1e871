// A reader that follows what grains write has, whenever they pause, what they have; he may stop and go on, and may have come first.

using IngoDB.Client.Changes;
using IngoDB.GrainStorage.Tests.Contract;
using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Changes;

public sealed class ChangeFeedTests(ClusterFixture clusters)
{
    private const int Grains = 40;

    public static TheoryData<Place> Places => [Place.OneSilo, Place.ThreeSilos, Place.Guest];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Places))]
    public async Task A_reader_who_stops_and_goes_on_has_in_the_end_what_the_grains_have(Place place)
    {
        var silo = await clusters.OfAsync(place);
        var (type, storage) = ($"followed-{place}", silo.Storage());
        await storage.ReadStateAsync("s", GrainId.Create(type, "any"), new GrainState<Subject>(), Cancellation); // a guest has heard of the database
        var states = silo.Client.Grains<Subject>(new() { GrainType = type });
        var (copy, until, readers) = (new Dictionary<GrainId, int>(), DocumentVersion.None, 0);
        using var done = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            while (!Is(last: -1))
            {
                readers++;
                await foreach (var page in states.ChangesAsync(until, Cancellation))
                {
                    Assert.Equal(page.Changes.Select(c => c.Version.Raw).Order(), page.Changes.Select(c => c.Version.Raw));
                    Assert.All(page.Changes, change => Assert.InRange(change.Version.Raw, until.Raw + 1, page.Until.Raw));
                    foreach (var change in page.Changes)
                    {
                        if (change.IsGone) copy.Remove(change.GrainId);
                        else copy[change.GrainId] = change.State!.Number;
                    }

                    until = page.Until;
                    if (Is(last: -1) || page.Changes.Count % 3 == 1) break;
                }
            }
        }, Cancellation);

        await Parallel.ForAsync(0, 4, Cancellation, async (writer, _) =>
        {
            var random = new Random(writer);
            var own = Enumerable.Range(0, Grains / 4).Select(i => (Id: GrainId.Create(type, $"g-{writer}-{i}"), State: new GrainState<Subject>(new()))).ToArray();
            for (var i = 0; i < 150; i++)
            {
                var (id, state) = own[random.Next(own.Length)];
                if (state.RecordExists && random.Next(4) == 0) await storage.ClearStateAsync("s", id, state, Cancellation);
                else
                {
                    state.State = Subject.Of(random.Next(1, 1000));
                    await storage.WriteStateAsync("s", id, state, Cancellation);
                }
            }
        });
        await storage.WriteStateAsync("s", GrainId.Create(type, "last"), new GrainState<Subject>(Subject.Of(-1)), Cancellation);
        await reading;

        var there = await states.ToListAsync(Cancellation);
        Assert.InRange(there.Count, 10, Grains + 1);
        Assert.Equal(there.ToDictionary(r => r.GrainId, r => r.State.Number).OrderBy(p => p.Key.ToString()), copy.OrderBy(p => p.Key.ToString()));
        Assert.InRange(readers, 2, int.MaxValue);

        bool Is(int last) => copy.TryGetValue(GrainId.Create(type, "last"), out var number) && number == last;
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_reader_may_come_before_the_first_state_and_ask_for_some_only(Place place)
    {
        var silo = await clusters.OfAsync(place);
        var type = $"awaited-{place}";
        await silo.Storage().ReadStateAsync("s", GrainId.Create(type, "any"), new GrainState<Subject>(), Cancellation);
        await using var changes = silo.Client.Grains<Subject>(new() { GrainType = type }).Where(s => s.Number >= 10).ChangesAsync(cancellationToken: Cancellation).GetAsyncEnumerator(Cancellation);
        var first = changes.MoveNextAsync().AsTask();
        var (grain, state) = (GrainId.Create(type, "one"), new GrainState<Subject>(Subject.Of(12)));
        await silo.Storage().WriteStateAsync("s", grain, state, Cancellation);
        await first;
        Assert.Equal((grain, 12, state.ETag), Only(await NextAsync()));

        state.State = Subject.Of(3);
        await silo.Storage().WriteStateAsync("s", grain, state, Cancellation);
        await changes.MoveNextAsync();
        Assert.Equal((grain, -1, state.ETag), Only(await NextAsync()));

        async Task<GrainStateChanges<Subject>> NextAsync()
        {
            while (changes.Current.Changes.Count == 0) await changes.MoveNextAsync();
            return changes.Current;
        }

        static (GrainId, int, string) Only(GrainStateChanges<Subject> page)
        {
            var change = Assert.Single(page.Changes);
            return (change.GrainId, change.IsGone ? -1 : change.State!.Number, change.Version.ToString());
        }
    }

    [Fact]
    public async Task What_has_no_meaning_in_a_feed_is_refused()
    {
        var client = (await clusters.OfAsync(Place.OneSilo)).Client;
        var taken = client.Grains<Subject>(new() { GrainType = "any" }).Take(5);
        Assert.Equal("changes.of_part", Assert.Throws<InvalidRequestException>(() => taken.ChangesAsync(cancellationToken: Cancellation)).Code);
        Assert.Equal("collection.not_found", (await Assert.ThrowsAsync<InvalidRequestException>(() => client.Database().Changes("nothing-here").ReadAsync(cancellationToken: Cancellation))).Code);
        foreach (var argument in new[] { Document.Of(("collection", 5)), Document.Of(("collection", "x"), ("since", 1)), Document.Empty })
            Assert.StartsWith("admin.", (await Assert.ThrowsAsync<InvalidRequestException>(() => client.Database().AdminAsync("changes.read", argument, Cancellation))).Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_have_the_same_feed_and_without_what_is_gone_it_reaches_back_as_far_as_one_likes()
    {
        var database = (await clusters.OfAsync(Place.ThreeSilos)).Client.Database();
        var things = database.Collection("things");
        for (var i = 0; i < 50; i++) await things.UpsertAsync(Document.Of(("n", i)), new DocumentId($"t-{i}"), cancellationToken: Cancellation);
        var feed = database.Changes("things");
        var all = await feed.ReadAsync(cancellationToken: Cancellation);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), all.Changes.Select(change => change.Fields!["n"].AsInt64()).Order());
        Assert.Equal(all.Changes.Select(change => change.Version.Raw).Order(), all.Changes.Select(change => change.Version.Raw));
        await things.DeleteAsync(new DocumentId("t-7"), cancellationToken: Cancellation);
        await things.UpsertAsync(Document.Of(("n", 100)), new DocumentId("t-8"), cancellationToken: Cancellation);
        Assert.Equal(["t-7", "t-8"], (await feed.ReadAsync(all.Until, Cancellation)).Changes.Select(change => change.Id.Text).Order());
        Assert.Equal(["t-8"], (await feed.WithoutGone().ReadAsync(all.Until, Cancellation)).Changes.Select(change => change.Id.Text));
        Assert.Equal(["t-7"], (await feed.Where(Filter.Eq("n", 1)).ReadAsync(all.Until, Cancellation)).Changes.Where(change => change.Id.Text == "t-7").Select(change => change.Id.Text));
        Assert.Equal(49, (await feed.WithoutGone().ReadAsync(new DocumentVersion(1), Cancellation)).Changes.Count);
    }
}
