// One document, for those who live in the silo themselves: the collection's id from the catalog's map, the partition from the hash,
// the engine from the silo's own. No page, no message, no request number; whatever is not plainly here is left to the
// coordinator, which waits, retries, makes collections and knows other silos.

using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Partitions;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.Grains.Coordination;

/// <summary>See <see cref="ILocalDocuments"/>.</summary>
internal sealed class LocalDocuments(CatalogView catalog, LocalPartitions partitions, NodeDirectory nodes, TimeProvider time) : ILocalDocuments
{
    public bool TryGet(string? database, string collection, DocumentId id, out LocalDocument document)
    {
        document = default;
        if (Find(database, collection, id) is not ({ } partition, var found)) return false;
        var began = time.GetTimestamp();
        if (!partition.Patience.HoldsTurn(time.GetElapsedTime(0, began))) return false;
        try
        {
            var exists = partition.Engine.TryGetRow(found, id, null, out var version, out var shape, out var row);
            var ended = time.GetTimestamp();
            partition.Patience.Took(time.GetElapsedTime(began, ended), time.GetElapsedTime(0, ended));
            document = new(exists, version, shape, row);
            return true;
        }
        catch (InvalidRequestException e) when (StaleNames.Are(e.Code))
        {
            return false;
        }
    }

    public async ValueTask<WriteOutcome?> TryWriteAsync(string? database, string collection, LocalWrite write, bool? buffered, CancellationToken cancellationToken)
    {
        if (Find(database, collection, write.Id) is not ({ } partition, var found)) return null;
        Durability? durability = buffered switch { null => null, true => Durability.Buffered, false => Durability.Durable };
        var engineWrite = new EngineWrite(write.Kind, found, write.Id) { IfVersion = write.IfVersion, Shape = write.Shape, Row = write.Row, Steps = write.Steps };
        try
        {
            using var pass = partition.Writes.Enter();
            var results = await partition.Engine.WriteAsync([engineWrite], atomic: false, durability, cancellationToken).ConfigureAwait(false);
            return new WriteOutcome { Status = (byte)results[0].Status, Version = results[0].Version.Raw, ErrorCode = results[0].ErrorCode, ErrorMessage = results[0].ErrorMessage };
        }
        catch (Exception e) when (e is BusyException || (e is InvalidRequestException stale && StaleNames.Are(stale.Code)) || e is UnavailableException { Code: "engine.closed" })
        {
            // Nothing was written. The coordinator waits for room, learns new names, and finds out where the partition went.
            return null;
        }
    }

    public async ValueTask<SiloAddress?> FindSiloAsync(string? database, DocumentId id, CancellationToken cancellationToken)
    {
        var map = await catalog.GetAsync(database, cancellationToken).ConfigureAwait(false);
        return await nodes.FindAsync(map.Partitions[PartitionOf(map, id)].Primary, cancellationToken).ConfigureAwait(false);
    }

    private (OpenPartition? Partition, CollectionId Collection) Find(string? database, string collection, DocumentId id)
    {
        if (catalog.Known(database) is not { } map || map.FindCollection(collection) is not { } found) return default;
        var partition = partitions.Of(map)[PartitionOf(map, id)];
        return partition?.NameOf(found.Id) == collection ? (partition, new(found.Id)) : default;
    }

    private static int PartitionOf(DatabaseMap map, DocumentId id)
    {
        Span<byte> key = stackalloc byte[DocumentId.KeyBytesMax];
        return PartitionHash.PartitionOf(map, key[..id.WriteKey(key)]);
    }
}
