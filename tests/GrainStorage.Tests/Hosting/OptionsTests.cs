// What a provider can be told, by code and by configuration alone, and what it refuses to be told.

using IngoDB.GrainStorage.States;
using IngoDB.GrainStorage.Tests.Contract;
using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Grains.Hosting;
using IngoDB.Model;
using IngoDB.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Hosting;

public sealed class OptionsTests(ClusterFixture clusters)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Everything_that_makes_no_sense_is_named_at_once()
    {
        var options = new IngoDBGrainStorageOptions { Database = "", TimeToLive = TimeSpan.FromMilliseconds(5), PartialChangeBytes = 3, Service = "", MovesFrom = "cold" };
        options.TimeToLiveOf["cart"] = TimeSpan.FromDays(99_999);
        var refused = Assert.Throws<OrleansConfigurationException>(() => new IngoDBGrainStorageOptionsValidator(options, "cold").ValidateConfiguration());
        foreach (var part in new[] { "'cold'", "Database", "TimeToLive must", "'cart'", "PartialChangeBytes", "Service", "MovesFrom" }) Assert.Contains(part, refused.Message, StringComparison.Ordinal);
        new IngoDBGrainStorageOptionsValidator(new(), "Default").ValidateConfiguration();
    }

    [Fact]
    public async Task Configuration_alone_gives_a_silo_the_provider()
    {
        using var folder = new TempFolder();
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(SiloSettings.Numbered(folder.Path, 1, 1).ToConfiguration());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Orleans:GrainStorage:Default:ProviderType"] = "IngoDB",
            ["Orleans:GrainStorage:Cold:ProviderType"] = "IngoDB",
            ["Orleans:GrainStorage:Cold:TimeToLive"] = "30.00:00:00",
            ["Orleans:GrainStorage:Cold:TimeToLiveOf:cart"] = "01:00:00",
        });
        builder.UseOrleans(silo => silo.UseIngoDB());
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        foreach (var (name, type, life) in new[] { ("Default", "cart", (TimeSpan?)null), ("Cold", "cart", TimeSpan.FromHours(1)), ("Cold", "order", TimeSpan.FromDays(30)) })
        {
            var (grain, state) = (GrainId.Create(type, "one"), new GrainState<Subject>(Subject.Of(1)));
            await host.Services.GetRequiredKeyedService<IGrainStorage>(name).WriteStateAsync("s", grain, state);
            var collection = name == "Default" ? $"grain:{type}:s" : $"grain:{type}:s:{name}";
            var stored = await host.Services.GetRequiredService<Client.IngoDBClient>().Database().Collection(collection).GetAsync("one", Cancellation);
            var expires = stored!.Fields[FieldNames.Expires];
            if (life is null) Assert.True(expires.IsMissing);
            else Assert.InRange(expires.AsTimestamp() - TimeProvider.System.GetUtcNow(), life.Value - TimeSpan.FromMinutes(1), life.Value);
        }

        await host.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData(Place.OneSilo)]
    [InlineData(Place.Guest)]
    public async Task A_state_that_is_not_written_ends_by_itself(Place place)
    {
        var silo = await clusters.OfAsync(place);
        var (storage, grain, state) = (silo.Storage("short"), GrainId.Create("session", $"one-{place}"), new GrainState<Subject>(Subject.Of(1)));
        await storage.WriteStateAsync("s", grain, state);
        await storage.WriteStateAsync("s", GrainId.Create("account", $"one-{place}"), new GrainState<Subject>(Subject.Of(2)));
        var seen = new GrainState<Subject>(new Subject());
        do await storage.ReadStateAsync("s", grain, seen, Cancellation);
        while (seen.RecordExists);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("s", grain, state));
        await storage.WriteStateAsync("s", grain, seen);
        await storage.ReadStateAsync("s", GrainId.Create("account", $"one-{place}"), seen, Cancellation);
        Assert.Equal(2, seen.State!.Number);
    }

    [Fact]
    public async Task Opaque_states_are_kept_flagged_and_not_queryable()
    {
        var silo = await clusters.OfAsync(Place.OneSilo);
        var (storage, grain, state) = (silo.Storage("opaque"), GrainId.Create("sealed", "one"), new GrainState<SealedState>(new() { Text = "inside" }));
        await storage.WriteStateAsync("s", grain, state);
        var seen = new GrainState<SealedState>(new());
        await storage.ReadStateAsync("s", grain, seen);
        Assert.Equal(("inside", state.ETag), (seen.State!.Text, seen.ETag));

        var database = silo.Client.Database();
        var stored = await database.Collection("grain:sealed:s:opaque").GetAsync("one", Cancellation);
        Assert.True(stored!.Fields["grain"].AsDocument()["opaque"].AsBool());
        Assert.False((await database.Collection("system:grain-states").GetAsync("grain:sealed:s:opaque", Cancellation))!.Fields["queryable"].AsBool());
        var query = silo.Client.Grains<SealedState>(new() { Provider = "opaque" });
        Assert.Equal("state.not_queryable", (await Assert.ThrowsAsync<InvalidRequestException>(() => query.Where(s => s.Text == "inside").ToListAsync(Cancellation))).Code);
        Assert.Equal(1, await query.CountAsync(Cancellation));
        var ids = new List<GrainId>();
        await foreach (var id in query.GrainIdsAsync(Cancellation)) ids.Add(id);
        Assert.Equal([grain], ids);
    }

    [Fact]
    public async Task A_former_serializer_leads_from_opaque_states_to_documents()
    {
        var silo = await clusters.OfAsync(Place.OneSilo);
        var grain = GrainId.Create("reopened", "one");
        var serializer = silo.Services.GetRequiredService<IGrainStorageSerializer>();
        var state = new GrainState<ReopenedState>(new() { Text = "old" });
        await silo.Storage("opaque").WriteStateAsync("s", grain, state);
        var stored = await silo.Client.Database().Collection("grain:reopened:s:opaque").GetAsync("one", Cancellation);
        var documents = new DocumentStateCodec<ReopenedState>(new(null, null), serializer);
        Assert.Equal("old", documents.Decode(stored!)!.Text);
        Assert.Equal("state.opaque", Assert.Throws<InvalidRequestException>(() => new DocumentStateCodec<ReopenedState>(new(null, null), null).Decode(stored!)).Code);
    }
}

[GenerateSerializer]
public sealed class ReopenedState
{
    [Id(0)] public string Text { get; set; } = "";
}

/// <summary>Of a test of its own: the tests of a class run in any order, and states of one class in one provider are counted together.</summary>
[GenerateSerializer]
public sealed class SealedState
{
    [Id(0)] public string Text { get; set; } = "";
}
