// What the documents are for: questions over all states, answered by the database while no grain is woken and writes go on.

using IngoDB.Client;
using IngoDB.Client.Queries;
using IngoDB.GrainStorage;

namespace GrainStateQuery;

/// <summary>Questions of an inventory.</summary>
internal sealed class Questions(IngoDBClient client)
{
    /// <summary>Those low on stock in a warehouse, the emptiest first.</summary>
    public async Task<IReadOnlyList<GrainRecord<Stock>>> LowAsync(string warehouse)
    {
        var low = await client.Grains<Stock>().Where(s => s.Warehouse == warehouse && s.Amount < 3).OrderBy(s => s.Amount).Take(100).ToListAsync();
        return low.Items;
    }

    public async Task<QueryResult<WarehouseTotal>> ByWarehouseAsync()
        => await client.Grains<Stock>().GroupBy(s => s.Warehouse).Select(g => new WarehouseTotal { Warehouse = g.Key, Items = g.Count(), Amount = g.Sum(s => s.Amount) }).ToListAsync();

    /// <summary>Who supplies what is out of stock there: from state to state along a reference.</summary>
    public async Task<QueryResult<GrainRecord<Supplier>>> SuppliersOfEmptyAsync(string warehouse)
    {
        var empty = client.Grains<Stock>().Where(s => s.Warehouse == warehouse && s.Amount == 0);
        return await empty.Follow(s => s.Supplier, client.Grains<Supplier>()).ToListAsync();
    }

    /// <summary>Brings every state up to date, once, however often it is run.</summary>
    public Task<MigrationProgress> AddUnitAsync()
        => client.Grains<Stock>().MigrateAsync("add-unit", stock => stock.State.Contains("unit") ? null : stock.State.With("unit", "piece"));

    public Task<long> CountAsync() => client.Grains<Stock>().CountAsync();
}

internal sealed class WarehouseTotal
{
    public string Warehouse { get; set; } = "";

    public long Items { get; set; }

    public int Amount { get; set; }
}
