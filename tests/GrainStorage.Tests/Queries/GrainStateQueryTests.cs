// Grains write their state; the database answers what it says, and no grain is woken by the question. The answers are compared with the
// same question asked of the list that was written.

using IngoDB.GrainStorage.Tests.Grains;
using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Tests.Queries;

public sealed class GrainStateQueryTests(InventoryFixture inventory) : IClassFixture<InventoryFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IGrainStateQuery<Stock> Stocks => inventory.Silo.Client.Grains<Stock>();

    [Fact]
    public async Task States_are_found_by_what_they_say()
    {
        var low = await Stocks.Where(s => s.Amount < 5 && s.Warehouse == "north").ToListAsync(Cancellation);
        var expected = inventory.Stocks.Where(s => s.Amount < 5 && s.Warehouse == "north").Select(s => s.Sku).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, low.Select(record => record.State.Sku));
        Assert.Equal(expected.Select(sku => GrainId.Create("inventory", sku)), low.Select(record => record.GrainId));
        Assert.All(low, record => Assert.Equal(inventory.Stocks.Single(s => s.Sku == record.State.Sku).Price, record.State.Price));
    }

    [Fact]
    public async Task Order_skip_and_take_are_those_of_the_list()
    {
        var found = await Stocks.Where(s => s.Amount > 10).OrderByDescending(s => s.Amount).ThenBy(s => s.Sku).Skip(3).Take(20).ToListAsync(Cancellation);
        Assert.Equal(inventory.Stocks.Where(s => s.Amount > 10).OrderByDescending(s => s.Amount).ThenBy(s => s.Sku, StringComparer.Ordinal).Skip(3).Take(20).Select(s => s.Sku), found.Select(r => r.State.Sku));
    }

    [Fact]
    public async Task Groups_and_sums_are_those_of_the_list()
    {
        var groups = await Stocks.GroupBy(s => s.Warehouse).Select(g => new { Warehouse = g.Key, Items = g.Count(), Amount = g.Sum(s => s.Amount) }).ToListAsync(Cancellation);
        Assert.Equal(
            inventory.Stocks.GroupBy(s => s.Warehouse).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, (long)g.Count(), g.Sum(s => s.Amount))),
            groups.Select(g => (g.Warehouse, g.Items, g.Amount)));
        Assert.Equal(inventory.Stocks.Max(s => s.Price), (await Stocks.AggregateAsync(g => new { Dearest = g.Max(s => s.Price) }, Cancellation)).Dearest);
        Assert.Equal(inventory.Stocks.Count(s => s.Warehouse == "south"), await Stocks.Where(s => s.Warehouse == "south").CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_projection_reads_only_what_it_takes()
    {
        var names = await Stocks.Where(s => s.Amount == 0).Select(s => new { s.Sku, s.Warehouse }).ToListAsync(Cancellation);
        Assert.Equal(inventory.Stocks.Where(s => s.Amount == 0).OrderBy(s => s.Sku, StringComparer.Ordinal).Select(s => (s.Sku, s.Warehouse)), names.Select(n => (n.Sku, n.Warehouse)));
    }

    [Fact]
    public async Task Enumerated_it_gives_all_states_once()
    {
        var seen = new List<string>();
        await foreach (var record in Stocks) seen.Add(record.State.Sku);
        Assert.Equal(inventory.Stocks.Select(s => s.Sku).Order(StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task Grain_ids_are_enumerated_by_grain_type()
    {
        var ids = new List<GrainId>();
        await foreach (var id in inventory.Silo.Client.Grains<IOwnerGrain, Owner>().GrainIdsAsync(Cancellation)) ids.Add(id);
        Assert.Equal(inventory.Owners.Select(owner => inventory.Silo.Grains.GetGrain<IOwnerGrain>(owner).GetGrainId()).ToHashSet(), ids.ToHashSet());
        Assert.Equal(inventory.Owners.Count, ids.Count);
    }

    [Fact]
    public async Task What_is_found_can_be_called()
    {
        var empty = inventory.Stocks.First(s => s.Amount == 0);
        await foreach (var grain in Stocks.Where(s => s.Sku == empty.Sku).GrainsAsync<IInventoryGrain>(Cancellation))
            Assert.Equal(empty.Warehouse, (await grain.GetAsync()).Warehouse);
        var record = await Stocks.Where(s => s.Sku == empty.Sku).FirstOrDefaultAsync(Cancellation);
        Assert.Equal(empty.Sku, (await record!.GetGrain<IInventoryGrain>().GetAsync()).Sku);
        Assert.Equal(await inventory.Silo.Grains.GetGrain<IInventoryGrain>(empty.Sku).EtagAsync(), record.Version.ToString());
    }

    [Fact]
    public async Task References_are_followed_by_id_by_reference_by_key_and_in_lists()
    {
        var client = inventory.Silo.Client;
        var abroad = await Stocks.Where(s => s.Warehouse == "east").Follow(s => s.Supplier, client.Grains<Supplier>().Where(s => s.Country == "PT")).ToListAsync(Cancellation);
        Assert.Equal(inventory.SuppliersOf(inventory.Stocks.Where(s => s.Warehouse == "east").Select(s => s.Supplier), "PT"), abroad.Select(r => r.GrainId).ToHashSet());

        var second = await Stocks.Where(s => s.Amount < 3).Follow(s => s.Second, client.Grains<Supplier>()).ToListAsync(Cancellation);
        Assert.Equal(inventory.Stocks.Where(s => s is { Amount: < 3, Second: not null }).Select(s => s.Second!.GetGrainId()).ToHashSet(), second.Select(r => r.GrainId).ToHashSet());

        var owners = await Stocks.Where(s => s.Amount > 40).Follow(s => s.Owner, client.Grains<Owner>()).ToListAsync(Cancellation);
        Assert.Equal(inventory.Stocks.Where(s => s.Amount > 40).Select(s => s.Owner).ToHashSet(), owners.Select(r => r.GetGrain<IOwnerGrain>().GetPrimaryKey()).ToHashSet());

        var others = await Stocks.Where(s => s.Warehouse == "north").Follow(s => s.Others, client.Grains<Supplier>()).ToListAsync(Cancellation);
        Assert.Equal(inventory.Stocks.Where(s => s.Warehouse == "north").SelectMany(s => s.Others).ToHashSet(), others.Select(r => r.GrainId).ToHashSet());
    }

    [Fact]
    public async Task Two_steps_are_one_walk()
    {
        var client = inventory.Silo.Client;
        var parents = await Stocks.Where(s => s.Warehouse == "west").Follow(s => s.Supplier, client.Grains<Supplier>()).Follow(s => s.Parent, client.Grains<Supplier>()).ToListAsync(Cancellation);
        Assert.Equal(["supplier/holding"], parents.Select(r => r.GrainId.ToString()));
    }

    [Fact]
    public async Task No_grain_is_activated_by_a_question()
    {
        var management = inventory.Silo.Grains.GetGrain<IManagementGrain>(0);
        while ((await OursAsync()).Length > 0) await management.ForceActivationCollection(TimeSpan.Zero);
        Assert.NotEmpty(await Stocks.Where(s => s.Amount < 10).ToListAsync(Cancellation));
        Assert.NotEmpty(await Stocks.Follow(s => s.Supplier, inventory.Silo.Client.Grains<Supplier>()).ToListAsync(Cancellation));
        Assert.Empty(await OursAsync());

        async Task<DetailedGrainStatistic[]> OursAsync() => await management.GetDetailedGrainStatistics(["inventory", "supplier", "owner"]);
    }

    [Fact]
    public async Task The_documents_are_there_for_everybody_else()
    {
        var sku = inventory.Stocks[0].Sku;
        var document = await inventory.Silo.Client.Database().Collection("grain:inventory:stock").GetAsync(sku, Cancellation);
        Assert.Equal("inventory", document!.Fields["grain"].AsDocument()["type"].AsString());
        Assert.Equal(sku, document.Fields["grain"].AsDocument()["key"].AsString());
        Assert.Equal(ValueKind.Decimal, document.Fields["price"].Kind);
        Assert.Equal(ValueKind.Uuid, document.Fields["owner"].Kind);
    }

    [Fact]
    public async Task Of_a_type_that_no_grain_has_stored_there_are_no_states()
    {
        var client = inventory.Silo.Client;
        var never = client.Grains<NeverStored>();
        Assert.Empty(await never.Where(s => s.Amount > 0).OrderBy(s => s.Amount).ToListAsync(Cancellation));
        Assert.Equal(0, await never.CountAsync(Cancellation));
        Assert.Empty(await never.GroupBy(s => s.Amount).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(Cancellation));
        Assert.Equal(0, (await never.AggregateAsync(g => new { Count = g.Count() }, Cancellation)).Count);
        Assert.Empty(await never.Follow(s => s.Supplier, client.Grains<Supplier>()).ToListAsync(Cancellation));
        Assert.Empty(await Stocks.Follow(s => s.Supplier, never).ToListAsync(Cancellation));
        Assert.Equal(new MigrationProgress(0, 0, IsDone: true), await never.MigrateAsync("early", _ => throw new InvalidOperationException("there is none"), cancellationToken: Cancellation));
        await foreach (var id in never.GrainIdsAsync(Cancellation)) Assert.Fail($"There is a {id}.");
        Assert.NotEmpty(await Stocks.ToListAsync(Cancellation));
    }

    [Fact]
    public async Task The_first_question_may_come_before_the_first_state_and_the_next_one_sees_it()
    {
        await using var cluster = await new TestCluster(nodes: 1, partitions: 2).StartAsync();
        var stocks = cluster.Silo.Client.Grains<Stock>();
        Assert.Empty(await stocks.Where(s => s.Amount > 0).ToListAsync(Cancellation));
        await cluster.Silo.Grains.GetGrain<IInventoryGrain>("first").SetAsync(new() { Sku = "first", Amount = 1 });
        Assert.Equal("first", Assert.Single(await stocks.Where(s => s.Amount > 0).ToListAsync(Cancellation)).State.Sku);
    }

    private sealed record NeverStored(int Amount, GrainId Supplier);
}
