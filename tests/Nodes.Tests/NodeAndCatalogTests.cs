// A node's folder and the catalog know each other. When one of them is lost, copied or put back from an old backup, the other
// says so before anything is served.

using Grains.Tests;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using IngoDB.Model;
using IngoDB.Silo;
using Microsoft.Extensions.DependencyInjection;

namespace Nodes.Tests;

public sealed class NodeAndCatalogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Catalog => Path.Combine(_folder.Path, "cluster", "catalog");

    private string Data => Path.Combine(_folder.Path, "ingodb-1");

    [Fact]
    public async Task A_lost_catalog_is_not_replaced_by_an_empty_one()
    {
        await StartAndStopAsync();
        Directory.Delete(Catalog, recursive: true);

        Assert.Equal("catalog.lost", await RefusalAsync());
        Assert.False(Directory.Exists(Path.Combine(Catalog, "cluster")));
    }

    [Fact]
    public async Task A_catalog_from_an_old_backup_is_refused_by_a_node_that_knows_more()
    {
        await StartAndStopAsync();
        Copy(Catalog, _folder["backup"]);
        await StartAndStopAsync();
        Directory.Delete(Catalog, recursive: true);
        Copy(_folder["backup"], Catalog);

        Assert.Equal("catalog.regressed", await RefusalAsync());
    }

    [Fact]
    public async Task A_data_folder_from_an_old_backup_is_refused_by_the_catalog()
    {
        await StartAndStopAsync();
        Copy(Data, _folder["backup"]);
        await StartAndStopAsync();
        await StartAndStopAsync();
        Directory.Delete(Data, recursive: true);
        Copy(_folder["backup"], Data);

        Assert.Equal("node.cloned", await RefusalAsync());
    }

    [Fact]
    public async Task Of_two_copies_of_a_folder_the_later_start_is_the_node_and_the_former_stops()
    {
        await StartAndStopAsync();
        Copy(Data, _folder["ingodb-2"]);
        await using var former = Build(1);
        await former.StartAsync(Cancellation);
        var node = former.Services.GetRequiredService<NodeIdentity>();
        var catalog = former.Services.GetRequiredService<ClusterCatalog>();

        // The copy fails once, because both were start 2, and is a later start when it is tried again.
        await using (var copy = Build(2)) Assert.Contains("its data folder is a copy", (await Assert.ThrowsAnyAsync<Exception>(() => copy.StartAsync(Cancellation))).ToString(), StringComparison.Ordinal);
        await using var later = Build(2);
        await later.StartAsync(Cancellation);

        Assert.True(await catalog.IsSupersededAsync(node.Id, node.Incarnation, Cancellation));
        await WaitForAsync(former.Stopping);
        Assert.False(later.Stopping.IsCancellationRequested);
        await later.StopAsync(Cancellation);
        await former.StopAsync(Cancellation);
    }

    public void Dispose() => _folder.Dispose();

    private SiloHost Build(int number) => SiloHost.Build(SiloSettings.Numbered(_folder.Path, number, 1) with { More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = "1" } });

    private async Task StartAndStopAsync()
    {
        await using var silo = Build(1);
        await silo.StartAsync(Cancellation);
        await silo.StopAsync(Cancellation);
    }

    private async Task<string> RefusalAsync()
    {
        await using var silo = Build(1);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => silo.StartAsync(Cancellation));
        for (var e = refused; e is not null; e = e.InnerException)
            if (e is IngoDBException known) return known.Code;
        return refused.ToString();
    }

    private static async Task WaitForAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = stopping.Register(() => stopped.TrySetResult());
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
