// Random sequences of reads, writes and clears by two activations of one grain, with ETags that are current, stale or none, against the
// plainest model: what is stored, and under which ETag. One seed replays a failure (INGODB_GRAIN_SEED).

using System.Globalization;
using IngoDB.GrainStorage.Tests.Silos;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Contract;

public sealed class ModelTests(ClusterFixture clusters)
{
    private const int Stories = 60;
    private const int Steps = 25;

    [Theory]
    [InlineData(Place.OneSilo)]
    [InlineData(Place.ThreeSilos)]
    [InlineData(Place.Failovers)]
    public async Task Stories_of_two_activations_agree_with_the_model(Place place)
    {
        var silo = await clusters.OfAsync(place);
        var first = Environment.GetEnvironmentVariable("INGODB_GRAIN_SEED") is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : 1;
        // With silos that fail, until some have.
        var enough = place == Place.Failovers ? clusters.Failures + 3 : 0;
        for (var seed = first; seed < first + Stories || clusters.Failures < enough; seed++) await StoryAsync(silo.Storage(), GrainId.Create("model", $"{place}-{seed}"), seed);
    }

    private static async Task StoryAsync(IGrainStorage storage, GrainId grain, int seed)
    {
        var random = new Random(seed);
        (Subject State, string Etag)? stored = null;
        var etags = new List<string?> { null };
        var views = new[] { new GrainState<Subject>(new Subject()), new GrainState<Subject>(new Subject()) };
        for (var step = 0; step < Steps; step++)
        {
            var view = views[random.Next(2)];
            if (random.Next(6) == 0) view.ETag = etags[random.Next(etags.Count)]!;
            var before = (view.ETag, Clash: view.ETag != stored?.Etag);
            var what = $"seed {seed}, step {step}";
            switch (random.Next(3))
            {
                case 0:
                    await storage.ReadStateAsync("s", grain, view);
                    Assert.True((stored?.Etag, stored is not null) == (view.ETag, view.RecordExists), what);
                    Assert.True((stored?.State ?? new Subject()).Equals(view.State), what);
                    break;
                case 1:
                    view.State = Subject.Of(random.Next(100));
                    if (await RefusedAsync(() => storage.WriteStateAsync("s", grain, view)) is { } write) Assert.True(before.Clash && write.StoredEtag == (stored?.Etag ?? ""), what);
                    else
                    {
                        Assert.True(!before.Clash && view.RecordExists && !etags.Contains(view.ETag), what);
                        etags.Add(view.ETag);
                        stored = (view.State, view.ETag!);
                    }

                    break;
                default:
                    if (await RefusedAsync(() => storage.ClearStateAsync("s", grain, view)) is { } clear) Assert.True(before.Clash && clear.StoredEtag == (stored?.Etag ?? ""), what);
                    else
                    {
                        Assert.True(!before.Clash && view is { RecordExists: false, ETag: null, State: not null }, what);
                        stored = null;
                    }

                    break;
            }
        }
    }

    private static async Task<InconsistentStateException?> RefusedAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (InconsistentStateException refused)
        {
            return refused;
        }
    }
}
