// What other copies and this one have agreed on, applied: versions are given, nothing is decided, and nobody waits for the disk, since
// the replicated log has it there already. The engine's own log gets it as a buffered write would go, so that a restart
// finds tables and memtables as they were and applies only what is missing.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

internal sealed partial class CommitPipeline
{
    /// <summary>Applies one part of a committed group, unless it is there already.</summary>
    public void ApplyCommitted(DocumentVersion first, ReadOnlySpan<byte> batch, ShapeRegistry shapes)
    {
        lock (_commitLock)
        {
            ThrowIfStopped();
            if (first <= _applied) return;
            try
            {
                var (last, expires) = Rebuild(batch, first, shapes);
                _clock.Observe(last);
                _ceiling.RaiseTo(last.Raw);
                AppendLocked(_batch, first);
                ApplyLocked(_batch, _batch.Shapes, first, (uint)(last.Raw - first.Raw) + 1, expires);
                if (_hasHidden) ApplyHiddenLocked(first);
                PublishBufferedLocked(_applied);
            }
            catch (Exception e) when (FailedLocked(e) is { } failure)
            {
                throw failure;
            }
        }
    }

    private bool _hasHidden;

    /// <summary>Into this engine's own builder, since the numbers of shapes are those of its own segments.</summary>
    private (DocumentVersion Last, bool Expires) Rebuild(ReadOnlySpan<byte> batch, DocumentVersion first, ShapeRegistry shapes)
    {
        _batch.Clear();
        _hasHidden = false;
        var (last, expires) = (first, false);
        var operations = BatchOperations.Read(batch, new BatchShapes(), shapes, "replicated log");
        while (operations.TryNext(out var operation))
        {
            if (operation.Kind == EntryKind.Put) _batch.Put(operation.VersionOffset, operation.ExpiresAt, operation.Key, operation.Shape, operation.Row, operation.Given);
            else _batch.Delete(operation.VersionOffset, operation.Key, operation.Given);
            _hasHidden |= EntryKey.CollectionOf(operation.Key).IsHidden;
            expires |= operation.ExpiresAt != DocumentVersion.None;
            last = new(first.Raw + operation.VersionOffset);
        }

        return (last, expires);
    }
}
