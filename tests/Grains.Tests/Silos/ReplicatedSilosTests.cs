// Four silos in this process with three copies of each partition: what happens to copies without anybody being killed. A copy moves, a node is drained, and all of it is
// counted, while documents are read and written.

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using IngoDB.Client;
using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Silo;
using Microsoft.Extensions.DependencyInjection;

namespace Grains.Tests.Silos;

public sealed class ReplicatedSilosTests : IDisposable
{
    private const int Silos = 4;

    private readonly TempFolder _folder = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counted = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_moves_and_a_node_is_drained_and_everything_is_counted_and_there()
    {
        Listen();
        await using var group = await SiloGroup.StartAsync(Enumerable.Range(1, Silos).Select(n => SiloSettings.Numbered(_folder["copies"], n, Silos) with
        {
            More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = "2", ["IngoDB:Copies"] = "3" },
        }));
        var database = new IngoDBClient(group.Silos[^1].Grains).Database();
        var things = database.Collection("things");
        for (var i = 0; i < 50; i++) await things.UpsertAsync(Document.Of(("n", i)), new DocumentId($"{i:D3}"), cancellationToken: Cancellation);

        var before = await SettledAsync(database);
        var (from, to) = (before["partitions"].AsArray().Span[0].AsDocument()["primary"].AsString(), FreeOf(before));
        await database.AdminAsync("cluster.move", Document.Of(("partition", 0), ("from", from), ("to", to)), Cancellation);
        var moved = await SettledAsync(database, status => !NamesOf(status, 0).Contains(from));
        Assert.Contains(to, NamesOf(moved, 0));
        Assert.True(moved["partitions"].AsArray().Span[0].AsDocument()["epoch"].AsUInt64() > before["partitions"].AsArray().Span[0].AsDocument()["epoch"].AsUInt64(), "Its primary handed over.");

