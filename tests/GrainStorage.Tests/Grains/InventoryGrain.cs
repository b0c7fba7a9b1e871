// What the tests store: an inventory with references to warehouses and suppliers, by grain id, by reference and by key.

using Orleans.Runtime;

namespace IngoDB.GrainStorage.Tests.Grains;

[GenerateSerializer]
public sealed record Stock
{
    [Id(0)] public string Sku { get; init; } = "";

    [Id(1)] public int Amount { get; init; }

    [Id(2)] public string Warehouse { get; init; } = "";

    [Id(3)] public GrainId Supplier { get; init; }

    [Id(4)] public ISupplierGrain? Second { get; init; }

    [Id(5)] public Guid Owner { get; init; }

    [Id(6)] public List<GrainId> Others { get; init; } = [];

    [Id(7)] public decimal Price { get; init; }
}

[GenerateSerializer]
public sealed record Supplier
{
    [Id(0)] public string Name { get; init; } = "";

    [Id(1)] public string Country { get; init; } = "";

    [Id(2)] public GrainId Parent { get; init; }
}

[GenerateSerializer]
public sealed record Owner
{
    [Id(0)] public string Name { get; init; } = "";
}

public interface IStateGrain<T> : IAddressable
{
    Task SetAsync(T state);

    Task<T> GetAsync();

    Task<string?> EtagAsync();

    Task ClearAsync();

    /// <summary>Changes with each activation.</summary>
    Task<string> ActivationAsync();
}

public interface IInventoryGrain : IGrainWithStringKey, IStateGrain<Stock>;

public interface ISupplierGrain : IGrainWithStringKey, IStateGrain<Supplier>;

public interface IOwnerGrain : IGrainWithGuidKey, IStateGrain<Owner>;

public abstract class StateGrain<T>(IPersistentState<T> state) : Grain, IStateGrain<T>
{
    public Task SetAsync(T value)
    {
        state.State = value;
        return state.WriteStateAsync();
    }

    public Task<T> GetAsync() => Task.FromResult(state.State);

    public Task<string?> EtagAsync() => Task.FromResult(state.RecordExists ? state.Etag : null);

    public Task ClearAsync() => state.ClearStateAsync();

    public Task<string> ActivationAsync() => Task.FromResult(GrainContext.ActivationId.ToString());
}

[GrainType("inventory")]
public sealed class InventoryGrain([PersistentState("stock")] IPersistentState<Stock> state) : StateGrain<Stock>(state), IInventoryGrain;

[GrainType("supplier")]
public sealed class SupplierGrain([PersistentState("profile")] IPersistentState<Supplier> state) : StateGrain<Supplier>(state), ISupplierGrain;

[GrainType("owner")]
public sealed class OwnerGrain([PersistentState("profile")] IPersistentState<Owner> state) : StateGrain<Owner>(state), IOwnerGrain;
