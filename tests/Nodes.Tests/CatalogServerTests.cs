// The catalog in servers that clusters have anyway, real ones from Debian: a silo starts over them, racing changes lose nothing,
// and what was acknowledged survives the server's sudden end.

using Grains.Tests;
using Nodes.Tests.Servers;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Nodes.Tests;

public abstract class CatalogServerTests<TServer>(TServer server) : IClassFixture<TServer> where TServer : CatalogServer
{
    protected TServer Server
    {
        get
        {
            server.EnsureStarted();
            return server;
        }
    }

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_share_it_lose_no_change_and_find_it_again_after_the_servers_sudden_end()
    {
        using var folder = new TempFolder();
        string cluster;
        await using (var silo = Server.BuildSilo(folder.Path))
        {
            await silo.StartAsync(Cancellation);
            var catalog = silo.Services.GetRequiredService<ClusterCatalog>();
            cluster = (await catalog.EnsureClusterAsync(Cancellation)).ClusterId;
            await catalog.EnsureDatabaseAsync(new("raced", 1, Buffered: false), ["somebody"], Cancellation);

            // Four at once, each with a view of the catalog of its own.
            var store = silo.Services.GetRequiredService<ICatalogStore>();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(racer => Task.Run(async () =>
            {
                for (var i = 0; i < 5; i++) await new ClusterCatalog(store).EnsureCollectionAsync("raced", $"c{racer}-{i}", Cancellation);
            })));
            Server.Kill();
            Server.Start();
            await silo.StopAsync(Cancellation);
        }

        await using (var again = Server.BuildSilo(folder.Path))
        {
            await again.StartAsync(Cancellation);
            var catalog = again.Services.GetRequiredService<ClusterCatalog>();
            var collections = (await catalog.ReadDatabaseRecordAsync("raced", Cancellation))!.Collections;

            Assert.Equal(cluster, again.Services.GetRequiredService<NodeIdentity>().ClusterId);
            Assert.Equal(Enumerable.Range(1, 20).Select(id => (uint)id), collections.Select(c => c.Id));
            Assert.Equal(20, collections.Select(c => c.Name).Distinct().Count());
            await again.StopAsync(Cancellation);
        }
    }
}

public sealed class RedisCatalogTests(RedisServer server) : CatalogServerTests<RedisServer>(server)
{
    [Theory]
    [InlineData("appendfsync", "everysec", "always")]
    [InlineData("appendonly", "no", "yes")]
    public async Task A_Redis_that_would_forget_is_refused_with_the_setting_and_its_remedy(string setting, string value, string remedy)
    {
        await RedisCatalogCheck.RunAsync(Server.Endpoint, Cancellation);
        Server.Set(setting, value);
        try
        {
            var refused = await Assert.ThrowsAsync<IngoDB.Model.UnavailableException>(() => RedisCatalogCheck.RunAsync(Server.Endpoint, Cancellation).AsTask());

            Assert.Equal("catalog.redis_unfit", refused.Code);
            Assert.Contains($"{setting} is {value}", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"set it to {remedy}", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Server.Set(setting, remedy);
        }
    }

    [Fact]
    public async Task What_is_no_Redis_is_said_to_be_none()
    {
        var refused = await Assert.ThrowsAsync<IngoDB.Model.UnavailableException>(() => RedisCatalogCheck.RunAsync("secret@127.0.0.1:1", Cancellation).AsTask());

        Assert.Equal("catalog.redis_unreachable", refused.Code);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replica_and_eviction_are_refused_and_no_limit_of_memory_is_fine()
    {
        var good = new Dictionary<string, string> { ["appendonly"] = "yes", ["appendfsync"] = "always", ["maxmemory"] = "0", ["maxmemory-policy"] = "allkeys-lru" };

        Assert.Empty(RedisCatalogCheck.Failures(good, "master"));
        Assert.Contains("slave", Assert.Single(RedisCatalogCheck.Failures(good, "slave")), StringComparison.Ordinal);
        Assert.Contains("noeviction", Assert.Single(RedisCatalogCheck.Failures(new Dictionary<string, string>(good) { ["maxmemory"] = "1000000" }, "master")), StringComparison.Ordinal);
    }
}

public sealed class PostgresCatalogTests(PostgresServer server) : CatalogServerTests<PostgresServer>(server)
{
    [Fact]
    public async Task A_table_that_lets_two_writers_make_one_record_is_refused_before_a_cluster_is_made_in_it()
    {
        using var folder = new TempFolder();
        Server.MakeTables(OrleansTables.WithoutUniqueIndex);
        try
        {
            await using var silo = Server.BuildSilo(folder.Path);
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => silo.StartAsync(Cancellation));

            Assert.Contains("catalog.store_unfit", $"{(refused as IngoDB.Model.UnavailableException)?.Code} {refused}", StringComparison.Ordinal);
            Assert.Contains("unique index", refused.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Server.MakeTables(OrleansTables.WithUniqueIndex);
        }
    }
}
