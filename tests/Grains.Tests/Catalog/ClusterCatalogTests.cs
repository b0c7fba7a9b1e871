// The catalog is changed by whoever needs it changed, several at once, and may be interrupted after any write.

using IngoDB.Engine.Files;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace Grains.Tests.Catalog;

public sealed class ClusterCatalogTests : IDisposable
{
    private static readonly DatabaseDefinition Definition = new("default", 16, Buffered: false);

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("file")]
    [InlineData("memory")]
    [InlineData("grain storage")]
    public async Task A_record_is_replaced_only_by_who_read_it(string kind)
    {
        var store = Store(kind);
        Assert.Null(await store.ReadAsync("a/b", Cancellation));
        var first = await store.TryWriteAsync("a/b", "1"u8.ToArray(), null, Cancellation);
        Assert.NotNull(first);
        Assert.Null(await store.TryWriteAsync("a/b", "2"u8.ToArray(), null, Cancellation));
        Assert.Null(await store.TryWriteAsync("a/b", "2"u8.ToArray(), "stranger", Cancellation));
        var second = await store.TryWriteAsync("a/b", "1"u8.ToArray(), first, Cancellation);
        Assert.NotEqual(first, second);
        Assert.Null(await store.TryWriteAsync("a/b", "3"u8.ToArray(), first, Cancellation));
        Assert.Equal(second, (await store.ReadAsync("a/b", Cancellation))!.Etag);
        Assert.Null(await store.ReadAsync("a", Cancellation));
    }

    [Fact]
    public async Task A_new_database_is_spread_over_the_nodes_present_and_stays()
    {
        var catalog = await NewCatalogAsync();
        var map = await catalog.EnsureDatabaseAsync(Definition, ["c", "a", "b"], Cancellation);
        Assert.Equal([6, 5, 5], map.Partitions.GroupBy(p => p.Primary).OrderBy(g => g.Key).Select(g => g.Count()));

        var again = await new ClusterCatalog(Store("file")).EnsureDatabaseAsync(Definition, ["d"], Cancellation);
        Assert.Equal(map.Partitions, again.Partitions);
        Assert.Equal(map.Database.HashSeed, again.Database.HashSeed);
    }

    [Fact]
    public async Task A_database_whose_making_was_interrupted_is_finished_with_what_was_assigned()
    {
        for (var writes = 1; ; writes++)
        {
            var store = new StoreThatStops(new MemoryCatalogStore(), writes);
            var catalog = new ClusterCatalog(store);
            try
            {
                await catalog.EnsureClusterAsync(Cancellation);
                await catalog.EnsureDatabaseAsync(Definition, ["a"], Cancellation);
                break;
            }
            catch (UnavailableException)
            {
                store.WritesLeft = int.MaxValue;
                await catalog.EnsureClusterAsync(Cancellation);
                Assert.Null(await catalog.ReadDatabaseAsync("default", Cancellation));
                var map = await catalog.EnsureDatabaseAsync(Definition, ["b"], Cancellation);
                var assignedBefore = Math.Clamp(writes - 2, 0, 16);
                Assert.Equal(assignedBefore, map.Partitions.Count(p => p.Primary == "a"));
            }
        }
    }

    [Fact]
    public async Task Racing_silos_agree_on_one_map_and_one_id_per_collection()
    {
        await NewCatalogAsync();
        var maps = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            var catalog = new ClusterCatalog(Store("file"));
            var map = await catalog.EnsureDatabaseAsync(Definition, [$"node{i}"], Cancellation);
            for (var c = 0; c < 5; c++) map = map.With(await catalog.EnsureCollectionAsync("default", $"c{c}", Cancellation));
            return map;
        })));
        Assert.All(maps, map => Assert.Equal(maps[0].Partitions, map.Partitions));
        var collections = (await new ClusterCatalog(Store("file")).ReadDatabaseRecordAsync("default", Cancellation))!.Collections;
        Assert.Equal([1u, 2u, 3u, 4u, 5u], collections.Select(c => c.Id));
        Assert.Equal(5, collections.Select(c => c.Name).Distinct().Count());
    }

    [Fact]
    public async Task An_older_start_of_the_same_node_is_refused()
    {
        var catalog = await NewCatalogAsync();
        await catalog.RegisterNodeAsync(new() { NodeId = "n", Name = "one", Incarnation = 3 }, 0, Cancellation);
        var error = await Assert.ThrowsAsync<UnavailableException>(() => catalog.RegisterNodeAsync(new() { NodeId = "n", Name = "copy", Incarnation = 3 }, 0, Cancellation).AsTask());
        Assert.Equal("node.cloned", error.Code);
        Assert.Equal("one", Assert.Single(await catalog.ReadNodesAsync(Cancellation)).Name);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<ClusterCatalog> NewCatalogAsync()
    {
        var catalog = new ClusterCatalog(Store("file"));
        await catalog.EnsureClusterAsync(Cancellation);
        return catalog;
    }

    private ICatalogStore Store(string kind) => kind switch
    {
        "file" => new FileCatalogStore(LocalFileSystem.Instance, _folder.Path),
        "memory" => new MemoryCatalogStore(),
        _ => new GrainStorageCatalogStore(new FakeGrainStorage()),
    };

    /// <summary>Refuses every write after the given number.</summary>
    private sealed class StoreThatStops(ICatalogStore inner, int writes) : ICatalogStore
    {
        public int WritesLeft { get; set; } = writes;

        public ValueTask<CatalogEntry?> ReadAsync(string key, CancellationToken cancellationToken) => inner.ReadAsync(key, cancellationToken);

        public ValueTask<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> json, string? etag, CancellationToken cancellationToken)
            => --WritesLeft >= 0 ? inner.TryWriteAsync(key, json, etag, cancellationToken) : throw new UnavailableException("catalog.down", "stopped");
    }
}
