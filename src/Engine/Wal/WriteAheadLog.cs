// The log of one partition: what is acknowledged is here first.
//
//   Stage    ──► behind the others, in memory     Rotate: the next segment (for the next memtable) begins
//   HandOver ──► with the operating system        Release: a flushed memtable's segment is kept as spare or deleted
//   Sync     ──► fdatasync; then durable
//
// One appender at a time stages, hands over and rotates; Sync and Release may run beside it. A sync carries what was handed over
// before it began, segment by segment, oldest first: the appender never waits for it, not even when it rotates. So the log
// is durable up to a point and no further, whichever file that point is in.
//
// The first failed write or sync poisons the log for ever: after a failed fsync the kernel has dropped the pages, and after
// a failed write nobody knows how much of the record is there, so nothing more may follow it (docs/storage-rules.md R5).
// Reading back what really is there is recovery's work.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

internal sealed class WriteAheadLog : IDisposable
{
    private readonly SegmentStore _store;
    private readonly ulong _epoch;
    private readonly Lock _syncLock = new();
    private readonly Lock _gate = new();
    private readonly List<SegmentWriter> _retired = [];
    private readonly List<SegmentWriter> _syncing = [];
    private readonly LogOptions _options;
    private volatile SegmentWriter _segment;
    private ulong _lastLsn;
    private ulong _handedLsn;
    private ulong _syncedLsn;
    private Exception? _failure;

    private WriteAheadLog(SegmentStore store, SegmentWriter segment, ulong lastLsn, ulong epoch, LogOptions options)
    {
        (_store, _segment, _epoch, _options) = (store, segment, epoch, options);
        _lastLsn = _handedLsn = _syncedLsn = lastLsn;
    }

    public ulong CurrentSegment => _segment.Segment;

    public ulong LastLsn => Volatile.Read(ref _lastLsn);

    /// <summary>Everything up to here is durable.</summary>
    public ulong SyncedLsn => Volatile.Read(ref _syncedLsn);

    /// <summary>Bytes that were staged and not handed over.</summary>
    public int StagedBytes => _segment.StagedBytes;

    /// <summary>How far the current segment is written.</summary>
    public long SegmentBytes => _segment.Bytes;

    /// <summary>Replays every record of the segments ≥ <paramref name="oldestSegment"/> in order. The files are not changed.</summary>
    /// <exception cref="CorruptionException">Damage at or below what was known to be synced; never for a torn tail.</exception>
    public static LogRecovery Recover(IFileSystem files, string directory, ulong oldestSegment, LogRecordHandler handler) =>
        new LogReplay(files, directory, handler).Run(oldestSegment);

    /// <summary>The same without the records: they are for <see cref="Read"/>.</summary>
    /// <exception cref="CorruptionException">As above.</exception>
    public static LogRecovery Recover(IFileSystem files, string directory, ulong oldestSegment) =>
        new LogReplay(files, directory, handler: null).Run(oldestSegment);

    /// <summary>The records of one segment, up to where recovery found its end. Segments can be read side by side.</summary>
    /// <exception cref="CorruptionException">What was intact a moment ago is not any more.</exception>
    public static void Read(IFileSystem files, string directory, ReplayedSegment segment, LogRecordHandler handler)
    {
        using var reader = SegmentChain.Open(files, directory, segment.Segment);
        var cursor = new SegmentCursor(reader, segment.Segment);
        while (cursor.Offset < segment.End)
        {
            if (!cursor.TryNext(out var record)) throw new CorruptionException(reader.Path, cursor.Offset, "a record that was intact when the log was walked is not any more");
            handler(in record);
        }
    }

