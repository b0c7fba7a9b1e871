// The feed of changes as a rewindable stream of Orleans. What a subscriber must see, whatever silos do meanwhile:
//
//   each       the last write of every document comes
//   real       what comes was written
//   in order   each change is later than all that came before it, or one of them again
//
// (A document that is written again before it was read comes once, as it is then: decision 0063.)

using System.Text.Json;
using IngoDB.Abstractions.Clustering;
using IngoDB.Client;
using IngoDB.GrainStorage.Tests.Grains;
using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Grains.Hosting;
using IngoDB.Model;
using IngoDB.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Streams;

namespace IngoDB.GrainStorage.Tests.Changes;

public sealed class ChangeStreamTests
{
    private const string Things = "things";
    private const int Rounds = 3;
    private const string Stocks = "grain:inventory:stock";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Alone by default. With INGODB_STREAM_SILOS=3 one silo of three stops and another is killed (docs/grain-storage.md).</summary>
    [Fact]
    public Task Every_change_comes_in_order_while_the_silo_stops_and_comes_back()
        => EveryChangeComesInOrderAsync(int.TryParse(Environment.GetEnvironmentVariable("INGODB_STREAM_SILOS"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var silos) ? silos : 1);

    private static async Task EveryChangeComesInOrderAsync(int silos)
    {
        await using var cluster = await StartAsync(silos);
        var reader = $"{Things}/{silos}/through";
        await ReaderOf(cluster, reader).SubscribeAsync(Things, ChangeStream.Beginning);
        var written = new List<(string Id, DocumentVersion Version, long Number)>();
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            for (var i = 0; i < 100; i++)
            {
                var (id, number) = ($"t-{random.Next(60)}", (round * 1000L) + i);
                written.Add((id, await UpsertAsync(cluster, id, number), number));
            }

            var last = written[^1].Version.Raw;
            if (round < Rounds - 1) await StopAndStartAsync(cluster, silos, round);
            if (round == 0) await Arrivals.Of(reader).UntilAsync(change => change.Version >= last, Cancellation);
        }

        var all = written.Max(write => write.Version).Raw;
        await Arrivals.Of(reader).UntilAsync(change => change.Version == all, Cancellation);

        var came = Arrivals.Of(reader).Changes;
        var numbers = written.ToDictionary(write => (write.Id, write.Version.Raw), write => write.Number);
        Assert.All(came, change => Assert.Equal(numbers[(change.Id, change.Version)], NumberOf(change)));
        Assert.Superset(written.GroupBy(write => write.Id).Select(writes => (writes.Key, writes.Last().Version.Raw)).ToHashSet(), came.Select(change => (change.Id, change.Version)).ToHashSet());
        IsInOrder(came);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_grains_write_can_be_had_from_the_beginning_from_a_token_and_from_now_on(int silos)
    {
        await using var cluster = await StartAsync(silos);
        for (var i = 0; i < 30; i++) await StockOf(cluster, i).SetAsync(new() { Sku = $"s{i}", Amount = i });
        await StockOf(cluster, 3).ClearAsync();
        var middle = DocumentVersion.None;
        await using (var snapshot = await cluster.Silo.Client.Database().SnapshotAsync(Cancellation)) middle = snapshot.Version;
        for (var i = 30; i < 60; i++) await StockOf(cluster, i).SetAsync(new() { Sku = $"s{i}", Amount = i });

        string[] names = ["beginning", "earliest", "token", "again", "now"];
        var readers = names.Select(name => $"{Stocks}/{silos}/{name}").ToArray();
        await ReaderOf(cluster, readers[0]).SubscribeAsync(Stocks, ChangeStream.Beginning);
        await ReaderOf(cluster, readers[1]).SubscribeAsync(Stocks, StreamSubscriptionStartPosition.EarliestAvailable);
        await ReaderOf(cluster, readers[2]).SubscribeAsync(Stocks, ChangeStream.After(middle));
        // Nothing new is needed for what is old to come.
        var token = await Arrivals.Of(readers[0]).UntilAsync(change => change.Id == "sku-45", Cancellation);
        await ReaderOf(cluster, readers[3]).SubscribeAsync(Stocks, token);
        foreach (var reader in readers[..4]) await Arrivals.Of(reader).UntilAsync(change => change.Id == "sku-59", Cancellation);
        await UntilNowIsLaterAsync(cluster);
        await ReaderOf(cluster, readers[4]).SubscribeAsync(Stocks, token: null);
        await StockOf(cluster, 33).ClearAsync();
        await StockOf(cluster, 60).SetAsync(new() { Sku = "s60", Amount = 60 });
        foreach (var reader in readers) await Arrivals.Of(reader).UntilAsync(change => change.Id == "sku-60", Cancellation);

        // From the beginning means the documents that there are: the third was gone by then.
        int[] all = [.. Enumerable.Range(0, 61).Where(i => i != 3)];
        int[][] expected = [all, all, [.. Enumerable.Range(30, 31)], [33, .. Enumerable.Range(45, 16)], [33, 60]];
        for (var i = 0; i < readers.Length; i++)
        {
            var came = Arrivals.Of(readers[i]).Changes;
            IsInOrder(came);
            Assert.Equal(expected[i], came.Select(change => int.Parse(change.Id[4..], System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order());
            Assert.All(came.Where(change => change.Json is not null), change => Assert.Equal($"sku-{AmountOf(change)}", change.Id));
            Assert.Equal(["sku-33"], came.Where(change => change.Json is null).Select(change => change.Id).Distinct());
        }

        var last = Arrivals.Of(readers[4]).Changes[^1];
        Assert.Equal(await StockOf(cluster, 60).EtagAsync(), new DocumentVersion(last.Version).ToString());
    }

    [Fact]
    public async Task Who_begins_again_inside_an_atomic_batch_has_all_of_it()
    {
        await using var cluster = await StartAsync(1);
        await cluster.Silo.Client.Database().WriteAtomicallyAsync([.. Enumerable.Range(0, 20).Select(i => new InsertWrite { Into = Things, Id = new DocumentId($"b-{i}"), Document = Document.Of(("number", i)) })], Cancellation);
        var (first, second) = ($"{Things}/batch/first", $"{Things}/batch/second");
        await ReaderOf(cluster, first).SubscribeAsync(Things, ChangeStream.Beginning);
        await UntilCameAsync(first, 20);
        var versions = Arrivals.Of(first).Changes.GroupBy(change => change.Version).MaxBy(same => same.Count())!;
        Assert.InRange(versions.Count(), 2, 20);
        var inside = await Arrivals.Of(first).UntilAsync(change => change == versions.Last(), Cancellation);
        await ReaderOf(cluster, second).SubscribeAsync(Things, inside);
        await Arrivals.Of(second).UntilAsync(change => change == versions.Last(), Cancellation);
        Assert.Equal(versions.Select(change => change.Id), IdsIn(Arrivals.Of(second).Changes, versions.Key).Distinct());

        // With the attribute the runtime goes past the token that it was given, which is not past the batch.
        var known = Arrivals.Of(ImplicitReaderGrain.NameOf(Things)).Changes.Count;
        await cluster.Silo.Grains.GetGrain<IImplicitReaderGrain>(Things).BeginAgainAsync(inside);
        await UpsertAsync(cluster, "later", 1);
        await Arrivals.Of(ImplicitReaderGrain.NameOf(Things)).UntilAsync(change => change.Id == "later", Cancellation);
        Assert.Equal(versions.Select(change => change.Id), IdsIn(Arrivals.Of(ImplicitReaderGrain.NameOf(Things)).Changes.Skip(known), versions.Key).Distinct());

        static IEnumerable<string> IdsIn(IEnumerable<StoredChange> changes, ulong version) => changes.Where(change => change.Version == version).Select(change => change.Id);
    }

    [Fact]
    public async Task A_client_subscribes_too()
    {
        await using var cluster = await StartAsync(1);
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.UseOrleansClient(client => client
            .UseIngoDBFileClustering(cluster.ClusterDirectory)
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (SiloSettings.ClusterName, SiloSettings.ClusterName))
            .AddIngoDBChangeStreams("changes"));
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        await UpsertAsync(cluster, "before", 1);
        var stream = host.Services.GetRequiredService<IClusterClient>().GetStreamProvider("changes").GetStream<StoredChange>(ChangeStream.Of(Things));
        var arrivals = Arrivals.Of($"{Things}/client");
        await stream.SubscribeAsync((change, token) =>
        {
            arrivals.Add(change, token!);
            return Task.CompletedTask;
        }, ChangeStream.Beginning);
        await UpsertAsync(cluster, "after", 2);
        await arrivals.UntilAsync(change => change.Id == "after", Cancellation);
        Assert.Equal(["before", "after"], arrivals.Changes.Select(change => change.Id).Distinct());
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Configuration_alone_is_enough()
    {
        using var folder = new TempFolder();
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(SiloSettings.Numbered(folder.Path, 1, 1).ToConfiguration());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Orleans:GrainStorage:PubSubStore:ProviderType"] = "IngoDB",
            ["Orleans:Streaming:changes:ProviderType"] = "IngoDB",
            ["Orleans:Streaming:changes:Collections:0"] = Things,
            ["Orleans:Streaming:changes:FromBeginning"] = "true",
        });
        builder.UseOrleans(silo => silo.UseIngoDB());
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        await host.Services.GetRequiredService<IngoDBClient>().Database().Collection(Things).InsertAsync(Document.Of(("number", 5)), new DocumentId("one"), cancellationToken: Cancellation);
        var reader = $"{Things}/configured";
        await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IChangeReaderGrain>(reader).SubscribeAsync(Things, ChangeStream.Beginning);
        await Arrivals.Of(reader).UntilAsync(change => change.Id == "one", Cancellation);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_all_at_once()
    {
        var wrong = new ChangeStreamOptions { Collections = { "a b", Things, Things }, Database = "" };
        foreach (var what in new[] { "'a b' is no name", "'things' twice", "Database", "'c'" }) Assert.Contains(what, RefusalOf(wrong), StringComparison.Ordinal);
        Assert.Contains("at least one", RefusalOf(new()), StringComparison.Ordinal);
        new ChangeStreamOptionsValidator(new() { Collections = { Things } }, "c").ValidateConfiguration();

        static string RefusalOf(ChangeStreamOptions options) => Assert.Throws<OrleansConfigurationException>(() => new ChangeStreamOptionsValidator(options, "c").ValidateConfiguration()).Message;
    }

    private static Task<TestCluster> StartAsync(int silos) => new TestCluster(silos, partitions: 4, copies: silos == 3 ? 3 : 1, configure: silo => silo
        .AddIngoDBGrainStorage("PubSubStore")
        .AddIngoDBChangeStreams("changes", options =>
        {
            options.Collections.Add(Things);
            options.Collections.Add(Stocks);
        })).StartAsync();

    /// <summary>One of three in order, another as if it were killed; the only one in order.</summary>
    private static Task StopAndStartAsync(TestCluster cluster, int silos, int round)
        => silos == 1 ? cluster.RestartAsync() : cluster.FailAsync(round % 2, isOrderly: round == 0);

    /// <summary>Again until it is acknowledged.</summary>
    private static async Task<DocumentVersion> UpsertAsync(TestCluster cluster, string id, long number)
    {
        while (true)
        {
            try
            {
                return (await cluster.Silo.Client.Database().Collection(Things).UpsertAsync(Document.Of(("number", number)), new DocumentId(id), cancellationToken: Cancellation)).Version;
            }
            catch (UnavailableException)
            {
                // Its partition changes hands; nothing was written.
            }
        }
    }

    private static void IsInOrder(IEnumerable<StoredChange> came)
    {
        var seen = new HashSet<(string, ulong)>();
        var latest = 0ul;
        foreach (var change in came)
        {
            Assert.True(change.Version >= latest || seen.Contains((change.Id, change.Version)), $"{change} came after {latest}");
            seen.Add((change.Id, change.Version));
            latest = Math.Max(latest, change.Version);
        }
    }

    /// <summary>What was written is so old that "from now on" does not reach it.</summary>
    private static async Task UntilNowIsLaterAsync(TestCluster cluster)
    {
        const long reachesBackMilliseconds = 3000;
        var written = await UpsertAsync(cluster, "ticks", 0);
        while ((await UpsertAsync(cluster, "ticks", 0)).Milliseconds < written.Milliseconds + reachesBackMilliseconds) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
    }

    private static async Task UntilCameAsync(string reader, int count)
    {
        while (Arrivals.Of(reader).Changes.DistinctBy(change => change.Id).Count() < count)
        {
            var known = Arrivals.Of(reader).Changes.Select(change => change.Id).ToHashSet();
            await Arrivals.Of(reader).UntilAsync(change => !known.Contains(change.Id), Cancellation);
        }
    }

    private static IChangeReaderGrain ReaderOf(TestCluster cluster, string name) => cluster.Silo.Grains.GetGrain<IChangeReaderGrain>(name);

    private static IInventoryGrain StockOf(TestCluster cluster, int number) => cluster.Silo.Grains.GetGrain<IInventoryGrain>($"sku-{number}");

    private static long NumberOf(StoredChange change) => JsonSerializer.Deserialize<JsonElement>(change.Json!).GetProperty("number").GetInt64();

    private static int AmountOf(StoredChange change) => JsonSerializer.Deserialize<JsonElement>(change.Json!).GetProperty("amount").GetInt32();
}
