// The half of the pipeline that runs under the commit lock: a write gets its versions, its record and its place in the
// memtable. What ends in Locked is called with _commitLock held.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Engine;

internal sealed partial class CommitPipeline
{
    private DocumentVersion StageLocked(in BatchOperation operation)
    {
        ThrowIfStopped();
        try
        {
            _target.Expect(operation.Key);
            _batch.Clear();
            _batch.Put(0, operation.ExpiresAt, operation.Key, operation.Shape, operation.Row);
            var version = AppendLocked(_batch, versions: 1);
            _target.Apply(operation, version);
            return _applied = version;
        }
        catch (Exception e) when (FailedLocked(e) is { } failure)
        {
            throw failure;
        }
    }

    private DocumentVersion StageLocked(WriteBatchBuilder batch, ReadOnlySpan<Shape> shapes, uint versions, bool expires)
    {
        ThrowIfStopped();
        try
        {
            var first = AppendLocked(batch, versions);
            ApplyLocked(batch, shapes, first, versions, expires);
            return first;
        }
        catch (Exception e) when (FailedLocked(e) is { } failure)
        {
            throw failure;
        }
    }

    private void StageLocked(CommitRequest request)
    {
        ThrowIfStopped();
        try
        {
            if (request.Step is not null)
            {
                StageStepLocked(request);
                return;
            }

            if (request is { Key.IsGiven: true, Progress: null } && _requests.TryAnswer(request)) return;
            var versionsMax = request.Atomic ? 1 : request.Writes.Count;
            var first = _clock.Take(versionsMax);
            _ceiling.RaiseTo(first.Raw + (uint)versionsMax);
            var expires = _resolver.Resolve(first, request, _batch);
            if (_batch.Count == 0) return;
            if (request.Key.IsGiven) Remember(request, first);
            AppendLocked(_batch, first);
            ApplyLocked(_batch, _batch.Shapes, first, _resolver.VersionCount, expires);
            if (request.Key.IsGiven) _target.Remembered();
        }
        catch (Exception e) when (FailedLocked(e) is { } failure)
        {
            throw failure;
        }
    }

    private void StageStepLocked(CommitRequest request)
    {
        var version = _clock.Take();
        _ceiling.RaiseTo(version.Raw + 1);
        var expires = _transactions.Resolve(version, request, _batch);
        if (_batch.Count == 0) return;
        AppendLocked(_batch, version);
        ApplyLocked(_batch, _batch.Shapes, version, versions: 1, expires);
        ApplyHiddenLocked(version);
    }

    /// <summary>What was just applied is no document: it is counted, and what it tells of transactions is known from here on.</summary>
    private void ApplyHiddenLocked(DocumentVersion first)
    {
        var operations = new BatchOperations(_batch.Operations, _batch.Count, _batch.Shapes, "commit");
        while (operations.TryNext(out var operation))
        {
            var collection = EntryKey.CollectionOf(operation.Key);
            if (!collection.IsHidden) continue;
            _target.Remembered();
            if (collection == CollectionId.Transactions) _intents.Apply(operation.Key, operation.VersionIn(first), operation.Shape, operation.Row, operation.Kind == EntryKind.Put);
        }
    }

    private DocumentVersion StageOnceLocked(WriteBatchBuilder batch, ReadOnlySpan<Shape> shapes, bool expires)
    {
        var first = StageLocked(batch, shapes, (uint)batch.Count - 1, expires);
        _target.Remembered();
        return first;
    }

    private void Remember(CommitRequest request, DocumentVersion first)
    {
        var lastOffset = _resolver.VersionCount - 1;
        _requests.Remember(request, new(first.Raw + lastOffset), lastOffset, _batch);
    }

    private void StageCeilingLocked(DocumentVersion ceiling)
    {
        ThrowIfStopped();
        _ceiling.RaiseTo(ceiling.Raw);
        if (_ceiling.Raised > _ceiling.Appended) AppendLocked(LogRecordKind.ClockCeiling, _clock.Latest, [], []);
    }

    private void ApplyLocked(WriteBatchBuilder batch, ReadOnlySpan<Shape> shapes, DocumentVersion first, uint versions, bool expires)
    {
        var operations = new BatchOperations(batch.Operations, batch.Count, shapes, "commit");
        _target.Apply(ref operations, first, expires);
        _applied = new(first.Raw + versions - 1);
    }

    private DocumentVersion AppendLocked(WriteBatchBuilder batch, uint versions)
    {
        var first = _clock.Take((int)versions);
        _ceiling.RaiseTo(first.Raw + versions);
        AppendLocked(batch, first);
        return first;
    }

    private void AppendLocked(WriteBatchBuilder batch, DocumentVersion first)
    {
        _numbers.Enter(_log.CurrentSegment);
        _head.ResetWrittenCount();
        batch.WriteHead(_numbers, _head);
        AppendLocked(LogRecordKind.Batch, first, _head.WrittenSpan, batch.Operations);
    }

    private void AppendLocked(LogRecordKind kind, DocumentVersion baseVersion, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> more)
    {
        _log.Stage(kind, baseVersion, _ceiling.Raised, payload, more);
        _ceiling.WasAppended();
        if (_log.StagedBytes >= StagedBytesMax) _log.HandOver(syncFollows: true);
    }

    /// <summary>It asked for a sync that has not been, or something before it waits for one.</summary>
    private bool MustWaitLocked(bool durable)
    {
        _someWait |= durable && _log.SyncedLsn < _log.LastLsn;
        return _someWait;
    }

    /// <summary>Nobody waits: with the system, and visible.</summary>
    private DocumentVersion PublishBufferedLocked(DocumentVersion version)
    {
        try
        {
            _log.HandOver(syncFollows: false);
            if (_log.SyncedLsn < _log.LastLsn) ScheduleSyncLocked();
            PublishLocked(version, _log.LastLsn);
            return version;
        }
        catch (Exception e) when (FailedLocked(e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>What the callers are told of it; null when it says nothing about the log, and is theirs as it is.</summary>
    private UnknownOutcomeException? FailedLocked(Exception e)
    {
        var disk = e is StorageException or UnavailableException or IOException;
        if (!disk && e is IngoDBException) return null;

        // The disk refused in the middle of it: what it holds now is known only after a reopen. Or it is a bug of ours
        // between append and publish: go down rather than serve a state that differs from the log.
        PoisonLocked(e);
        return Unknown(e);
    }

    private static UnknownOutcomeException Unknown(Exception cause) => cause is StorageException or UnavailableException or IOException
        ? new("The log could not be written; whether this write survives is known after the engine was reopened. " + cause.Message, cause)
        : new("The engine failed while committing: " + cause.Message, cause);

    private void ThrowIfStopped()
    {
        if (Volatile.Read(ref _poison) is { } poison) throw Refused(poison);
        if (_closed) throw new UnavailableException("engine.closed", "The engine is closed.");
    }

    private static UnavailableException Refused(Exception poison)
        => new("engine.poisoned", "The log failed and nothing more is acknowledged; reads go on. Mend the disk and reopen. First failure: " + poison.Message, poison);
}
