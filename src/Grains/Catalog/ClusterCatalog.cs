// The catalog's deeds, each one compare-and-swap or an order of them that may stop anywhere and be done again. Nobody
// has to be the only one who calls this: CatalogGrain does it for a running cluster, a starting silo by itself.
//
// A database is made in three steps: its record (inactive), one record per partition, the record active. Whoever finds
// it inactive finishes it, keeping the partitions that are already assigned.

using System.Security.Cryptography;
using IngoDB.Engine.Advising;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>What a new database is to be.</summary>
/// <param name="Copies">Of each partition; 1: no replication.</param>
/// <param name="MinInSync">No partition takes writes with fewer copies in sync.</param>
internal sealed record DatabaseDefinition(string Name, int PartitionCount, bool Buffered, int Copies = 1, int MinInSync = 1);

/// <summary>Reads and changes the catalog. Thread-safe; any number of processes.</summary>
internal sealed class ClusterCatalog(ICatalogStore store)
{
    private const string ClusterKey = "cluster";

    private readonly CatalogRecordStore _records = new(store);

    /// <summary>Whether a later process claims the same node.</summary>
    public async ValueTask<bool> IsSupersededAsync(string nodeId, ulong incarnation, CancellationToken cancellationToken)
        => await _records.ReadAsync(NodeKey(nodeId), CatalogJson.Default.NodeRecord, cancellationToken).ConfigureAwait(false) is { } node && node.Incarnation > incarnation;

