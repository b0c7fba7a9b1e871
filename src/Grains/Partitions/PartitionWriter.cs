// The way of writes into a partition of this silo, the same for those that came through its grain and those of the coordinator beside it:
// through the gate, then to a collection that this partition knows under the name that the caller means (StaleNames), then to the engine.

using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Coordination;
using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>Writes to a partition of this silo: admitted, decoded, committed; every failure as data. Thread-safe.</summary>
internal sealed class PartitionWriter(CatalogView catalog)
{
    public async ValueTask<WriteReply> WriteAsync(OpenPartition partition, DatabaseMap map, WriteRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var pass = partition.Writes.Enter();
            var collection = await DefinedAsync(partition, map, request.CollectionId, request.Collection, cancellationToken).ConfigureAwait(false);
            var writes = WriteDecoder.Decode(request.Page, collection);
            if (request.More.Length > 0) writes.AddRange(await DecodedAsync(partition, map, request.More, cancellationToken).ConfigureAwait(false));
            var key = new RequestKey(request.Session, request.Sequence, request.Fingerprint);
            var results = await partition.Engine.WriteOnceAsync(key, writes, request.Atomic, DurabilityOf(request.Buffered), cancellationToken).ConfigureAwait(false);
            return new() { Outcomes = WriteDecoder.Outcomes(results) };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Outcomes = [], Fault = FaultCodec.From(e) };
        }
    }

    /// <summary>The writes of several collections' pages.</summary>
    /// <exception cref="InvalidRequestException">As <see cref="DefinedAsync"/>.</exception>
    public async ValueTask<List<EngineWrite>> DecodedAsync(OpenPartition partition, DatabaseMap map, CollectionPage[] pages, CancellationToken cancellationToken)
    {
        var writes = new List<EngineWrite>();
        foreach (var page in pages)
            writes.AddRange(WriteDecoder.Decode(page.Page, await DefinedAsync(partition, map, page.CollectionId, page.Collection, cancellationToken).ConfigureAwait(false)));
        return writes;
    }

    /// <summary>A write by filter, or only its count; failures are exceptions.</summary>
    public async Task<Document> ChangeAsync(OpenPartition partition, DatabaseMap map, PartitionChange request, CancellationToken cancellationToken)
    {
        using var pass = partition.Writes.Enter();
        var write = (WhereWrite)LiquidBinary.Read(request.Ast);
        var collection = await DefinedAsync(partition, map, request.CollectionId, write.Into, cancellationToken).ConfigureAwait(false);
        var key = new RequestKey(request.Session, request.Sequence, request.Fingerprint);
        using var snapshot = await partition.Engine.SnapshotAtAsync(new(request.Snapshot), cancellationToken).ConfigureAwait(false);
        if (request.CountOnly)
            return Document.Of(("matched", partition.Engine.Count(collection, write.Where, snapshot, cancellationToken)), ("hasBegun", partition.Engine.HasBegun(key)));
        return ChangeCounts.Of(await partition.Engine.WriteWhereAsync(collection, write, key, snapshot, DurabilityOf(request.Buffered), cancellationToken).ConfigureAwait(false));
    }

    private static Durability? DurabilityOf(bool? buffered) => buffered switch { null => null, true => Durability.Buffered, false => Durability.Durable };

    /// <summary>The collection, made known to the engine when it is not yet.</summary>
    /// <param name="name">What the caller takes for its name; null: any.</param>
    /// <exception cref="InvalidRequestException"><c>collection.dropped</c>, <c>collection.renamed</c>: the caller's map is old.</exception>
    public async ValueTask<CollectionId> DefinedAsync(OpenPartition partition, DatabaseMap map, uint id, string? name, CancellationToken cancellationToken)
    {
        if (partition.NameOf(id) is { } known && (name is null || name == known)) return new(id);
        map = await catalog.RefreshAsync(map, cancellationToken).ConfigureAwait(false);
        partition.Reconcile(map.Database);
        if (map.Database.Collections.FirstOrDefault(c => c.Id == id) is not { } found)
        {
            throw id < map.Database.NextCollectionId
                ? new InvalidRequestException("collection.dropped", $"Collection '{name ?? $"c{id}"}' was dropped.")
                : new InvalidRequestException("collection.not_found", $"There is no collection c{id}.");
        }

        if (name is not null && found.Name != name) throw new InvalidRequestException("collection.renamed", $"Collection '{name}' is called '{found.Name}' now.", suggestion: found.Name);
        partition.Define(found);
        return new(id);
    }
}
