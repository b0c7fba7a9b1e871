using IngoDB.GrainStorage.Tests.Grains;
using IngoDB.GrainStorage.Tests.Silos;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Tests.Queries;

/// <summary>Three silos with 300 stocks, 20 suppliers and 10 owners, written by their grains.</summary>
public sealed class InventoryFixture : IAsyncLifetime
{
    private readonly TestCluster _cluster = new(nodes: 3);
    private readonly List<Supplier> _suppliers = [];

    internal TestSilo Silo => _cluster.Silo;

    internal List<Stock> Stocks { get; } = [];

    internal List<Guid> Owners { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await _cluster.StartAsync();
        var random = new Random(5);
        var grains = Silo.Grains;
        for (var i = 0; i < 10; i++) Owners.Add(new Guid(i, 1, 2, [1, 2, 3, 4, 5, 6, 7, 8]));
        await Task.WhenAll(Owners.Select((owner, i) => grains.GetGrain<IOwnerGrain>(owner).SetAsync(new() { Name = $"owner {i}" })));
        for (var i = 0; i < 20; i++) _suppliers.Add(new() { Name = $"s{i}", Country = i % 3 == 0 ? "PT" : "NO", Parent = GrainId.Create("supplier", "holding") });
        await Task.WhenAll(_suppliers.Append(new() { Name = "holding" }).Select(s => grains.GetGrain<ISupplierGrain>(s.Name).SetAsync(s)));
        for (var i = 0; i < 300; i++)
        {
            Stocks.Add(new()
            {
                Sku = $"sku-{i:D4}",
                Amount = random.Next(50),
                Warehouse = new[] { "north", "east", "south", "west" }[random.Next(4)],
                Supplier = GrainId.Create("supplier", $"s{random.Next(20)}"),
                Second = random.Next(2) == 0 ? null : grains.GetGrain<ISupplierGrain>($"s{random.Next(20)}"),
                Owner = Owners[random.Next(10)],
                Others = [.. Enumerable.Range(0, random.Next(3)).Select(_ => GrainId.Create("supplier", $"s{random.Next(20)}"))],
                Price = random.Next(1, 10_000) / 100m,
            });
        }

        await Parallel.ForEachAsync(Stocks, async (stock, _) => await grains.GetGrain<IInventoryGrain>(stock.Sku).SetAsync(stock));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    internal HashSet<GrainId> SuppliersOf(IEnumerable<GrainId> suppliers, string country)
        => [.. suppliers.Where(id => _suppliers.Single(s => s.Name == id.Key.ToString()).Country == country)];
}
