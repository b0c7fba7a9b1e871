// An application whose silos are another cluster than the database's: its storage is given a client, and its states are apart from those
// of other services in the same database.

using IngoDB.Client;
using IngoDB.GrainStorage.Tests.Grains;
using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Grains.Hosting;
using IngoDB.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Hosting;

public sealed class OtherClusterTests(ClusterFixture clusters)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Place.OneSilo)]
    [InlineData(Place.ThreeSilos)]
    public async Task Grains_of_one_cluster_store_their_state_in_the_database_of_another(Place place)
    {
        var database = (await clusters.OfAsync(place)).Client;
        using var folder = new TempFolder();
        using var host = Build(folder, "shop", database);
        await host.StartAsync(Cancellation);
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var (stock, mark) = (grains.GetGrain<IInventoryGrain>($"abroad-{place}"), $"w-{place}");
        await stock.SetAsync(new() { Sku = "abroad", Amount = 3, Warehouse = mark, Supplier = GrainId.Create("supplier", "acme") });
        await grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        Assert.Equal((3, mark), ((await stock.GetAsync()).Amount, (await stock.GetAsync()).Warehouse));

        // The collection carries the service's name, and so does the ETag its version.
        var stored = await database.Database().Collection("grain:inventory:stock:Default:shop").GetAsync($"abroad-{place}", Cancellation);
        Assert.Equal(await stock.EtagAsync(), stored!.Version.ToString());
        Assert.Equal(mark, stored.Fields["warehouse"].AsString());

        // A stale ETag is refused there as it is at home.
        var (storage, stale) = (host.Services.GetRequiredKeyedService<IGrainStorage>("Default"), new GrainState<Stock>(new(), "4711"));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("stock", stock.GetGrainId(), stale, Cancellation));
        await host.StopAsync(Cancellation);
    }

    private static IHost Build(TempFolder folder, string service, IngoDBClient database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection((SiloSettings.Numbered(folder.Path, 1, 1) with { More = new Dictionary<string, string?> { ["Orleans:ClusterId"] = service, ["Orleans:ServiceId"] = service } }).ToConfiguration());
        builder.UseOrleans(silo =>
        {
            silo.Configure<GrainTypeOptions>(types => types.Classes.RemoveWhere(type => type.Assembly == typeof(IngoDBOptions).Assembly));
            silo.AddIngoDBGrainStorageAsDefault(options => options.Client = _ => database);
        });
        return builder.Build();
    }
}
