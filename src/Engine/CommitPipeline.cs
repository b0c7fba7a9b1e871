// Group commit: one fdatasync pays for every write that queued up while the previous one ran.
//
//   callers ──► queue ──► one group at a time: resolve ─► append ─► (sync) ─► apply to memtable ─► publish ─► reply
//
// Append and publish are two steps: a version becomes visible only after its bytes are as durable as its caller
// asked for, so no reader can see a write that a crash takes back (with followers, publish will wait for them too).
//
// Who runs a group: a durable one runs on this engine's commit thread, because fdatasync blocks for a long time
// and the pool belongs to the host. A buffered one that finds nobody else committing runs on its caller's thread
// and returns completed. Both hold _commitLock, so groups are serial in log order. What buffered groups have left
// unsynced, the commit thread syncs within SyncDelay, without the lock: writers go on beside it.
//
// Once an append or a sync has failed nobody knows what the disk holds: the group gets UnknownOutcome, every
// later write Unavailable, reads go on. Only a reopen, which reads back what is really there, ends that state.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>What the pipeline does to the engine, under its lock.</summary>
internal interface ICommitTarget
{
    /// <summary>Fills the memtable from an encoded batch; nothing is visible yet.</summary>
    void Apply(ReadOnlySpan<byte> batch, DocumentVersion baseVersion);

    /// <summary>The same for one operation.</summary>
    void Apply(in BatchOperation operation, DocumentVersion version);

    /// <summary>Everything up to this version is visible from here on. The place to seal a full memtable.</summary>
    void Publish(DocumentVersion newest, bool expires);

    void Poisoned(Exception cause);
}

/// <summary>The single writer of an engine. Thread-safe.</summary>
internal sealed partial class CommitPipeline : IDisposable
{
    private readonly Lock _commitLock = new();
    private readonly CommitQueue _queue = new();
    private readonly ClockCeiling _ceiling;
    private readonly List<CommitRequest> _group = [];
    private readonly WriteBatchBuilder _batch = new();
    private readonly WriteAheadLog _log;
    private readonly WriteResolver _resolver;
    private readonly HybridClock _clock;
    private readonly ICommitTarget _target;
    private readonly ITimer? _syncTimer;
    private readonly TimeSpan _syncDelay;
    private readonly Thread? _thread;
    private Exception? _poison;
    private bool _syncScheduled;
    private volatile bool _syncDue;
    private volatile bool _closed;

