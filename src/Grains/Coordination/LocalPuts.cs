// Batches that only put documents, into partitions that are all on this silo: read once, each row copied straight from the page
// into the batch of its partition's engine, no list of writes, no page for each partition, no call.
//
//   page: a b c d ──► p0: [a c]  p3: [b d] ──► engine 0, engine 3 ──► outcomes of a b c d
//
// Whatever is not such a batch (conditions, patches, deletes, rows with names of their own, something wrong in it, another silo's
// partition) is left to WriteCoordinator as a whole, before anything was written; so that both ways give the same outcomes.

using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Puts on this silo. Thread-safe.</summary>
internal sealed class LocalPuts(LocalPartitions partitions)
{
    private const int OnTurnBytesMax = 4 << 10;
    private const int BatchBytesKeptMax = 1 << 20;

    /// <summary>Filled and handed to the engines without a wait in between, so a thread needs one of each.</summary>
    [ThreadStatic]
    private static PutBatch[]? t_batches;

    /// <summary>Null when the request is for WriteCoordinator; nothing was written then.</summary>
    public ValueTask<WriteReply?> TryWriteAsync(DatabaseMap map, WriteRequest request, CancellationToken cancellationToken)
    {
        if (request.Atomic || request.More.Length > 0 || map.FindCollection(request.Collection) is not { } collection) return default;
        return request.Page.Length <= OnTurnBytesMax
            ? WriteAsync(map, new(collection.Id), request, cancellationToken)
            : new(Task.Run(() => WriteAsync(map, new(collection.Id), request, cancellationToken).AsTask(), cancellationToken));
    }

    private async ValueTask<WriteReply?> WriteAsync(DatabaseMap map, CollectionId collection, WriteRequest request, CancellationToken cancellationToken)
    {
        if (Split(map, collection, request.Page) is not { } places) return null;
        var puts = Put(map, request, cancellationToken);
        var parts = await Task.WhenAll(puts).ConfigureAwait(false);
        if (Array.Find(parts, part => part.Count > 0 && part.Fault is null) is null && Array.Find(parts, part => part.Fault is not null) is { } failed) return new() { Outcomes = [], Fault = failed.Fault };
        return request.Brief && Array.TrueForAll(parts, part => part.Fault is null) ? new() { Outcomes = [] } : new() { Outcomes = OutcomesOf(places, parts) };
    }

    /// <summary>Fills this thread's batches; gives the partition of each write, or null when this is not for here.</summary>
    private int[]? Split(DatabaseMap map, CollectionId collection, byte[] page)
    {
        var local = partitions.Of(map);
        var batches = BatchesOf(local.Length);
        try
        {
            var reader = new WritePageReader(page);
            var places = new int[reader.Count];
            for (var i = 0; reader.MoveNext(); i++)
            {
                if (reader.Kind != WriteKind.Upsert || reader.IfVersion != DocumentVersion.None || reader.Shape.IsSelfDescribed || !IdKeys.IsKey(reader.IdKey)) return null;
                var p = places[i] = PartitionHash.PartitionOf(map, reader.IdKey);
                if (local[p]?.IsDefined(collection.Value) != true) return null;
                batches[p].Put(collection, DocumentId.ReadKey(reader.IdKey), reader.Shape, reader.Row.Span);
            }

            return places;
        }
        catch (InvalidRequestException)
        {
            // One bad document: the general way refuses it by name and place, and writes the others. Batches are cleared when they are next taken.
            return null;
        }
    }

    /// <summary>Begins all of them; on the thread that filled the batches, which may be used again when this returns.</summary>
    private Task<Part>[] Put(DatabaseMap map, WriteRequest request, CancellationToken cancellationToken)
    {
        var local = partitions.Of(map);
        Durability? durability = request.Buffered switch { null => null, true => Durability.Buffered, false => Durability.Durable };
        var key = new RequestKey(request.Session, request.Sequence, request.Fingerprint);
        var puts = new Task<Part>[local.Length];
        for (var p = 0; p < puts.Length; p++) puts[p] = t_batches![p].Count == 0 ? Part.None : PutAsync(p, local[p], t_batches[p], key, durability, cancellationToken);
        return puts;
    }

    private static async Task<Part> PutAsync(int number, OpenPartition? partition, PutBatch batch, RequestKey key, Durability? durability, CancellationToken cancellationToken)
    {
        var count = batch.Count;
        try
        {
            if (partition is null) throw new UnavailableException("partition.unavailable", $"Partition {number} is being closed.");
            using var pass = partition.Writes.Enter();
            return new(count, await partition.Engine.PutOnceAsync(key, batch, durability, cancellationToken).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException e)
        {
            return new(count, default, FaultCodec.From(new UnknownOutcomeException($"Partition {number} did not answer a write, which may have happened: {e.Message}", e)));
        }
        catch (Exception e)
        {
            return new(count, default, FaultCodec.From(e));
        }
    }

    private static WriteOutcome[] OutcomesOf(int[] places, Part[] parts)
    {
        var outcomes = new WriteOutcome[places.Length];
        var next = new ulong[parts.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var part = parts[places[i]];
            outcomes[i] = part.Fault is { } fault
                ? WriteCoordinator.Refused(fault)
                : new() { Status = (byte)WriteStatus.Upserted, Version = part.First.Raw + next[places[i]]++ };
        }

        return outcomes;
    }

    private static PutBatch[] BatchesOf(int count)
    {
        if (t_batches?.Length != count) t_batches = [.. Enumerable.Range(0, count).Select(_ => new PutBatch())];
        for (var p = 0; p < count; p++)
        {
            if (t_batches[p].Bytes > BatchBytesKeptMax) t_batches[p] = new();
            else t_batches[p].Clear();
        }

        return t_batches;
    }

    /// <param name="Count">Documents of the request in this partition.</param>
    /// <param name="First">The version of the first one; the others follow.</param>
    /// <param name="Fault">What became of all of them, when they were not written.</param>
    private sealed record Part(int Count, DocumentVersion First, Fault? Fault)
    {
        public static Task<Part> None { get; } = Task.FromResult(new Part(0, default, null));
    }
}
