// An inventory service with 100,000 grains, in one silo that is its own database.
//
//   dotnet run -c Release --project samples/GrainStateQuery [--grains N]

using System.Diagnostics;
using System.Globalization;
using GrainStateQuery;
using IngoDB.Client;
using IngoDB.GrainStorage;
using IngoDB.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

const int warehouses = 50;
const int suppliers = 200;
const int rounds = 60;
var told = true;
var count = Array.IndexOf(args, "--grains") is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 100_000;
var folder = Directory.CreateTempSubdirectory("ingodb-inventory-").FullName;

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.UseOrleans(silo => silo
    .UseLocalhostClustering()
    .UseIngoDB(options => options.DataDirectory = folder)
    .AddIngoDBGrainStorageAsDefault());
using var host = builder.Build();
await host.StartAsync();
var grains = host.Services.GetRequiredService<IGrainFactory>();
var questions = new Questions(host.Services.GetRequiredService<IngoDBClient>());

await ToldAsync($"{count:N0} grains write their state, each write on disk", async () =>
{
    for (var i = 0; i < suppliers; i++) await grains.GetGrain<ISupplierGrain>($"supplier-{i}").SetAsync(new() { Name = $"Supplier {i}", Country = i % 4 == 0 ? "PT" : "NO" });
    await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, _) => await grains.GetGrain<IInventoryGrain>($"sku-{i}").SetAsync(new()
    {
        Sku = $"sku-{i}",
        Warehouse = $"warehouse-{i / 7 % warehouses}",
        Amount = i * 7919 % 1000,
        Minimum = 5,
        Supplier = grains.GetGrain<ISupplierGrain>($"supplier-{i % suppliers}"),
    }));
    return $"{await questions.CountAsync():N0} states";
});

using var stop = new CancellationTokenSource();
var writes = 0L;
var writing = Task.Run(async () =>
{
    while (!stop.IsCancellationRequested)
    {
        await TakeOneAsync(writes++);
    }
});

// What is asked again and again gets its index; the first and the last time are shown.
foreach (var round in Enumerable.Range(1, rounds))
{
    told = round is 1 or rounds;
    await ToldAsync("low on stock in warehouse-7", async () => (await questions.LowAsync("warehouse-7")) is var low && low.Count > 0 ? $"{low.Count} items, {low[0].GrainId} has {low[0].State.Amount}" : "none");
    await ToldAsync("stock by warehouse", async () => (await questions.ByWarehouseAsync()) is var totals ? $"{totals.Count} warehouses, {totals.Sum(t => t.Items):N0} items, {totals.Sum(t => (long)t.Amount):N0} pieces" : "");
    await ToldAsync("suppliers of what is out of stock in warehouse-0", async () =>
    {
        var found = await questions.SuppliersOfEmptyAsync("warehouse-0");
        return found.Count == 0 ? "none" : $"{found.Count}; {await found[0].GetGrain<ISupplierGrain>().OrderAsync("more")}";
    });
}

await ToldAsync("a new unit for all states", async () => $"{(await questions.AddUnitAsync()).Changed:N0} changed");
await stop.CancelAsync();
await writing;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{writes:N0} writes went on meanwhile."));
await host.StopAsync();
Directory.Delete(folder, recursive: true);

async Task TakeOneAsync(long number)
{
    try
    {
        await grains.GetGrain<IInventoryGrain>($"sku-{number * 31 % count}").TakeAsync(1);
    }
    catch (InconsistentStateException)
    {
        // The migration was faster than this activation; the next one reads what it wrote.
    }
}

async Task ToldAsync(string what, Func<Task<string>> act)
{
    var began = Stopwatch.GetTimestamp();
    var result = await act();
    if (told) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalMilliseconds,10:N1} ms  {what}: {result}"));
}
