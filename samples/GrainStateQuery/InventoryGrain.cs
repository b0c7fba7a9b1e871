// An ordinary Orleans application: grains with persistent state, nothing of the database in them.

using Orleans.Runtime;

namespace GrainStateQuery;

[GenerateSerializer]
public sealed record Stock
{
    [Id(0)] public string Sku { get; init; } = "";

    [Id(1)] public string Warehouse { get; init; } = "";

    [Id(2)] public int Amount { get; init; }

    [Id(3)] public int Minimum { get; init; }

    [Id(4)] public ISupplierGrain? Supplier { get; init; }
}

[GenerateSerializer]
public sealed record Supplier
{
    [Id(0)] public string Name { get; init; } = "";

    [Id(1)] public string Country { get; init; } = "";
}

public interface IInventoryGrain : IGrainWithStringKey
{
    Task SetAsync(Stock value);

    Task<int> TakeAsync(int amount);
}

public interface ISupplierGrain : IGrainWithStringKey
{
    Task SetAsync(Supplier value);

    Task<string> OrderAsync(string sku);
}

[GrainType("inventory")]
public sealed class InventoryGrain([PersistentState("stock")] IPersistentState<Stock> stock) : Grain, IInventoryGrain
{
    public Task SetAsync(Stock value)
    {
        stock.State = value;
        return stock.WriteStateAsync();
    }

    public async Task<int> TakeAsync(int amount)
    {
        stock.State = stock.State with { Amount = Math.Max(0, stock.State.Amount - amount) };
        await stock.WriteStateAsync();
        return stock.State.Amount;
    }
}

[GrainType("supplier")]
public sealed class SupplierGrain([PersistentState("profile")] IPersistentState<Supplier> profile) : Grain, ISupplierGrain
{
    public Task SetAsync(Supplier value)
    {
        profile.State = value;
        return profile.WriteStateAsync();
    }

    public Task<string> OrderAsync(string sku) => Task.FromResult($"{profile.State.Name} ({profile.State.Country}) will send {sku}");
}
