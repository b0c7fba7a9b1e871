using Cluster.Tests.Processes;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

/// <summary>Partitions that were away when a collection was dropped learn of it when they come back.</summary>
public sealed class DroppedWhileAwayTests
{
    private const int Documents = 300;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collection_that_was_dropped_while_a_silo_was_away_does_not_come_back_with_it()
    {
        await using var cluster = await ProcessCluster.StartAsync(3);
        await FillAsync(cluster, "old");
        await cluster.KillAsync(2);
        var dropped = await DropAsync(cluster);
        Assert.InRange(dropped["missingPartitions"].AsArray().Length, 5, 6);

        await cluster.RestartAsync(2);
        await FillAsync(cluster, "new");
        var found = await cluster.Database.Collection("numbers").Query().ToListAsync(Cancellation);
        Assert.Equal(Documents, found.Count(d => d["life"].AsString() == "new"));
        Assert.Equal(Documents, found.Count);
        Assert.Equal(Documents, (await cluster.Database.Collections.StatisticsAsync("numbers", Cancellation))["documents"].AsInt64());
    }

    private static async Task FillAsync(ProcessCluster cluster, string life)
    {
        var written = await cluster.Database.Collection("numbers").UpsertManyAsync(Enumerable.Range(0, Documents).Select(i => new StoredDocument(new DocumentId($"{life}-{i}"), default, Document.Of(("life", life)))), cancellationToken: Cancellation);
        Assert.Equal(0, written.Refused);
    }

    /// <summary>The client's own gateway may have been the silo that was killed.</summary>
    private static async Task<Document> DropAsync(ProcessCluster cluster)
    {
        while (true)
        {
            try
            {
                return await cluster.Database.AdminAsync("collections.drop", Document.Of(("name", "numbers")), Cancellation);
            }
            catch (UnavailableException e)
            {
                Assert.Equal("cluster.unavailable", e.Code);
            }
        }
    }
}
