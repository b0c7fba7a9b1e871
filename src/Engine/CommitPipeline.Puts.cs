// The short way through the pipeline, for documents that are put whatever is there: nothing is decided, so nothing is
// queued, and the bytes that the caller encoded go into the log as they are. It shares the lock, and therefore the order,
// with the groups of CommitPipeline.cs.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Engine;

internal sealed partial class CommitPipeline
{
    /// <summary>One document; returns when it is as durable as asked, and visible.</summary>
    public DocumentVersion Put(in BatchOperation operation, bool durable)
    {
        lock (_commitLock)
        {
            ThrowIfStopped();
            try
            {
                _batch.Clear();
                _batch.Put(0, operation.ExpiresAt, operation.Key, operation.Shape, operation.Row);
                var version = AppendLocked(_batch.Encode(), 1, durable);
                _target.Apply(operation, version);
                _target.Publish(version, operation.ExpiresAt != DocumentVersion.None);
                return version;
            }
            catch (Exception e) when (FailedLocked(e) is { } failure)
            {
                throw failure;
            }
        }
    }

    /// <summary>A batch that is encoded already; operation i has version first + i.</summary>
    public DocumentVersion Put(ReadOnlySpan<byte> batch, int count, bool expires, bool durable)
    {
        lock (_commitLock)
        {
            ThrowIfStopped();
            try
            {
                var first = AppendLocked(batch, count, durable);
                _target.Apply(batch, first);
                _target.Publish(new(first.Raw + (uint)count - 1), expires);
                return first;
            }
            catch (Exception e) when (FailedLocked(e) is { } failure)
            {
                throw failure;
            }
        }
    }

    private DocumentVersion AppendLocked(ReadOnlySpan<byte> batch, int versions, bool durable)
    {
        var first = _clock.Take(versions);
        _ceiling.RaiseTo(first.Raw + (uint)versions);
        Append(LogRecordKind.Batch, first, batch);
        if (durable) SyncLocked();
        else ScheduleSync();
        return first;
    }
}
