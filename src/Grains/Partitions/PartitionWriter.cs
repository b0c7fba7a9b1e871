using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Grains.Catalog;
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
            var collection = await DefinedAsync(partition, map, request.CollectionId, cancellationToken).ConfigureAwait(false);
            var writes = WriteDecoder.Decode(request.Page, collection);
            Durability? durability = request.Buffered switch { null => null, true => Durability.Buffered, false => Durability.Durable };
            return new() { Outcomes = WriteDecoder.Outcomes(await partition.Engine.WriteAsync(writes, request.Atomic, durability, cancellationToken).ConfigureAwait(false)) };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Outcomes = [], Fault = FaultCodec.From(e) };
        }
    }

    /// <summary>The collection, made known to the engine when it is not yet.</summary>
    public async ValueTask<CollectionId> DefinedAsync(OpenPartition partition, DatabaseMap map, uint id, CancellationToken cancellationToken)
    {
        if (partition.IsDefined(id)) return new(id);
        if (map.Database.Collections.All(c => c.Id != id)) map = await catalog.RefreshAsync(map, cancellationToken).ConfigureAwait(false);
        partition.Define(map.Database.Collections.FirstOrDefault(c => c.Id == id) ?? throw new InvalidRequestException("collection.not_found", $"There is no collection c{id}."));
        return new(id);
    }
}
