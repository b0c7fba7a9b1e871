// Of a large state only what has changed travels; what is stored must be the whole of it all the same.

using IngoDB.Abstractions;
using IngoDB.GrainStorage.States;
using IngoDB.GrainStorage.Stores;
using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Contract;

public sealed class LargeStateTests(ClusterFixture clusters)
{
    [Fact]
    public void Only_changed_fields_are_in_the_steps()
    {
        var changes = new StateChanges(bytesMin: 1024);
        var codec = new DocumentStateCodec<Large>(new(null, null), fallback: null);
        var (holder, state, grain) = (new object(), Large.Of(1), GrainId.Create("large", "one"));
        Assert.Null(changes.WriteOf(holder, "one", new(5), codec.Encode(grain, state, null)).Steps);
        changes.Wrote(holder, new(5), codec.Encode(grain, state, null));
        state.Number = 7;
        var step = Assert.Single(changes.WriteOf(holder, "one", new(5), codec.Encode(grain, state, null)).Steps!);
        Assert.Equal((PatchOperator.Set, "number", Value.From(7)), (step.Operator, step.Field.Text, step.Value));
        Assert.Null(changes.WriteOf(holder, "one", new(6), codec.Encode(grain, state, null)).Steps);
        state.Texts = [new string('z', 100_000)];
        Assert.Null(changes.WriteOf(holder, "one", new(5), codec.Encode(grain, state, null)).Steps);
        Assert.Equal(WriteKind.Insert, changes.WriteOf(holder, "one", DocumentVersion.None, codec.Encode(grain, state, null)).Kind);
    }

    [Theory]
    [InlineData(Place.OneSilo)]
    [InlineData(Place.ThreeSilos)]
    [InlineData(Place.Guest)]
    public async Task What_is_stored_is_the_whole_state_after_every_change(Place place)
    {
        var storage = (await clusters.OfAsync(place)).Storage("partial");
        var random = new Random(11);
        for (var grain = 0; grain < 6; grain++)
        {
            var id = GrainId.Create("large", $"{place}-{grain}");
            var held = new GrainState<Large>(Large.Of(grain));
            for (var change = 0; change < 12; change++)
            {
                await storage.WriteStateAsync("s", id, held);
                var seen = new GrainState<Large>(new());
                await storage.ReadStateAsync("s", id, seen);
                Assert.Equal((held.ETag, held.State!.Number, held.State!.Note), (seen.ETag, seen.State!.Number, seen.State!.Note));
                Assert.Equal(held.State!.Texts, seen.State!.Texts);
                switch (random.Next(3))
                {
                    case 0: held.State!.Number++; break;
                    case 1: held.State!.Note = random.Next(2) == 0 ? null : $"note {change}"; break;
                    default: held.State!.Texts[random.Next(held.State!.Texts.Count)] = $"text {change}"; break;
                }
            }
        }
    }

    [Theory]
    [InlineData(Place.OneSilo)]
    [InlineData(Place.ThreeSilos)]
    public async Task A_state_of_megabytes_is_stored(Place place)
    {
        var storage = (await clusters.OfAsync(place)).Storage();
        var (id, held) = (GrainId.Create("large", $"megabytes-{place}"), new GrainState<Large>(new() { Texts = [.. Enumerable.Range(0, 400).Select(i => new string((char)('a' + (i % 26)), 10_000))] }));
        await storage.WriteStateAsync("s", id, held);
        held.State!.Number = 3;
        await storage.WriteStateAsync("s", id, held);
        var seen = new GrainState<Large>(new());
        await storage.ReadStateAsync("s", id, seen);
        Assert.Equal(3, seen.State!.Number);
        Assert.Equal(held.State!.Texts, seen.State!.Texts);
    }

    private sealed class Large
    {
        public int Number { get; set; }

        public string? Note { get; set; }

        public List<string> Texts { get; set; } = [];

        public static Large Of(int number) => new() { Number = number, Texts = [.. Enumerable.Range(0, 20).Select(i => $"text {number} {i} {new string('x', 100)}")] };
    }
}
