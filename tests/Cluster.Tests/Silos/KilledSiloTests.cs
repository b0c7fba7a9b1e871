// A silo is killed in a running cluster. What it alone has cannot be had until it is back, and that is said, by name and soon;
// everything else goes on.

using System.Diagnostics;
using Cluster.Tests.Processes;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

public sealed class KilledSiloTests
{
    private const int Documents = 2_000;

    /// <summary>On an idle machine it is a few milliseconds; here all tests run at the same time. What it must catch is a call that nobody ends: those take 25 s (the client) or minutes (Orleans).</summary>
    private static readonly TimeSpan UnavailableMax = TimeSpan.FromSeconds(12);


    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_silo_is_missed_by_name_and_found_again_with_everything_it_had()
    {
        await using var cluster = await ProcessCluster.StartAsync(3);
        var numbers = cluster.Database.Collection("numbers");
        var written = await numbers.UpsertManyAsync(Enumerable.Range(0, Documents).Select(i => new StoredDocument(Id(i), default, Document.Of(("n", i)))), cancellationToken: Cancellation);
        Assert.Equal(0, written.Refused);
        var missing = await PartitionsOfAsync(cluster, "ingodb-2");
        Assert.InRange(missing.Count, 5, 6);

        await cluster.KillAsync(2);
        await AnotherGatewayIsFoundAsync(cluster);
        for (var attempt = 0; attempt < 5; attempt++) await NobodyIsLeftWaitingAsync(cluster, missing);
        await ANewCollectionCanBeMadeAsync(cluster);

        await cluster.RestartAsync(2);
        Assert.Equal(missing, await PartitionsOfAsync(cluster, "ingodb-2"));
        Assert.Equal(Documents, await numbers.CountAsync(Cancellation));
        Assert.Equal(Enumerable.Range(0, Documents), (await numbers.Query().ToListAsync(Cancellation)).Select(d => (int)d["n"].AsInt64()));
    }

    [Fact]
    public async Task A_cluster_that_was_killed_as_a_whole_serves_as_soon_as_it_is_started_again()
    {
        await using var cluster = await ProcessCluster.StartAsync(3);
        var numbers = cluster.Database.Collection("numbers");
        (await numbers.UpsertManyAsync(Enumerable.Range(0, Documents).Select(i => new StoredDocument(Id(i), default, Document.Of(("n", i)))), cancellationToken: Cancellation)).EnsureApplied();
        for (var silo = 1; silo <= 3; silo++) await cluster.KillAsync(silo);

        var began = Stopwatch.GetTimestamp();
        await cluster.RestartAsync(1, 2, 3);
        Assert.Equal(Documents, await cluster.Database.Collection("numbers").CountAsync(Cancellation));
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    /// <summary>Silos that have just started have not called any partition yet: finding one must not need a silo that is gone.</summary>
    [Fact]
    public async Task Partitions_are_found_for_the_first_time_without_the_silo_that_was_killed()
    {
        await using var cluster = await ProcessCluster.StartAsync(3);
        (await cluster.Database.Collection("numbers").UpsertManyAsync(Enumerable.Range(0, Documents).Select(i => new StoredDocument(Id(i), default, Document.Of(("n", i)))), cancellationToken: Cancellation)).EnsureApplied();
        var missing = await PartitionsOfAsync(cluster, "ingodb-2");
        for (var silo = 1; silo <= 3; silo++) await cluster.KillAsync(silo);
        await cluster.RestartAsync(1, 2, 3);

        await cluster.KillAsync(2);
        await AnotherGatewayIsFoundAsync(cluster);
        await ScanMissesOnlyAsync(cluster.Database.Collection("numbers"), missing);
    }

    /// <summary>The client's own gateway may have been the silo that was killed: then calls say that, soon, until one goes elsewhere.</summary>
    private static async Task AnotherGatewayIsFoundAsync(ProcessCluster cluster)
    {
        for (var served = false; !served;)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                await cluster.Database.AdminAsync("collections.list", cancellationToken: Cancellation);
                served = true;
            }
            catch (UnavailableException e)
            {
                Assert.Equal("cluster.unavailable", e.Code);
            }

            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, UnavailableMax);
        }
    }

    private static async Task NobodyIsLeftWaitingAsync(ProcessCluster cluster, IReadOnlyList<int> missing)
    {
        var numbers = cluster.Database.Collection("numbers");
        var found = 0;
        var refused = 0;
        for (var i = 0; i < 32; i++)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                Assert.NotNull(await numbers.GetAsync(Id(i), Cancellation));
                found++;
            }
            catch (UnavailableException e)
            {
                Assert.Equal("partition.unavailable", e.Code);
                refused++;
            }

            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, UnavailableMax);
            await WriteIsAnsweredAsync(numbers, i);
        }

        Assert.True(found > 0 && refused > 0, $"{found} found, {refused} refused");
        await ScanMissesOnlyAsync(numbers, missing);
        Assert.Equal("query.partitions_missing", (await Assert.ThrowsAsync<UnavailableException>(() => numbers.Query().ToListAsync(Cancellation))).Code);
    }

    private static async Task ScanMissesOnlyAsync(DocumentCollection numbers, IReadOnlyList<int> missing)
    {
        var began = Stopwatch.GetTimestamp();
        var partial = await numbers.Query().AllowPartial().ToListAsync(Cancellation);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, UnavailableMax);
        Assert.True(missing.SequenceEqual(partial.MissingPartitions), $"""
            {string.Join(", ", missing)} were killed.
            {string.Join(Environment.NewLine, partial.Warnings)}
            """);
        Assert.InRange(partial.Count, Documents / 2, Documents - 1);
    }

    /// <summary>Also when the grain that changes the catalog was on the silo that is gone.</summary>
    private static async Task ANewCollectionCanBeMadeAsync(ProcessCluster cluster)
    {
        var written = await cluster.Database.Collection("made-meanwhile").UpsertManyAsync(Enumerable.Range(0, 100).Select(i => new StoredDocument(Id(i), default, Document.Of(("n", i)))), cancellationToken: Cancellation);
        Assert.InRange(written.Results.Count(r => r.ErrorCode is null), 40, 90);
    }

    /// <summary>Done, or refused, or said to be unknown; never left hanging.</summary>
    private static async Task WriteIsAnsweredAsync(DocumentCollection numbers, int number)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await numbers.UpsertAsync(Document.Of(("n", number)), Id(number), cancellationToken: Cancellation);
        }
        catch (Exception e) when (e is UnavailableException or UnknownOutcomeException)
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, UnavailableMax);
        }
    }

    private static async Task<IReadOnlyList<int>> PartitionsOfAsync(ProcessCluster cluster, string silo)
    {
        var status = await cluster.Database.AdminAsync("cluster.status", cancellationToken: Cancellation);
        var node = status["nodes"].AsArray().ToArray().Select(n => n.AsDocument()).Single(n => n["name"].AsString() == silo)["id"].AsString();
        var partitions = status["partitions"].AsArray().ToArray().Select(p => p.AsDocument()).Where(p => p["node"].AsString() == node);
        return [.. partitions.Select(p => (int)p["partition"].AsInt64()).Order()];
    }

    private static DocumentId Id(int number) => new($"{number:D4}");
}