    /// <summary>Goes on where recovery found the end, in a new segment with the given id; older segments stay until <see cref="Release"/>.
    /// What recovery read back is durable when this returns, and so is the new segment's head.</summary>
    public static WriteAheadLog Start(IFileSystem files, string directory, ulong firstSegment, LogRecovery recovered, DocumentVersion clockCeiling, ulong epoch, LogOptions options)
    {
        var store = new SegmentStore(files, directory, options);
        store.MakeDurable(recovered.Unsynced);
        var (file, writtenBefore) = store.Take(firstSegment, options.SegmentBytesMin);
        try
        {
            var header = new SegmentHeader(firstSegment, recovered.LastSegment, recovered.LastLsn + 1, epoch, clockCeiling, recovered.LastLsn);
            var segment = new SegmentWriter(file, in header, options.SegmentBytesMax, writtenBefore);
            segment.Sync();
            return new WriteAheadLog(store, segment, recovered.LastLsn, epoch, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The segment that is ready to begin; null when none is.</summary>
    public ulong? PreparedSegment => _store.Prepared;

    /// <summary>Makes the next segment ready, so that <see cref="Rotate"/> costs nothing. Any thread.</summary>
    public void Prepare(ulong segment) => _store.Prepare(segment, _segment.Bytes);

    /// <summary>Stages one record and hands it over; returns its lsn.</summary>
    /// <exception cref="StorageException">The disk refused; from here on the log is poisoned.</exception>
    /// <exception cref="UnavailableException"><c>engine.poisoned</c>: it failed before.</exception>
    public ulong Append(LogRecordKind kind, DocumentVersion baseVersion, DocumentVersion clockCeiling, ReadOnlySpan<byte> payload)
    {
        var lsn = Stage(kind, baseVersion, clockCeiling, payload, []);
        HandOver(syncFollows: true);
        return lsn;
    }

    /// <summary>Puts a record behind the others, not yet with the operating system; returns its lsn. The payload comes in two parts.</summary>
    /// <exception cref="UnavailableException"><c>engine.poisoned</c>: the log failed before.</exception>
    public ulong Stage(LogRecordKind kind, DocumentVersion baseVersion, DocumentVersion clockCeiling, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> more)
    {
        ThrowIfPoisoned();
        var record = new LogRecord
        {
            Kind = kind,
            Epoch = _epoch,
            Lsn = _lastLsn + 1,
            BaseVersion = baseVersion,
            ClockCeiling = clockCeiling,
            SyncedLsn = SyncedLsn,
            Payload = payload,
        };
        _segment.Stage(in record, more);
        Volatile.Write(ref _lastLsn, record.Lsn);
        return record.Lsn;
    }

    /// <summary>Everything staged is with the operating system when this returns: it survives the end of this process.</summary>
    /// <param name="syncFollows">Somebody waits for a sync of it.</param>
    /// <exception cref="StorageException">The disk refused; from here on the log is poisoned.</exception>
    public void HandOver(bool syncFollows)
    {
        try
        {
            _segment.HandOver(syncFollows);
        }
        catch (Exception e)
        {
            Poison(e);
            throw;
        }

        Volatile.Write(ref _handedLsn, _lastLsn);
    }

    /// <summary>Everything handed over before the call is durable when it returns.</summary>
    /// <exception cref="StorageException">The disk refused; from here on the log is poisoned.</exception>
    /// <exception cref="UnavailableException"><c>engine.poisoned</c>: it failed before.</exception>
    public void Sync()
    {
        lock (_syncLock) SyncLocked();
    }

    /// <summary>Begins a new segment (for a new memtable) with this id: the prepared one, or one that is made now.</summary>
    public void Rotate(ulong newSegment)
    {
        ThrowIfPoisoned();
        HandOver(syncFollows: true);
        try
        {
            var old = _segment;
            var header = new SegmentHeader(newSegment, old.Segment, _lastLsn + 1, _epoch, old.ClockCeiling, SyncedLsn);
            var (file, writtenBefore) = _store.Take(newSegment, old.Bytes);
            var next = new SegmentWriter(file, in header, _options.SegmentBytesMax, writtenBefore);
            lock (_gate)
            {
                _retired.Add(old);
                _segment = next;
            }

            _store.Retire(old.Segment, old.BytesWritten);
        }
        catch (Exception e)
        {
            Poison(e);
            throw;
        }
    }

    /// <summary>Segments below <paramref name="oldestNeeded"/> are recycled or deleted, synced or not. Call only after the manifest edit that says so is durable.</summary>
    public void Release(ulong oldestNeeded)
    {
        lock (_syncLock)
        {
            lock (_gate)
            {
                foreach (var writer in _retired.FindAll(w => w.Segment < oldestNeeded)) Close(writer);
            }

            _store.Release(oldestNeeded);
        }
    }

    public void Dispose()
    {
        lock (_syncLock)
        {
            lock (_gate)
            {
                foreach (var writer in _retired) writer.Dispose();
                _segment.Dispose();
            }

            _store.Dispose();
        }
    }

    private void SyncLocked()
    {
        ThrowIfPoisoned();
        ulong last;
        lock (_gate)
        {
            last = Volatile.Read(ref _handedLsn);
            if (last == _syncedLsn && _retired.Count == 0) return;
            _syncing.Clear();
            _syncing.AddRange(_retired);
            _syncing.Add(_segment);
        }

        try
        {
            foreach (var writer in _syncing) writer.Sync();
        }
        catch (Exception e)
        {
            Poison(e);
            throw;
        }

        Volatile.Write(ref _syncedLsn, last);
        lock (_gate)
        {
            for (var i = 0; i < _syncing.Count - 1; i++) Close(_syncing[i]);
        }
    }

    private void Close(SegmentWriter writer)
    {
        _retired.Remove(writer);
        writer.Dispose();
    }

    private void Poison(Exception cause) => Interlocked.CompareExchange(ref _failure, cause, null);

    private void ThrowIfPoisoned()
    {
        if (Volatile.Read(ref _failure) is { } cause)
            throw new UnavailableException("engine.poisoned", $"The log failed before, so nothing more is written until the engine is reopened: {cause.Message}", cause);
    }
}
