// The catalog as a replica asks it: two effects of the core, ReadCatalog and SwapCatalog, as calls of a store with a deadline. What is
// not answered in time, or with an error, is "unknown": the store may have done it, may not have, or may do it later. The core
// knows what to make of that (docs/replication.md); nothing is tried again here.

using System.Collections.Concurrent;
using System.Text.Json;
using IngoDB.Grains.Catalog;
using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Members;
using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;
using PartitionRecord = IngoDB.Replication.Records.PartitionRecord;

namespace IngoDB.Grains.Replicas;

/// <summary>One partition's record in a store. Thread-safe.</summary>
/// <param name="store">Linearizable.</param>
/// <param name="key">Of the record.</param>
/// <param name="patience">How long an answer is waited for.</param>
/// <param name="time">The clock of the waiting.</param>
internal sealed class ReplicaCatalog(ICatalogStore store, string key, TimeSpan patience, TimeProvider time)
{
    private const int StatesKept = 16;

    /// <summary>The states that changes may be built on, by etag: they say who has which copy.</summary>
    private readonly ConcurrentDictionary<string, CatalogPartition> _states = new(StringComparer.Ordinal);

    private volatile CatalogPartition? _newest;

    /// <summary>The record as it was last read or written here.</summary>
    public CatalogPartition? Newest => _newest;

    /// <summary>Which node has a copy, as far as was ever read here.</summary>
    public string? NodeOf(CopyId copy) => _newest?.Copies?.Places.FirstOrDefault(place => place.Copy == copy.Value)?.Node;

    /// <summary>The record as it stands in the catalog; null: there is none.</summary>
    public async ValueTask<CatalogPartition?> ReadJsonAsync(CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(key, cancellationToken).AsTask().WaitAsync(patience, time, cancellationToken).ConfigureAwait(false) is not { } entry) return null;
        var json = Parse(entry);
        Keep(entry.Etag, json);
        return json;
    }

    /// <summary>What the record is; null: no answer came.</summary>
    /// <exception cref="CorruptionException">What is there contradicts itself.</exception>
    public async ValueTask<CatalogAnswered?> ReadAsync(long read, CancellationToken cancellationToken)
    {
        CatalogEntry? entry;
        try
        {
            entry = await store.ReadAsync(key, cancellationToken).AsTask().WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // An answer that does not come is asked for again by the core.
            return null;
        }

        if (entry is null) return null;
        var json = Parse(entry);
        Keep(entry.Etag, json);
        return new(read, ReplicaRecords.Read(json), entry.Etag);
    }

    /// <summary>Replaces the record that has the etag. Never throws but when cancelled: every end has a name.</summary>
    public async ValueTask<CatalogSwapped> SwapAsync(string etag, PartitionRecord wanted, CancellationToken cancellationToken)
    {
        // A state that was never read here (or long ago) can not be built on; reading again finds out what is true now.
        if (!_states.TryGetValue(etag, out var current)) return new(wanted.ChangeId, SwapOutcome.Conflict, null);
        var json = ReplicaRecords.Write(current, wanted);
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(json, CatalogJson.Default.PartitionRecord);
            var written = await store.TryWriteAsync(key, bytes, etag, cancellationToken).AsTask().WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            if (written is null) return new(wanted.ChangeId, SwapOutcome.Conflict, null);
            Keep(written, json);
            return new(wanted.ChangeId, SwapOutcome.Done, written);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It may have happened, and may still happen.
            return new(wanted.ChangeId, SwapOutcome.Unknown, null);
        }
    }

    private CatalogPartition Parse(CatalogEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Json.Span, CatalogJson.Default.PartitionRecord) ?? throw new CorruptionException($"catalog record {key}", 0, "null");
        }
        catch (JsonException e)
        {
            throw new CorruptionException($"catalog record {key}", e.BytePositionInLine ?? 0, e.Message);
        }
    }

    private void Keep(string etag, CatalogPartition json)
    {
        if (_states.Count >= StatesKept)
            foreach (var old in _states.OrderBy(state => state.Value.Copies!.Version).Take(StatesKept / 2)) _states.TryRemove(old.Key, out _);
        if (json.Copies is null) return;
        _states[etag] = json;
        if (_newest?.Copies is not { } newest || json.Copies.Version >= newest.Version) _newest = json;
    }
}
