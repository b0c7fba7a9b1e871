// Group commit: one fdatasync pays for every write that queued up while the previous one ran.
//
//   callers ──► queue ──► one group at a time: resolve ─► append ─► (sync) ─► apply to memtable ─► publish ─► reply
//
// Append and publish are two steps: a version becomes visible only after its bytes are as durable as its caller
// asked for, so no reader can see a write that a crash takes back (with followers, publish will wait for them too).
//
// Who runs a group: a durable one runs on this engine's commit thread, because fdatasync blocks for a long time
// and the pool belongs to the host. A buffered one that finds nobody else committing runs on its caller's thread
// and returns completed. Both hold _commitLock, so groups are serial in log order.
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

    /// <summary>Everything up to this version is visible from here on. The place to seal a full memtable.</summary>
    void Publish(DocumentVersion newest, bool expires);

    void Poisoned(Exception cause);
}

/// <summary>The single writer of an engine. Thread-safe.</summary>
internal sealed class CommitPipeline : IDisposable
{
    private const int GroupRequestsMax = 512;
    private const int GroupBytesMax = 1 << 20;
    private static readonly TimeSpan CeilingStep = TimeSpan.FromSeconds(3);

    private readonly Lock _commitLock = new();
    private readonly Lock _queueLock = new();
    private readonly Queue<CommitRequest> _queue = new();
    private readonly SemaphoreSlim _queued = new(0);
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
    private bool _unsynced;
    private bool _syncScheduled;
    private volatile bool _closed;
    private DocumentVersion _ceiling;
    private ulong _durableCeiling;

    /// <param name="ownThread">False: every group runs on its caller's thread, in order; for tests that replay.</param>
    public CommitPipeline(WriteAheadLog log, WriteResolver resolver, HybridClock clock, ICommitTarget target, DocumentVersion durableCeiling, EngineOptions options, bool ownThread)
    {
        (_log, _resolver, _clock, _target, _syncDelay) = (log, resolver, clock, target, options.SyncDelay);
        (_ceiling, _durableCeiling) = (durableCeiling, durableCeiling.Raw);
        if (!ownThread) return;
        _syncTimer = options.Time.CreateTimer(_ => Enqueue(new([], atomic: false, durable: true)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(RunGroups) { IsBackground = true, Name = "ingodb commit" };
        _thread.Start();
    }

    /// <summary>Nothing is acknowledged any more.</summary>
    public bool IsPoisoned => Volatile.Read(ref _poison) is not null;

    /// <summary>No version above it was ever served or written durably.</summary>
    public DocumentVersion DurableCeiling => new(Volatile.Read(ref _durableCeiling));

    public ValueTask<WriteResult[]> CommitAsync(CommitRequest request)
    {
        ThrowIfStopped();
        if (_thread is null || (!request.Durable && _queued.CurrentCount == 0))
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
        var durably = Volatile.Read(ref _durableCeiling) >= ceiling.Raw;
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
        _queued.Release();
        _thread?.Join();
        lock (_commitLock)
        {
            if (_poison is null && _unsynced) SyncLocked();
        }

        FailQueued(new UnavailableException("engine.closed", "The engine is closed."));
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
        lock (_queueLock) _queue.Enqueue(request);
        _queued.Release();
        if (_closed) FailQueued(new UnavailableException("engine.closed", "The engine is closed."));
    }

    private void RunGroups()
    {
        while (true)
        {
            _queued.Wait();
            if (_closed) return;
            lock (_commitLock)
            {
                TakeGroup();
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

    private void TakeGroup()
    {
        _group.Clear();
        var bytes = 0L;
        lock (_queueLock)
        {
            while (_group.Count < GroupRequestsMax && bytes < GroupBytesMax && _queue.TryDequeue(out var request))
            {
                _group.Add(request);
                for (var i = 0; i < request.Writes.Count; i++) bytes += request.Writes[i].Row.Length + 64;
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
        catch (Exception e) when (e is StorageException or UnavailableException or IOException)
        {
            // The disk refused in the middle of it: what it holds now is known only after a reopen.
            Poison(e);
            return new UnknownOutcomeException("The log could not be written; whether this write survives is known after the engine was reopened. " + e.Message, e);
        }
        catch (Exception e) when (e is not IngoDBException)
        {
            // A bug of ours between append and publish: go down rather than serve a state that differs from the log.
            Poison(e);
            return new UnknownOutcomeException("The engine failed while committing: " + e.Message, e);
        }
    }

    private void AppendAndPublishLocked()
    {
        var (versionsMax, durable, minimumCeiling) = Measure();
        var baseVersion = versionsMax > 0 ? _clock.Take(versionsMax) : _clock.Latest;
        var expires = _resolver.Resolve(baseVersion, _group, _batch);
        RaiseCeiling(baseVersion, (uint)versionsMax, minimumCeiling);
        var payload = _batch.Count > 0 ? _batch.Encode() : default;
        if (_batch.Count > 0) Append(LogRecordKind.Batch, baseVersion, payload);
        else if (minimumCeiling.Raw > _durableCeiling) Append(LogRecordKind.ClockCeiling, baseVersion, default);

        if (durable && _unsynced) SyncLocked();
        else if (_unsynced) ScheduleSync();

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

    private void RaiseCeiling(DocumentVersion baseVersion, uint versions, DocumentVersion minimum)
    {
        var needed = Math.Max(baseVersion.Raw + versions, minimum.Raw);
        if (needed <= _ceiling.Raw) return;
        _ceiling = new(needed + DocumentVersion.AtMilliseconds((long)CeilingStep.TotalMilliseconds).Raw);
    }

    private void Append(LogRecordKind kind, DocumentVersion baseVersion, ReadOnlySpan<byte> payload)
    {
        _log.Append(kind, baseVersion, _ceiling, payload);
        _unsynced = true;
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

        (_unsynced, _syncScheduled) = (false, false);
        Volatile.Write(ref _durableCeiling, _ceiling.Raw);
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

    private void FailQueued(Exception error)
    {
        lock (_queueLock)
            while (_queue.TryDequeue(out var request)) request.Fail(error);
    }

    private static UnavailableException Refused(Exception poison)
        => new("engine.poisoned", "The log failed and nothing more is acknowledged; reads go on. Mend the disk and reopen. First failure: " + poison.Message, poison);
}