    /// <summary>The cluster that a node's folder belongs to; made only when the folder belongs to none yet.</summary>
    /// <exception cref="UnavailableException"><c>catalog.lost</c>: the folder belongs to a cluster, and the catalog is empty.</exception>
    public async ValueTask<ClusterRecord> EnsureClusterOfAsync(string? clusterId, CancellationToken cancellationToken)
    {
        if (clusterId is not null && await _records.ReadAsync(ClusterKey, CatalogJson.Default.ClusterRecord, cancellationToken).ConfigureAwait(false) is null)
            throw new UnavailableException("catalog.lost", $"This node's folder belongs to cluster {clusterId}, and the catalog is empty: it was lost, or the configuration names another one. Put it back from a backup; no new one was made.");
        return await EnsureClusterAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Before a store is trusted with a new cluster, it shows that it can be.</summary>
    /// <exception cref="UnavailableException"><c>catalog.store_unfit</c>.</exception>
    public async ValueTask ProbeStoreOfNewClusterAsync(CancellationToken cancellationToken)
    {
        if (await _records.ReadAsync(ClusterKey, CatalogJson.Default.ClusterRecord, cancellationToken).ConfigureAwait(false) is null) await new CatalogStoreProbe(store).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ClusterRecord> EnsureClusterAsync(CancellationToken cancellationToken)
    {
        var cluster = await _records.ChangeAsync(ClusterKey, CatalogJson.Default.ClusterRecord, current => current ?? NewCluster(), cancellationToken).ConfigureAwait(false);
        if (cluster.FormatVersion > ClusterRecord.FormatVersionKnown) throw new UnsupportedFormatException("catalog", cluster.FormatVersion, ClusterRecord.FormatVersionKnown);
        return cluster;
    }

    /// <param name="node">With the incarnation of this start.</param>
    /// <param name="lastRegistered">The incarnation that this node's folder remembers to have registered; 0: none.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnavailableException"><c>node.cloned</c>: a later start of the same node is known. <c>catalog.regressed</c>: the catalog does not know a start that it knew.</exception>
    public async ValueTask RegisterNodeAsync(NodeRecord node, ulong lastRegistered, CancellationToken cancellationToken)
    {
        await _records.ChangeAsync(NodeKey(node.NodeId), CatalogJson.Default.NodeRecord, current =>
        {
            if (current is not null && current.Incarnation >= node.Incarnation)
                throw new UnavailableException("node.cloned", $"Node {node.NodeId} was already started as incarnation {current.Incarnation}, this is {node.Incarnation}: its data folder is a copy, or an old one was put back. Use the folder that was started last, or give this process an empty one.");
            if ((current?.Incarnation ?? 0) < lastRegistered)
                throw new UnavailableException("catalog.regressed", $"The catalog knows node {node.NodeId} {(current is null ? "not at all" : $"as incarnation {current.Incarnation}")}, and it was registered as {lastRegistered}: the catalog was restored from an old backup, or is another one. Put the right one back; nothing was changed.");
            return node with { Draining = current?.Draining == true };
        }, cancellationToken).ConfigureAwait(false);
        await _records.ChangeAsync(ClusterKey, CatalogJson.Default.ClusterRecord, current => With(current!, node), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<NodeRecord>> ReadNodesAsync(CancellationToken cancellationToken)
    {
        var nodes = new List<NodeRecord>();
        foreach (var id in (await EnsureClusterAsync(cancellationToken).ConfigureAwait(false)).Nodes)
            if (await _records.ReadAsync(NodeKey(id), CatalogJson.Default.NodeRecord, cancellationToken).ConfigureAwait(false) is { } node) nodes.Add(node);
        return nodes;
    }

    /// <summary>An operator's word about a node.</summary>
    public ValueTask<NodeRecord> ChangeNodeAsync(string nodeId, Func<NodeRecord, NodeRecord> change, CancellationToken cancellationToken)
        => _records.ChangeAsync(NodeKey(nodeId), CatalogJson.Default.NodeRecord, current => change(current ?? throw new UnavailableException("node.not_found", $"The catalog has no node {nodeId}.")), cancellationToken);

    /// <summary>Everything that the cluster holds, as it is now; a database that is just being made is not among it.</summary>
    public async ValueTask<IReadOnlyList<DatabaseMap>> ReadDatabasesAsync(CancellationToken cancellationToken)
    {
        var databases = new List<DatabaseMap>();
        foreach (var name in (await EnsureClusterAsync(cancellationToken).ConfigureAwait(false)).Databases)
            if (await ReadDatabaseAsync(name, cancellationToken).ConfigureAwait(false) is { } map) databases.Add(map);
        return databases;
    }

    /// <summary>The database, null when there is none or it is not finished.</summary>
    public async ValueTask<DatabaseMap?> ReadDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        if (await ReadDatabaseRecordAsync(name, cancellationToken).ConfigureAwait(false) is not { Active: true } database) return null;
        var partitions = new PartitionRecord[database.PartitionCount];
        for (var i = 0; i < partitions.Length; i++)
            partitions[i] = await _records.ReadAsync(PartitionRecordKey(name, i), CatalogJson.Default.PartitionRecord, cancellationToken).ConfigureAwait(false)
                ?? throw new CorruptionException($"catalog record {PartitionRecordKey(name, i)}", 0, "the database is active, its partition has no record");
        return new(database, partitions);
    }

    public ValueTask<PartitionRecord?> ReadPartitionAsync(string database, int partition, CancellationToken cancellationToken)
        => _records.ReadAsync(PartitionRecordKey(database, partition), CatalogJson.Default.PartitionRecord, cancellationToken);

    /// <summary>A change that no copy makes: an operator's, or of a node that has lost one. The copies learn of it from the catalog.</summary>
    public ValueTask<PartitionRecord> ChangePartitionAsync(string database, int partition, Func<PartitionRecord, PartitionRecord> change, CancellationToken cancellationToken)
        => _records.ChangeAsync(PartitionRecordKey(database, partition), CatalogJson.Default.PartitionRecord,
            current => change(current ?? throw new UnavailableException("partition.not_found", $"The catalog has no partition {partition} of '{database}'.")), cancellationToken);

    /// <summary>Only what changes often: collections and indexes.</summary>
    public ValueTask<DatabaseRecord?> ReadDatabaseRecordAsync(string name, CancellationToken cancellationToken)
        => _records.ReadAsync(DatabaseKey(name), CatalogJson.Default.DatabaseRecord, cancellationToken);

    /// <summary>Makes the database when there is none, its partitions spread over <paramref name="nodes"/>.</summary>
    public async ValueTask<DatabaseMap> EnsureDatabaseAsync(DatabaseDefinition definition, IReadOnlyList<string> nodes, CancellationToken cancellationToken)
    {
        var name = definition.Name;
        Invariant.Holds(nodes.Count > 0);
        var database = await _records.ChangeAsync(DatabaseKey(name), CatalogJson.Default.DatabaseRecord, current => current ?? NewDatabase(definition), cancellationToken).ConfigureAwait(false);
        if (!database.Active)
        {
            var ordered = nodes.Order(StringComparer.Ordinal).ToList();
            for (var i = 0; i < database.PartitionCount; i++)
            {
                var fresh = PartitionOf(definition, i, ordered);
                await _records.ChangeAsync(PartitionRecordKey(name, i), CatalogJson.Default.PartitionRecord, current => current ?? fresh, cancellationToken).ConfigureAwait(false);
            }

            await _records.ChangeAsync(ClusterKey, CatalogJson.Default.ClusterRecord, current => With(current!, name), cancellationToken).ConfigureAwait(false);
            await _records.ChangeAsync(DatabaseKey(name), CatalogJson.Default.DatabaseRecord, current => current!.Active ? current : current with { Active = true }, cancellationToken).ConfigureAwait(false);
        }

        return (await ReadDatabaseAsync(name, cancellationToken).ConfigureAwait(false))!;
    }

    public ValueTask<DatabaseRecord> EnsureCollectionAsync(string database, string name, CancellationToken cancellationToken)
        => ChangeDatabaseAsync(database, current => current.Collections.Any(c => c.Name == name)
            ? current
            : current with { Collections = [.. current.Collections, new(current.NextCollectionId, name)], NextCollectionId = current.NextCollectionId + 1 }, cancellationToken);

    /// <exception cref="ConflictException"><c>collection.exists</c>.</exception>
    public ValueTask<DatabaseRecord> CreateCollectionAsync(string database, string name, CollectionOptions options, CancellationToken cancellationToken)
        => ChangeDatabaseAsync(database, current => current.Collections.Any(c => c.Name == name)
            ? throw Exists(name)
            : current with { Collections = [.. current.Collections, new CollectionRecord(current.NextCollectionId, name).With(options)], NextCollectionId = current.NextCollectionId + 1 }, cancellationToken);

    /// <summary>The collection and its indexes are gone; one that is not there is none already.</summary>
    public ValueTask<DatabaseRecord> DropCollectionAsync(string database, uint id, CancellationToken cancellationToken)
        => ChangeDatabaseAsync(database, current => current.Collections.Any(c => c.Id == id)
            ? current with { Collections = [.. current.Collections.Where(c => c.Id != id)], Indexes = [.. current.Indexes.Where(i => i.Collection != id)] }
            : current, cancellationToken);

    /// <summary>Another name, other options; the id stays.</summary>
    /// <exception cref="ConflictException"><c>collection.exists</c>; <c>collection.dropped</c> meanwhile.</exception>
    public ValueTask<DatabaseRecord> ChangeCollectionAsync(string database, CollectionRecord wanted, CancellationToken cancellationToken)
        => ChangeDatabaseAsync(database, current =>
        {
            if (current.Collections.FirstOrDefault(c => c.Id == wanted.Id) is not { } known) throw new ConflictException("collection.dropped", $"Collection '{wanted.Name}' was dropped meanwhile.");
            if (known == wanted) return current;
            if (current.Collections.Any(c => c.Id != wanted.Id && c.Name == wanted.Name)) throw Exists(wanted.Name);
            return current with { Collections = [.. current.Collections.Select(c => c.Id == wanted.Id ? wanted : c)] };
        }, cancellationToken);

    /// <summary>Of a collection that was dropped meanwhile: nothing to do.</summary>
    public ValueTask<DatabaseRecord> DefineIndexAsync(string database, IndexRecord index, CancellationToken cancellationToken)
        => ChangeDatabaseAsync(database, current => current.Indexes.Any(i => i.Collection == index.Collection && i.Path == index.Path) || current.Collections.All(c => c.Id != index.Collection)
            ? current
            : current with { Indexes = [.. current.Indexes, index] }, cancellationToken);

    public ValueTask<DatabaseRecord> DropIndexAsync(string database, uint collection, string path, CancellationToken cancellationToken)
        => ChangeDatabaseAsync(database, current => current.Indexes.Any(i => i.Collection == collection && i.Path == path)
            ? current with { Indexes = [.. current.Indexes.Where(i => i.Collection != collection || i.Path != path)] }
            : current, cancellationToken);

    /// <summary>What the advisor of a collection remembers; nothing, when it has never decided anything.</summary>
    public async ValueTask<LearnerState> ReadLearnerAsync(string database, uint collection, CancellationToken cancellationToken)
        => (await _records.ReadAsync(LearningKey(database, collection), CatalogJson.Default.LearningRecord, cancellationToken).ConfigureAwait(false))?.State ?? LearnerState.Empty;

    /// <summary>Changes it; gives what is remembered afterwards.</summary>
    public async ValueTask<LearnerState> ChangeLearnerAsync(string database, uint collection, Func<LearnerState, LearnerState> change, CancellationToken cancellationToken)
        => (await _records.ChangeAsync(LearningKey(database, collection), CatalogJson.Default.LearningRecord,
            current => new() { Database = database, Collection = collection, State = change(current?.State ?? LearnerState.Empty) }, cancellationToken).ConfigureAwait(false)).State;

    private ValueTask<DatabaseRecord> ChangeDatabaseAsync(string database, Func<DatabaseRecord, DatabaseRecord> change, CancellationToken cancellationToken)
        => _records.ChangeAsync(DatabaseKey(database), CatalogJson.Default.DatabaseRecord,
            current => change(current ?? throw new UnavailableException("database.not_found", $"There is no database '{database}' yet.")), cancellationToken);

    private static ConflictException Exists(string name) => new("collection.exists", $"There is a collection '{name}' already. Drop it first, or choose another name.");

    private static ClusterRecord NewCluster() => new()
    {
        ClusterId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        TokenKey = RandomNumberGenerator.GetBytes(32),
    };

    /// <summary>Copies go to as many nodes one after the other, so that with each partition another one begins, and primaries are spread as evenly.</summary>
    private static PartitionRecord PartitionOf(DatabaseDefinition definition, int partition, IReadOnlyList<string> nodes)
    {
        var fresh = new PartitionRecord { Database = definition.Name, Partition = partition, Epoch = 1, Primary = nodes[partition % nodes.Count] };
        if (definition.Copies == 1) return fresh;
        if (nodes.Count < definition.Copies) throw new UnavailableException("cluster.forming", $"{definition.Copies} copies need as many nodes, and {nodes.Count} are up.");
        var places = Enumerable.Range(0, definition.Copies).Select(i => new CopyPlace(new Guid(RandomNumberGenerator.GetBytes(16)), nodes[(partition + i) % nodes.Count])).ToList();
        var copies = places.Select(place => place.Copy).ToList();
        return fresh with { Copies = new() { Uuid = new Guid(RandomNumberGenerator.GetBytes(16)), Version = 1, Primary = copies[0], Places = places, Replicas = copies, InSync = copies, MinInSync = definition.MinInSync, Wanted = definition.Copies, MinWanted = definition.MinInSync } };
    }

    private static DatabaseRecord NewDatabase(DatabaseDefinition definition) => new()
    {
        Name = definition.Name,
        PartitionCount = definition.PartitionCount,
        Buffered = definition.Buffered,
        HashSeed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)),
    };

    private static ClusterRecord With(ClusterRecord cluster, NodeRecord node)
        => cluster.Nodes.Contains(node.NodeId) ? cluster : cluster with { Nodes = [.. cluster.Nodes, node.NodeId] };

    private static ClusterRecord With(ClusterRecord cluster, string database)
        => cluster.Databases.Contains(database) ? cluster : cluster with { Databases = [.. cluster.Databases, database] };

    private static string NodeKey(string node) => "node/" + node;

    private static string DatabaseKey(string database) => "database/" + database;

    private static string LearningKey(string database, uint collection)
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"learning/{database}/{collection}");

    public static string PartitionRecordKey(string database, int partition)
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"partition/{database}/{partition}");
}
