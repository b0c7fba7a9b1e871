// Owns the engines of the partitions that this node has. They are opened, and their logs replayed, before the silo
// becomes active (a folder that cannot be opened fails the start, not the first query), and closed after the last
// grain is gone. Partitions assigned later are opened when they are first asked for. Grains only borrow.
//
// Partitions that have copies are not among them: those are the ReplicaHost's, which is opened and closed with this.

using System.Collections.Concurrent;
using System.Globalization;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Partitions;
using IngoDB.Grains.Replicas;
using IngoDB.Model;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Hosting;

/// <summary>The open partitions of this node. Thread-safe.</summary>
internal sealed partial class EngineHost(NodeIdentity node, ClusterCatalog catalog, IngoDBOptions options, EngineFactory engines, ReplicaHost replicas, TimeProvider time, ILocalSiloDetails silo, ILogger<EngineHost> logger)
    : ILifecycleParticipant<ISiloLifecycle>, INodeStatus, IAsyncDisposable
{
    /// <summary>Grain storages are ready after their own stage, and grains come later; a catalog in files needs nobody.</summary>
    private const int AfterGrainStorages = ServiceLifecycleStage.ApplicationServices + 1;

    private readonly ConcurrentDictionary<PartitionKey, Lazy<Task<OpenPartition>>> _engines = new();
    private volatile bool _closed;
    private int _changes;

    public string NodeId => node.Id;

    public string Directory => node.Directory;

    public bool IsOpen { get; private set; }

    public int OpenPartitions => _engines.Values.Count(opening => opening.IsValueCreated && opening.Value.IsCompletedSuccessfully);

    public int UnderReplicated => replicas.Open.Count(open => open.Replica.Status() is var status && (status.InSync < status.Copies || !status.IsMember));

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(nameof(EngineHost), options.CatalogGrainStorage is null ? ServiceLifecycleStage.RuntimeStorageServices : AfterGrainStorages, OpenAllAsync, _ => CloseAllAsync());

    /// <summary>Grows when a partition was opened, and when they are closed.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>The partition when it is here and open; nothing is opened, nothing awaited.</summary>
    public OpenPartition? Find(PartitionRecord partition)
        => partition.Primary == node.Id && partition.Copies is null && !_closed && _engines.TryGetValue(PartitionKey.Of(partition), out var opening) && opening.IsValueCreated && opening.Value.IsCompletedSuccessfully ? opening.Value.Result : null;

    /// <summary>A partition of this node, opened when it is not yet.</summary>
    public async ValueTask<OpenPartition> GetAsync(PartitionKey key, DatabaseMap map)
    {
        var partition = map.Partitions[key.Partition];
        if (partition.Copies is not null) return await replicas.ServingAsync(key, CancellationToken.None).ConfigureAwait(false);
        if (partition.Primary != node.Id || partition.Epoch != key.Epoch)
            throw new UnavailableException("partition.moved", $"Partition {key} is not here: node {partition.Primary} has it in epoch {partition.Epoch}.");
        ObjectDisposedException.ThrowIf(_closed, this);
        var opening = _engines.GetOrAdd(key, k => new(() => OpenAsync(k, map)));
        try
        {
            if (opening.IsValueCreated && opening.Value.IsCompletedSuccessfully) return opening.Value.Result;
            var opened = await opening.Value.ConfigureAwait(false);
            Interlocked.Increment(ref _changes);
            return opened;
        }
        catch
        {
            _engines.TryRemove(new(key, opening));
            throw;
        }
    }

    /// <summary>A partition with copies that is served here in this epoch; null: it is not.</summary>
    public OpenPartition? FindServing(PartitionKey key) => replicas.FindServing(key);

    /// <summary>Every partition that is served here now, with its database.</summary>
    public IEnumerable<(string Database, OpenPartition Partition)> Serving()
    {
        foreach (var (key, opening) in _engines)
            if (!_closed && opening.IsValueCreated && opening.Value.IsCompletedSuccessfully) yield return (key.Database, opening.Value.Result);
        foreach (var (database, _, replica) in replicas.Open)
            if (replica.Serving is not null) yield return (database, replica.Partition);
    }

    /// <summary>For a silo that did not come to its orderly stop.</summary>
    public async ValueTask DisposeAsync() => await CloseAllAsync().ConfigureAwait(false);

    private async Task OpenAllAsync(CancellationToken cancellationToken)
    {
        if (options is { CatalogRedis: { } redis, CatalogRedisUnchecked: false }) await RedisCatalogCheck.RunAsync(redis, cancellationToken).ConfigureAwait(false);
        if (options.CatalogGrainStorage is not null) await catalog.ProbeStoreOfNewClusterAsync(cancellationToken).ConfigureAwait(false);
        var cluster = await catalog.EnsureClusterOfAsync(node.ClusterId, cancellationToken).ConfigureAwait(false);
        node.JoinCluster(cluster.ClusterId);
        await catalog.RegisterNodeAsync(new() { NodeId = node.Id, Name = silo.Name, Incarnation = node.Incarnation, Zone = options.Zone ?? "" }, node.LastRegistered, cancellationToken).ConfigureAwait(false);
        node.Registered();
        var mine = new List<(PartitionKey Key, DatabaseMap Map)>();
        foreach (var database in cluster.Databases)
            if (await catalog.ReadDatabaseAsync(database, cancellationToken).ConfigureAwait(false) is { } map)
            {
                mine.AddRange(map.Partitions.Where(p => p.Primary == node.Id && p.Copies is null).Select(p => (PartitionKey.Of(p), map)));
                await replicas.OpenAllAsync(map, cancellationToken).ConfigureAwait(false);
            }

        var began = time.GetTimestamp();
        await Parallel.ForEachAsync(mine, cancellationToken, async (partition, _) => await GetAsync(partition.Key, partition.Map).ConfigureAwait(false)).ConfigureAwait(false);
        IsOpen = true;
        LogOpened(logger, mine.Count, node.Directory, node.Id, node.Incarnation, time.GetElapsedTime(began).TotalMilliseconds);
    }

    private async Task CloseAllAsync()
    {
        _closed = true;
        Interlocked.Increment(ref _changes);
        IsOpen = false;
        foreach (var (key, opening) in _engines)
            if (_engines.TryRemove(new(key, opening)) && opening.IsValueCreated) await CloseAsync(opening.Value).ConfigureAwait(false);
        await replicas.DisposeAsync().ConfigureAwait(false);
        node.Dispose();
    }

    private async Task CloseAsync(Task<OpenPartition> opening)
    {
        try
        {
            await (await opening.ConfigureAwait(false)).Engine.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IngoDBException or IOException)
        {
            LogCloseFailed(logger, e);
        }
    }

    private async Task<OpenPartition> OpenAsync(PartitionKey key, DatabaseMap map)
    {
        var folder = Path.Combine(node.Directory, "db", key.Database, string.Create(CultureInfo.InvariantCulture, $"p{key.Partition:D4}"));
        var engine = await engines.OpenAsync(folder, map.Database, key.Epoch, map.Partitions.Count(p => p.Primary == node.Id)).ConfigureAwait(false);
        var partition = new OpenPartition(engine);
        partition.Reconcile(map.Database);
        foreach (var collection in map.Database.Collections) partition.Define(collection);
        return partition;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partitions} partitions open in {Folder} (node {Node}, start {Incarnation}) after {Milliseconds:0} ms")]
    private static partial void LogOpened(ILogger logger, int partitions, string folder, string node, ulong incarnation, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A partition did not close cleanly; its log will be replayed at the next start")]
    private static partial void LogCloseFailed(ILogger logger, Exception error);
}
