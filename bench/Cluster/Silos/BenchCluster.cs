// Silos as real processes in a temporary folder, with what the experiments ask of them: which silo leads what, whether all copies are in sync,
// what they have sent and how long they have computed.

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using IngoDB.Abstractions;
using IngoDB.Abstractions.Clustering;
using IngoDB.Cli.Clusters;
using IngoDB.Client;
using IngoDB.Engine.Files;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Coordination;
using IngoDB.Grains.Hosting;
using IngoDB.Model;
using IngoDB.Silo;

namespace IngoDB.ClusterBench.Silos;

/// <summary>Not thread-safe.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private static readonly TimeSpan s_looksEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http = new();
    private readonly string _folder;

    private BenchCluster(string folder, int size, int copies, int partitions, Func<SiloSettings, ProcessStartInfo>? programOf)
    {
        (_folder, Size) = (folder, size);
        Silos = new(folder, size, new Dictionary<string, string?>
        {
            ["IngoDB:Copies"] = copies.ToString(CultureInfo.InvariantCulture),
            ["IngoDB:Partitions"] = partitions.ToString(CultureInfo.InvariantCulture),
        }, programOf);
    }

    public SiloCluster Silos { get; }

    public int Size { get; }

    public IngoDatabase Database => Silos.Database;

    /// <param name="programOf">Null: the silo program as it is.</param>
    public static async Task<BenchCluster> StartAsync(int size, int copies, int partitions, CancellationToken cancellationToken, Func<SiloSettings, ProcessStartInfo>? programOf = null, Action<IngoDBClientOptions>? client = null)
    {
        var cluster = new BenchCluster(Directory.CreateTempSubdirectory("ingodb-cluster-bench-").FullName, size, copies, partitions, programOf);
        cluster.Silos.Client = client;
        try
        {
            await cluster.Silos.StartAsync(cancellationToken);
            // Copies of a new database are opened when somebody first speaks to their partition.
            await cluster.Database.AdminAsync("cluster.status", cancellationToken: cancellationToken);
            await cluster.InSyncAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ids of document n for each partition: they share a tag whose hash falls there.</summary>
    public async Task<Func<int, int, DocumentId>> LanesAsync(CancellationToken cancellationToken)
    {
        var store = new FileCatalogStore(LocalFileSystem.Instance, new ClusterFolder(Silos.ClusterFolder).Catalog);
        var map = await new ClusterCatalog(store).ReadDatabaseAsync(IngoDBOptions.DefaultDatabase, cancellationToken) ?? throw new InvalidOperationException("there is no database yet");
        var tags = new string?[map.Partitions.Count];
        for (var tag = 0; tags.Contains(null); tag++) tags[PartitionHash.PartitionOf(map, IdKeys.KeyOf(new DocumentId($"{{t{tag}}}")).Span)] ??= $"{{t{tag}}}";
        return (lane, number) => new(string.Create(CultureInfo.InvariantCulture, $"{tags[lane]}/{number:D8}"));
    }

    /// <summary>Returns when no partition lacks anything.</summary>
    public async Task InSyncAsync(CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                if ((await CopiesAsync(cancellationToken))["lacking"].AsInt64() == 0) return;
            }
            catch (UnavailableException)
            {
                // The client's gateway is one of the dead.
            }

            if (Stopwatch.GetElapsedTime(began) > s_patience) throw new TimeoutException($"Not every copy is in sync after {s_patience}: {await CopiesAsync(cancellationToken)}{Environment.NewLine}{Silos.Output}");
            await Task.Delay(s_looksEvery, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Of all silos, which must be the bench's own program.</summary>
    public async Task<Counts> CountsAsync(CancellationToken cancellationToken)
        => Counts.Sum(await Task.WhenAll(Enumerable.Range(1, Size).Select(silo => AskAsync<Counts>(silo, "counts", cancellationToken))));

    /// <summary>A load that runs inside of a silo.</summary>
    public Task<LoadResult> MeasureInsideAsync(int silo, string what, int callers, TimeSpan duration, CancellationToken cancellationToken)
        => AskAsync<LoadResult>(silo, string.Create(CultureInfo.InvariantCulture, $"measure?what={what}&callers={callers}&milliseconds={(int)duration.TotalMilliseconds}"), cancellationToken);

    public TimeSpan ProcessorTime() => Enumerable.Range(1, Size).Aggregate(TimeSpan.Zero, (sum, silo) => sum + Silos[silo].ProcessorTime);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Silos.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<T> AskAsync<T>(int silo, string address, CancellationToken cancellationToken)
    {
        var root = (await Silos[silo].ReadyAsync(cancellationToken)).Split("health at ")[1].Replace("/health", "", StringComparison.Ordinal);
        return (await _http.GetFromJsonAsync<T>(new Uri($"{root}/{address}"), cancellationToken))!;
    }

    private Task<Document> CopiesAsync(CancellationToken cancellationToken) => Database.AdminAsync("cluster.copies", cancellationToken: cancellationToken);
}