    /// <param name="ownThread">False: every group runs on its caller's thread, in order; for tests that replay.</param>
    public CommitPipeline(WriteAheadLog log, WriteResolver resolver, HybridClock clock, ICommitTarget target, DocumentVersion durableCeiling, EngineOptions options, bool ownThread)
    {
        (_log, _resolver, _clock, _target, _syncDelay) = (log, resolver, clock, target, options.SyncDelay);
        _ceiling = new(durableCeiling);
        if (!ownThread) return;
        _syncTimer = options.Time.CreateTimer(_ => RequestSync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(RunGroups) { IsBackground = true, Name = "ingodb commit" };
        _thread.Start();
    }

    /// <summary>Nothing is acknowledged any more.</summary>
    public bool IsPoisoned => Volatile.Read(ref _poison) is not null;

    private bool IsUnsynced => _log.SyncedLsn < _log.LastLsn;

    /// <summary>No version above it was ever served or written durably.</summary>
    public DocumentVersion DurableCeiling => _ceiling.Durable;

    public ValueTask<WriteResult[]> CommitAsync(CommitRequest request)
    {
        ThrowIfStopped();
        if (_thread is null || (!request.Durable && _queue.IsIdle))
        {
            if (TryRunInline(request)) return new(request.Results);
        }

        var completion = request.Await();
        Enqueue(request);
        return new(completion);
    }

    /// <summary>Completes when every group that had taken versions before the call is visible, and the durable clock ceiling is at least <paramref name="ceiling"/>.</summary>
    public async ValueTask BarrierAsync(DocumentVersion ceiling)
    {
        var durably = _ceiling.Durable >= ceiling;
        if (durably && _commitLock.TryEnter())
        {
            _commitLock.Exit();
            return;
        }

        await CommitAsync(new([], atomic: false, durable: !durably) { MinimumCeiling = ceiling }).ConfigureAwait(false);
    }

    /// <summary>Runs between two groups: seals, rotations.</summary>
    public void BetweenGroups(Action act)
    {
        lock (_commitLock) act();
    }

    /// <summary>Everything appended so far is durable.</summary>
    public void Sync()
    {
        lock (_commitLock)
        {
            ThrowIfStopped();
            SyncLocked();
        }
    }

    public void Dispose()
    {
        _closed = true;
        _syncTimer?.Dispose();
        _queue.Wake();
        _thread?.Join();
        lock (_commitLock)
        {
            if (_poison is null && IsUnsynced) SyncLocked();
        }

        _queue.FailAll(new UnavailableException("engine.closed", "The engine is closed."));
    }

    private bool TryRunInline(CommitRequest request)
    {
        if (_thread is null) _commitLock.Enter();
        else if (!_commitLock.TryEnter()) return false;
        try
        {
            _group.Clear();
            _group.Add(request);
            if (RunGroupLocked() is { } failure) throw failure;
            return true;
        }
        finally
        {
            _commitLock.Exit();
        }
    }

    private void Enqueue(CommitRequest request)
    {
        _queue.Add(request);
        if (_closed) _queue.FailAll(new UnavailableException("engine.closed", "The engine is closed."));
    }

    private void RequestSync()
    {
        _syncDue = true;
        _queue.Wake();
    }

    private void RunGroups()
    {
        while (true)
        {
            _queue.Wait();
            if (_closed) return;
            if (_syncDue) SyncBesideWriters();
            lock (_commitLock)
            {
                _queue.Take(_group);
                if (_group.Count == 0) continue;
                var failure = RunGroupLocked();
                foreach (var request in _group)
                {
                    if (failure is null) request.Complete();
                    else request.Fail(failure);
                }
            }
        }
    }

    /// <returns>What the callers of the group get instead of results; null when all went well.</returns>
    private Exception? RunGroupLocked()
    {
        if (_poison is { } poison) return Refused(poison);
        try
        {
            AppendAndPublishLocked();
            return null;
        }
        catch (Exception e) when (FailedLocked(e) is { } failure)
        {
            return failure;
        }
    }

    /// <summary>What the callers are told of it; null when it says nothing about the log, and is theirs as it is.</summary>
    private UnknownOutcomeException? FailedLocked(Exception e)
    {
        var disk = e is StorageException or UnavailableException or IOException;
        if (!disk && e is IngoDBException) return null;

        // The disk refused in the middle of it: what it holds now is known only after a reopen. Or it is a bug of ours
        // between append and publish: go down rather than serve a state that differs from the log.
        Poison(e);
        return disk
            ? new("The log could not be written; whether this write survives is known after the engine was reopened. " + e.Message, e)
            : new("The engine failed while committing: " + e.Message, e);
    }

    private void AppendAndPublishLocked()
    {
        var (versionsMax, durable, minimumCeiling) = Measure();
        var baseVersion = versionsMax > 0 ? _clock.Take(versionsMax) : _clock.Latest;
        var expires = _resolver.Resolve(baseVersion, _group, _batch);
        _ceiling.RaiseTo(Math.Max(baseVersion.Raw + (uint)versionsMax, minimumCeiling.Raw));
        var payload = _batch.Count > 0 ? _batch.Encode() : default;
        if (_batch.Count > 0) Append(LogRecordKind.Batch, baseVersion, payload);
        else if (minimumCeiling > _ceiling.Durable) Append(LogRecordKind.ClockCeiling, baseVersion, default);

        if (durable && IsUnsynced) SyncLocked();
        else if (IsUnsynced) ScheduleSync();

        if (_batch.Count == 0) return;
        _target.Apply(payload, baseVersion);
        _target.Publish(new(baseVersion.Raw + _resolver.VersionCount - 1), expires);
    }

    private (int VersionsMax, bool Durable, DocumentVersion MinimumCeiling) Measure()
    {
        var (versions, durable, ceiling) = (0, false, DocumentVersion.None);
        foreach (var request in _group)
        {
            versions += request.Atomic ? 1 : request.Writes.Count;
            durable |= request.Durable;
            if (request.MinimumCeiling > ceiling) ceiling = request.MinimumCeiling;
        }

        return (versions, durable, ceiling);
    }

    private void Append(LogRecordKind kind, DocumentVersion baseVersion, ReadOnlySpan<byte> payload)
    {
        _log.Append(kind, baseVersion, _ceiling.Raised, payload);
        _ceiling.WasAppended();
    }

    private void SyncLocked()
    {
        try
        {
            _log.Sync();
        }
        catch (Exception e) when (e is StorageException or UnavailableException or IOException)
        {
            Poison(e);
            throw;
        }

        _syncScheduled = false;
        _ceiling.WasSynced(_ceiling.Appended);
    }

    /// <summary>What buffered writes have left behind becomes durable while the next ones go on; nobody waits for it.</summary>
    private void SyncBesideWriters()
    {
        _syncDue = false;
        DocumentVersion ceiling;
        lock (_commitLock)
        {
            _syncScheduled = false;
            if (_poison is not null || !IsUnsynced) return;
            ceiling = _ceiling.Appended;
        }

        try
        {
            _log.Sync();
        }
        catch (Exception e) when (e is StorageException or UnavailableException or IOException)
        {
            Poison(e);
            return;
        }

        lock (_commitLock) _ceiling.WasSynced(ceiling);
    }

    private void ScheduleSync()
    {
        if (_syncScheduled || _syncTimer is null) return;
        _syncScheduled = true;
        _syncTimer.Change(_syncDelay, Timeout.InfiniteTimeSpan);
    }

    private void Poison(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _poison, cause, null) is null) _target.Poisoned(cause);
    }

    private void ThrowIfStopped()
    {
        if (Volatile.Read(ref _poison) is { } poison) throw Refused(poison);
        if (_closed) throw new UnavailableException("engine.closed", "The engine is closed.");
    }

    private static UnavailableException Refused(Exception poison)
        => new("engine.poisoned", "The log failed and nothing more is acknowledged; reads go on. Mend the disk and reopen. First failure: " + poison.Message, poison);
}
