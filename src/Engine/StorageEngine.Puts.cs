// The straight way in, for documents that are put whatever is there now: rows encoded by their writer (DocWriter), no
// condition, no list of writes, no list of results, no task. Everything else goes through WriteAsync.
//
//   DocWriter ──row──► Put ───────────────────► log, memtable, visible ──► version
//        └──► PutBatch.Put ... ──batch──► Put ──┘
//
// Put blocks while the disk syncs (Durable) or while background work is too far behind; PutAsync does not.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private PutTarget? _latestPut;

    /// <summary>Puts one document, whatever is there under this id; returns its version once it is as durable as asked, and visible.</summary>
    /// <param name="collection">Where to.</param>
    /// <param name="id">Its <c>_id</c>.</param>
    /// <param name="shape">The names of its fields; the same object for documents of one kind, so that it is checked once.</param>
    /// <param name="row">A valid row of <paramref name="shape"/>, as <see cref="DocWriter"/> writes it.</param>
    /// <param name="durability">Null: that of the options.</param>
    /// <exception cref="InvalidRequestException">Unknown collection, reserved field, bad <c>_expires</c>, over a limit; nothing was written.</exception>
    /// <exception cref="BusyException">Background work is too far behind; nothing was written.</exception>
    /// <exception cref="UnavailableException"><c>engine.poisoned</c>: the disk failed; nothing more is acknowledged.</exception>
    /// <exception cref="UnknownOutcomeException">The disk failed while this write was on its way.</exception>
    [System.Runtime.CompilerServices.SkipLocalsInit]
    public DocumentVersion Put(CollectionId collection, DocumentId id, Shape shape, ReadOnlySpan<byte> row, Durability? durability = null)
    {
        ThrowIfClosed();
        var target = TargetOf(collection, shape);
        var expiresAt = target.MayExpire || row.Length > RowFormat.DocumentBytesMax ? PutCheck.Row(shape, row) : DocumentVersion.None;
        if (HasToWait()) WaitForRoomAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (target.Stored is not { } stored) return Blocking(PutWithNamesAsync(collection, id, shape, row.ToArray(), durability, CancellationToken.None));
        Interlocked.Increment(ref target.Writes.Value);
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        var version = _pipeline.Put(OperationOf(key, collection, id, stored, row, expiresAt), IsDurable(durability));
        return version != DocumentVersion.None ? version : Blocking(PutWithNamesAsync(collection, id, shape, row.ToArray(), durability, CancellationToken.None));
    }

    /// <summary>The same for many documents, as one batch: document i gets version first + i. The batch is not changed.</summary>
    /// <returns>The version of the first document; none when the batch is empty.</returns>
    public DocumentVersion Put(PutBatch batch, Durability? durability = null)
    {
        ThrowIfClosed();
        if (batch.Count == 0) return DocumentVersion.None;
        var isPlain = CheckCollections(batch);
        if (HasToWait()) WaitForRoomAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (!isPlain || !batch.TryIntern(_shapes)) return Blocking(PutWithNamesAsync(batch, durability, CancellationToken.None));
        RecordWrites(batch);
        var first = _pipeline.Put(batch.Builder, batch.Stored, batch.Expires, IsDurable(durability));
        return first != DocumentVersion.None ? first : Blocking(PutWithNamesAsync(batch, durability, CancellationToken.None));
    }

    /// <summary>Puts one document without blocking its caller: completed at once when it is buffered and nothing before it waits for the disk.</summary>
    [System.Runtime.CompilerServices.SkipLocalsInit]
    public ValueTask<DocumentVersion> PutAsync(CollectionId collection, DocumentId id, Shape shape, ReadOnlySpan<byte> row, Durability? durability = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        var target = TargetOf(collection, shape);
        var expiresAt = target.MayExpire || row.Length > RowFormat.DocumentBytesMax ? PutCheck.Row(shape, row) : DocumentVersion.None;
        if (target.Stored is not { } stored || HasToWait()) return PutWithNamesAsync(collection, id, shape, row.ToArray(), durability, cancellationToken);
        Interlocked.Increment(ref target.Writes.Value);
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        return _pipeline.TryPut(OperationOf(key, collection, id, stored, row, expiresAt), IsDurable(durability), out var put) ? put : PutWithNamesAsync(collection, id, shape, row.ToArray(), durability, cancellationToken);
    }

    /// <summary>Puts a batch without blocking its caller. The batch may be used again as soon as the call returns.</summary>
    public ValueTask<DocumentVersion> PutAsync(PutBatch batch, Durability? durability = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        if (batch.Count == 0) return new(DocumentVersion.None);
        if (!CheckCollections(batch) || !batch.TryIntern(_shapes) || HasToWait()) return PutWithNamesAsync(batch, durability, cancellationToken);
        RecordWrites(batch);
        return _pipeline.TryPut(batch.Builder, batch.Stored, batch.Expires, IsDurable(durability), out var put) ? put : PutWithNamesAsync(batch, durability, cancellationToken);
    }

    /// <summary>The same for a batch that has a name: it is put once, and however often it comes, the answer is the first one. Empties the batch.</summary>
    public ValueTask<DocumentVersion> PutOnceAsync(RequestKey key, PutBatch batch, Durability? durability = null, CancellationToken cancellationToken = default)
    {
        if (!key.IsGiven) return PutAsync(batch, durability, cancellationToken);
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        key.Check();
        if (batch.Count == 0) return new(DocumentVersion.None);
        if (!CheckCollections(batch) || HasToWait()) return PutOnceWithNamesAsync(key, batch.ToWrites(), durability, cancellationToken);
        batch.Remember(key);
        if (!batch.TryIntern(_shapes)) return PutOnceWithNamesAsync(key, batch.ToWrites(), durability, cancellationToken);
        RecordWrites(batch);
        return _pipeline.TryPutOnce(batch.Builder, batch.Stored, batch.Expires, IsDurable(durability), key, out var put) ? put : PutOnceWithNamesAsync(key, batch.ToWrites(), durability, cancellationToken);
    }

    private async ValueTask<DocumentVersion> PutOnceWithNamesAsync(RequestKey key, List<EngineWrite> writes, Durability? durability, CancellationToken cancellationToken)
        => (await WriteOnceAsync(key, writes, durability: durability, cancellationToken: cancellationToken).ConfigureAwait(false))[0].Version;

    private bool IsDurable(Durability? durability) => (durability ?? Options.Durability) == Durability.Durable;

    private static BatchOperation OperationOf(Span<byte> key, CollectionId collection, DocumentId id, Shape shape, ReadOnlySpan<byte> row, DocumentVersion expiresAt)
    {
        key = key[..EntryKey.Write(key, collection, id)];
        return new() { Kind = EntryKind.Put, VersionOffset = 0, ExpiresAt = expiresAt, Key = key, Shape = shape, Row = row };
    }

    private PutTarget TargetOf(CollectionId collection, Shape shape)
    {
        var manifest = _state.Manifest;
        if (Volatile.Read(ref _latestPut) is { } latest && latest.Fits(manifest, collection, shape)) return latest;
        if (!manifest.Collections.TryGetValue(collection, out var known)) throw NoCollection(manifest, collection);
        PutCheck.Names(shape);
        var stored = known.Options.IsDefault && _replicated is null ? _shapes.TryIntern(shape) : null;
        var target = new PutTarget(manifest.Collections, collection, shape, stored, shape.OrdinalOf(FieldNames.Expires) >= 0, _queries.Statistics.WritesCounter(collection));
        Volatile.Write(ref _latestPut, target);
        return target;
    }

    /// <summary>False: one of them has options, which WriteAsync knows how to follow.</summary>
    private bool CheckCollections(PutBatch batch)
    {
        var manifest = _state.Manifest;
        var plain = _replicated is null;
        for (var i = 0; i < batch.Collections.Count; i++)
            plain &= manifest.Collections.TryGetValue(batch.Collections[i].Collection, out var known) ? known.Options.IsDefault : throw NoCollection(manifest, batch.Collections[i].Collection);
        return plain;
    }

    private void RecordWrites(PutBatch batch)
    {
        for (var i = 0; i < batch.Collections.Count; i++) _queries.Statistics.RecordWrites(batch.Collections[i].Collection, batch.Collections[i].Count);
    }

    /// <summary>The long way, for documents that must wait for room, whose collection has options, or whose shapes are too many, so that rows are given their own names.</summary>
    private async ValueTask<DocumentVersion> PutWithNamesAsync(CollectionId collection, DocumentId id, Shape shape, byte[] row, Durability? durability, CancellationToken cancellationToken)
    {
        var results = await WriteAsync([new(WriteKind.Upsert, collection, id) { Shape = shape, Row = row }], durability: durability, cancellationToken: cancellationToken).ConfigureAwait(false);
        return results[0].Version;
    }

    private async ValueTask<DocumentVersion> PutWithNamesAsync(PutBatch batch, Durability? durability, CancellationToken cancellationToken)
    {
        var results = await WriteAsync(batch.ToWrites(), durability: durability, cancellationToken: cancellationToken).ConfigureAwait(false);
        return results[0].Version;
    }

    private static DocumentVersion Blocking(ValueTask<DocumentVersion> put) => put.AsTask().GetAwaiter().GetResult();
}
