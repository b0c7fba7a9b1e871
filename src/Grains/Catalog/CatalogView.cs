// The catalog as this silo believes it to be: one immutable map per database, swapped whole. Reading it costs nothing;
// it is fetched again when somebody misses something in it (a collection that another silo made), and changes go through
// CatalogGrain, whose answer is the newest there is.

using System.Collections.Concurrent;
using IngoDB.Abstractions;
using IngoDB.Grains.Hosting;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>Cached maps of the databases. One per silo; thread-safe.</summary>
internal sealed class CatalogView(ClusterCatalog catalog, IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan GrainPatience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, DatabaseMap> _maps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Database, int Partition), Lazy<Task>> _asking = new();
    private readonly Lock _publishing = new();
    private ClusterRecord? _cluster;

    /// <summary>The key that signs tokens.</summary>
    public async ValueTask<byte[]> TokenKeyAsync(CancellationToken cancellationToken)
        => (_cluster ??= await catalog.EnsureClusterAsync(cancellationToken).ConfigureAwait(false)).TokenKey;

    /// <summary>The map of a database. The default one is made when there is none yet.</summary>
    /// <exception cref="InvalidRequestException"><c>database.not_found</c>.</exception>
    public async ValueTask<DatabaseMap> GetAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is null or IngoDBOptions.DefaultDatabase) return await EnsureAsync(null, cancellationToken).ConfigureAwait(false);
        return await FindAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidRequestException("database.not_found", $"There is no database '{name}'.", suggestion: "Write a document, and its database is made");
    }

    /// <summary>The map of a database that is about to be written to: made when there is none yet.</summary>
    public async ValueTask<DatabaseMap> EnsureAsync(string? name, CancellationToken cancellationToken)
    {
        name ??= IngoDBOptions.DefaultDatabase;
        if (_maps.TryGetValue(name, out var map)) return map;
        return await FindAsync(name, cancellationToken).ConfigureAwait(false) ?? await MakeAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The map when it is known here already; null says nothing.</summary>
    public DatabaseMap? Known(string? name) => _maps.GetValueOrDefault(name ?? IngoDBOptions.DefaultDatabase);

    /// <summary>The map of a database if there is one, without making it.</summary>
    public async ValueTask<DatabaseMap?> FindAsync(string name, CancellationToken cancellationToken)
        => _maps.TryGetValue(name, out var map) ? map : Publish(await catalog.ReadDatabaseAsync(name, cancellationToken).ConfigureAwait(false));

    /// <summary>The same database with what the catalog says now of its collections and indexes.</summary>
    public async ValueTask<DatabaseMap> RefreshAsync(DatabaseMap map, CancellationToken cancellationToken)
    {
        var record = await catalog.ReadDatabaseRecordAsync(map.Name, cancellationToken).ConfigureAwait(false);
        if (record is null || record.ChangeId == map.Database.ChangeId) return map;
        lock (_publishing) return Publish((Known(map.Name) ?? map).With(record))!;
    }

    /// <summary>Asks the catalog who has a partition now; those who ask at the same time ask once. The newest map there is comes back.</summary>
    public async ValueTask<DatabaseMap> RefreshPartitionAsync(DatabaseMap map, int partition, CancellationToken cancellationToken)
    {
        var asking = _asking.GetOrAdd((map.Name, partition), key => new(() => ReadPartitionAsync(key.Database, key.Partition)));
        try
        {
            await asking.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (asking.Value.IsCompleted) _asking.TryRemove(new((map.Name, partition), asking));
        }

        return Known(map.Name) ?? map;
    }

    private async Task ReadPartitionAsync(string database, int partition)
    {
        var record = await catalog.ReadPartitionAsync(database, partition, CancellationToken.None).ConfigureAwait(false);
        if (record is null) return;
        lock (_publishing)
        {
            if (_maps.TryGetValue(database, out var known) && known.Partitions[partition] is var old && (old.Epoch < record.Epoch || old.Copies?.Version < record.Copies?.Version)) Publish(known.With(record));
        }
    }

    /// <summary>A collection, looked up again before it is said not to exist.</summary>
    public async ValueTask<(DatabaseMap Map, CollectionRecord? Collection)> FindCollectionAsync(DatabaseMap map, string name, CancellationToken cancellationToken)
    {
        if (map.FindCollection(name) is { } known) return (map, known);
        map = await RefreshAsync(map, cancellationToken).ConfigureAwait(false);
        return (map, map.FindCollection(name));
    }

    public async ValueTask<CollectionRecord> EnsureCollectionAsync(DatabaseMap map, string name, CancellationToken cancellationToken)
    {
        if (map.FindCollection(name) is { } known) return known;
        if (!CollectionName.IsValid(name)) throw CollectionName.Refused(name);
        await MakeCollectionAsync(map.Name, name, cancellationToken).ConfigureAwait(false);
        map = await RefreshAsync(map, cancellationToken).ConfigureAwait(false);
        return map.FindCollection(name) ?? throw new UnavailableException("catalog.stale", $"The catalog has just made '{name}' but does not show it.");
    }

    /// <summary>Through the grain, so that changes seldom collide; past it when its silo has just died, since every change is a compare-and-swap anyway.</summary>
    private async ValueTask MakeCollectionAsync(string database, string name, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await grains.GetGrain<ICatalogGrain>(0).EnsureCollectionAsync(database, name, cancellationToken).AsTask().WaitAsync(GrainPatience, time, cancellationToken).ConfigureAwait(false);
            FaultCodec.ThrowIfFault(reply.Fault);
        }
        catch (Exception e) when (e is TimeoutException or Orleans.Runtime.OrleansException)
        {
            await catalog.EnsureCollectionAsync(database, name, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<DatabaseMap> MakeAsync(string name, CancellationToken cancellationToken)
    {
        FaultCodec.ThrowIfFault((await grains.GetGrain<ICatalogGrain>(0).EnsureDatabaseAsync(name, cancellationToken).ConfigureAwait(false)).Fault);
        return await FindAsync(name, cancellationToken).ConfigureAwait(false) ?? throw new UnavailableException("catalog.stale", $"The catalog has just made database '{name}' but does not show it.");
    }

    private DatabaseMap? Publish(DatabaseMap? map)
    {
        if (map is not null) _maps[map.Name] = map;
        return map;
    }
}