        await database.AdminAsync("cluster.drain", Document.Of(("node", to)), Cancellation);
        var drained = await SettledAsync(database, status => !NamesOf(status, 0).Contains(to) && !NamesOf(status, 1).Contains(to));
        Assert.Equal(0, NodeOf(drained, to)["copies"].AsInt64());
        Assert.Equal("cluster.too_few_nodes", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.AdminAsync("cluster.drain", Document.Of(("node", from)), Cancellation))).Code);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), (await things.Query().ToListAsync(Cancellation)).Select(document => document["n"].AsInt64()).Order());
        // A copy reads that it is nobody's a moment after it is.
        await SettledAsync(database, _ => _counted.GetValueOrDefault("copies erased") >= 2);
        Assert.Equal(1, _counted["copies moved"]);
        Assert.True(_counted["copies ordered"] >= 1 && _counted["copies retired"] >= 2, string.Join(", ", _counted));
        Assert.True(_counted["in_sync_changes joined"] >= 2 && _counted["in_sync_changes left"] >= 2 && _counted["take_overs "] >= 3, string.Join(", ", _counted));
        Assert.False(_counted.ContainsKey("refused "), string.Join(", ", _counted));
        await group.StopAsync(Cancellation);
    }

    [Fact]
    public async Task What_was_counted_of_queries_is_known_to_all_copies_and_outlives_the_silo_that_led()
    {
        const int silos = 3, partitions = 3, asked = 5;
        await using var group = await SiloGroup.StartAsync(Enumerable.Range(1, silos).Select(n => SiloSettings.Numbered(_folder["counted"], n, silos) with
        {
            More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = $"{partitions}", ["IngoDB:Copies"] = "3", ["IngoDB:ShareStatisticsEvery"] = "00:00:00.1" },
        }));
        var database = new IngoDBClient(group.Silos[^1].Grains).Database();
        var things = database.Collection("things");
        for (var i = 0; i < 50; i++) await things.UpsertAsync(Document.Of(("n", i)), new DocumentId($"{i:D3}"), cancellationToken: Cancellation);
        await SettledAsync(database);
        for (var i = 0; i < asked; i++) Assert.Single(await things.Query().Where(Filter.Eq("n", i)).ToListAsync(Cancellation));

        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!group.Silos.All(silo => Counted(silo) is var counted && counted.Length == partitions && counted.All(executions => executions == asked)))
            await looks.WaitForNextTickAsync(Cancellation);

        await group.Silos[0].StopAsync(Cancellation);
        var patterns = await database.AdminAsync("patterns.list", Document.Of(("collection", "things")), Cancellation);
        Assert.Equal(asked * partitions, patterns["patterns"].AsArray().ToArray().Select(pattern => pattern.AsDocument()).Single(pattern => pattern["shape"].AsString() == "scan where eq(n)")["executions"].AsInt64());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_of_the_present_ask_the_other_copies_unless_a_lease_runs(bool leases)
    {
        Listen();
        await using var group = await SiloGroup.StartAsync(Enumerable.Range(1, 3).Select(n => SiloSettings.Numbered(_folder["leased"], n, 3) with
        {
            More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = "2", ["IngoDB:Copies"] = "3", ["IngoDB:LeaseReads"] = $"{leases}" },
        }));
        var database = new IngoDBClient(group.Silos[^1].Grains).Database();
        var things = database.Collection("things");
        await things.UpsertAsync(Document.Of(("n", -1)), new DocumentId("one"), cancellationToken: Cancellation);
        await SettledAsync(database);
        var stretches = new List<long>();
        for (var i = 0; stretches.Count < (leases ? 20 : 3) && !stretches.Contains(0);)
        {
            var asked = _counted.GetValueOrDefault("messages Confirm");
            for (var end = i + 10; i < end; i++)
            {
                // The read comes right behind the write, and sees it.
                await things.UpsertAsync(Document.Of(("n", i)), new DocumentId("one"), cancellationToken: Cancellation);
                Assert.Equal(i, Assert.Single(await things.Query().Where(Filter.Eq("_id", "one")).ToListAsync(Cancellation))["n"].AsInt64());
            }

            stretches.Add(_counted.GetValueOrDefault("messages Confirm") - asked);
        }

        // A machine that is busy lets a lease run out now and then; without one there are two copies to ask at every read.
        if (leases) Assert.Contains(0, stretches);
        else Assert.All(stretches, asked => Assert.True(asked >= 20, string.Join(' ', stretches)));
        await group.StopAsync(Cancellation);
    }

    // Of each copy on this silo, executions of all shapes.
    private static long[] Counted(SiloHost silo)
        => [.. silo.Services.GetRequiredService<ReplicaHost>().Open.Select(open => open.Replica.Engine.QueryStatistics.Sum(shape => shape.Executions))];

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    private void Listen()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ReplicaMetrics.MeterName && instrument is Counter<long>) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            var detail = "";
            foreach (var tag in tags)
                if (tag.Key != "database") detail = $"{tag.Value}";
            _counted.AddOrUpdate($"{instrument.Name["ingodb.replication.".Length..]} {detail}", count, (_, sum) => sum + count);
        });
        _listener.Start();
    }

    private static async Task<Document> SettledAsync(IngoDatabase database, Func<Document, bool>? and = null)
    {
        // Looked at now and then: a cluster that is asked all the time has no time for anything else.
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            await looks.WaitForNextTickAsync(Cancellation);
            var status = await database.AdminAsync("cluster.copies", cancellationToken: Cancellation);
            if (status["lacking"].AsInt64() == 0 && (and is null || and(status))) return status;
        }
    }

    private static string[] NamesOf(Document status, int partition) => [.. status["partitions"].AsArray().Span[partition].AsDocument()["copies"].AsArray().ToArray().Select(copy => copy.AsDocument()["name"].AsString())];

    private static string FreeOf(Document status) => status["nodes"].AsArray().ToArray().Select(node => node.AsDocument()["name"].AsString()).Except(NamesOf(status, 0)).Single();

    private static Document NodeOf(Document status, string name) => status["nodes"].AsArray().ToArray().Select(node => node.AsDocument()).Single(node => node["name"].AsString() == name);
}
