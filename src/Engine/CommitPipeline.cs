// Group commit: one fdatasync pays for every write that came while the previous one ran.
//
//   caller ─┐  under the commit lock: decide, stage for the log, apply to the memtable
//   caller ─┼──► staged ──hand over──► with the system ──fdatasync──► durable, visible, callers go on
//   caller ─┘           (group k+1 is staged while group k is being synced)
//
// Every write is staged and applied by its own caller; applied is not yet visible, so no reader can see what a crash takes
// back. A buffered write is handed over and published at once, unless something before it still waits: versions become
// visible in their order. A durable one waits for a sync: a caller that may block syncs itself, or finds that another has
// synced for it meanwhile; for the others the commit thread does it, because fdatasync blocks for a long time and the pool
// belongs to the host, and lets them go on (CommitThread.cs). What buffered writes have left unsynced, the commit thread syncs within SyncDelay.
//
//   _syncing      one sync at a time, outermost; never held by a writer that only stages
//   _commitLock   order of the log; held for the length of one write, never during fdatasync
//
// Once a hand-over or a sync has failed nobody knows what the disk holds: who waits gets UnknownOutcome, every
// later write Unavailable, reads go on. Only a reopen, which reads back what is really there, ends that state.

using System.Buffers;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Transactions;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>What the pipeline does to the engine, under its lock.</summary>
internal interface ICommitTarget
{
    /// <summary>The key will be applied as soon as it is in the log: what has to come from memory for that may come meanwhile.</summary>
    void Expect(ReadOnlySpan<byte> key);

    /// <summary>Fills the memtable; nothing is visible yet.</summary>
    void Apply(ref BatchOperations operations, DocumentVersion baseVersion, bool expires);

    /// <summary>The same for one operation.</summary>
    void Apply(in BatchOperation operation, DocumentVersion version);

    /// <summary>The last operation applied tells of a request and is no document.</summary>
    void Remembered();

    /// <summary>Everything up to this version is visible from here on. The place to seal a full memtable.</summary>
    void Publish(DocumentVersion newest);

    void Poisoned(Exception cause);
}

/// <summary>The single writer of an engine. Thread-safe.</summary>
internal sealed partial class CommitPipeline : IDisposable
{
    private const int StagedBytesMax = 1 << 20;

    private readonly Lock _syncing = new();
    private readonly Lock _commitLock = new();
    private readonly ArrayBufferWriter<byte> _head = new(4096);
    private readonly WriteBatchBuilder _batch = new();
    private readonly BatchShapes _numbers = new();
    private readonly ClockCeiling _ceiling;
    private readonly WriteAheadLog _log;
    private readonly WriteResolver _resolver;
    private readonly HybridClock _clock;
    private readonly RequestLedger _requests;
    private readonly TransactionResolver _transactions;
    private readonly IntentTable _intents;
    private readonly TimeProvider _time;
    private readonly ICommitTarget _target;
    private ulong _publishedLsn;
    private bool _someWait;
    private DocumentVersion _published;
    private DocumentVersion _applied;
    private Exception? _poison;
    private volatile bool _closed;

    /// <param name="log">Started.</param>
    /// <param name="resolver">Reads at <see cref="Applied"/>.</param>
    /// <param name="requests">Reads at <see cref="Applied"/>, too.</param>
    /// <param name="transactions">Like the resolver.</param>
    /// <param name="intents">What is prepared.</param>
    /// <param name="clock">Gives the versions.</param>
    /// <param name="target">The engine.</param>
    /// <param name="visible">What readers see now.</param>
    /// <param name="durableCeiling">What the log and the manifest promise.</param>
    /// <param name="options">Time and delays.</param>
    /// <param name="ownThread">False: every sync runs on its caller's thread; for tests that replay.</param>
    public CommitPipeline(WriteAheadLog log, WriteResolver resolver, RequestLedger requests, TransactionResolver transactions, IntentTable intents, HybridClock clock, ICommitTarget target, DocumentVersion visible, DocumentVersion durableCeiling, EngineOptions options, bool ownThread)
    {
        (_log, _resolver, _requests, _clock, _target, _syncDelay) = (log, resolver, requests, clock, target, options.SyncDelay);
        (_transactions, _intents, _time) = (transactions, intents, options.Time);
        _ceiling = new(durableCeiling);
        _published = _applied = visible;
        _publishedLsn = log.LastLsn;
        if (!ownThread) return;
        _syncTimer = options.Time.CreateTimer(_ => RequestSync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new CommitThread(NextGroup, options.Time);
        _thread.Start();
    }

    /// <summary>Nothing is acknowledged any more.</summary>
    public bool IsPoisoned => Volatile.Read(ref _poison) is not null;

    /// <summary>No version above it was ever served or written durably.</summary>
    public DocumentVersion DurableCeiling => _ceiling.Durable;

    /// <summary>What the next write follows. Under the commit lock.</summary>
    public DocumentVersion Applied => _applied;

    /// <summary>One document, put whatever is there; blocks until it is as durable as asked, and visible. None: something is prepared, and whether its key is held is for <see cref="CommitAsync"/>.</summary>
    public DocumentVersion Put(in BatchOperation operation, bool durable)
    {
        DocumentVersion version;
        ulong lsn;
        lock (_commitLock)
        {
            if (_intents.IsAny) return DocumentVersion.None;
            version = StageLocked(operation);
            if (!MustWaitLocked(durable)) return PublishBufferedLocked(version);
            lsn = _log.LastLsn;
        }

        WaitForSync(lsn);
        return version;
    }

    /// <summary>The same for a batch; operation i has version first + i.</summary>
    public DocumentVersion Put(WriteBatchBuilder batch, ReadOnlySpan<Shape> shapes, bool expires, bool durable)
    {
        DocumentVersion first;
        ulong lsn;
        lock (_commitLock)
        {
            if (_intents.IsAny) return DocumentVersion.None;
            first = StageLocked(batch, shapes, (uint)batch.Count, expires);
            if (!MustWaitLocked(durable))
            {
                PublishBufferedLocked(_applied);
                return first;
            }

            lsn = _log.LastLsn;
        }

        WaitForSync(lsn);
        return first;
    }

    /// <summary>One document, put whatever is there, without blocking. False as above, and nothing was done.</summary>
    public bool TryPut(in BatchOperation operation, bool durable, out ValueTask<DocumentVersion> put)
    {
        DocumentVersion version;
        ulong lsn;
        ValueTask<DocumentVersion> waiting = default;
        put = default;
        lock (_commitLock)
        {
            if (_intents.IsAny) return false;
            version = StageLocked(operation);
            if (!MustWaitLocked(durable))
            {
                put = new(PublishBufferedLocked(version));
                return true;
            }

            lsn = _log.LastLsn;
            if (_thread is not null) waiting = WaitLocked(lsn, version);
        }

        put = AfterSync(waiting, lsn, version);
        return true;
    }

    /// <summary>The same for a batch.</summary>
    public bool TryPut(WriteBatchBuilder batch, ReadOnlySpan<Shape> shapes, bool expires, bool durable, out ValueTask<DocumentVersion> put)
    {
        DocumentVersion first;
        ulong lsn;
        ValueTask<DocumentVersion> waiting = default;
        put = default;
        lock (_commitLock)
        {
            if (_intents.IsAny) return false;
            first = StageLocked(batch, shapes, (uint)batch.Count, expires);
            if (!MustWaitLocked(durable))
            {
                PublishBufferedLocked(_applied);
                put = new(first);
                return true;
            }

            lsn = _log.LastLsn;
            if (_thread is not null) waiting = WaitLocked(lsn, first);
        }

        put = AfterSync(waiting, lsn, first);
        return true;
    }

    /// <summary>The same for a batch whose last operation remembers the request: done once, however often it comes.</summary>
    public bool TryPutOnce(WriteBatchBuilder batch, ReadOnlySpan<Shape> shapes, bool expires, bool durable, in RequestKey request, out ValueTask<DocumentVersion> put)
    {
        DocumentVersion first;
        ulong lsn;
        ValueTask<DocumentVersion> waiting = default;
        put = default;
        lock (_commitLock)
        {
            if (_intents.IsAny) return false;
            ThrowIfStopped();
            first = _requests.FindPuts(request, batch.Count - 1) ?? StageOnceLocked(batch, shapes, expires);
            if (!MustWaitLocked(durable))
            {
                PublishBufferedLocked(_applied);
                put = new(first);
                return true;
            }

            lsn = _log.LastLsn;
            if (_thread is not null) waiting = WaitLocked(lsn, first);
        }

        put = AfterSync(waiting, lsn, first);
        return true;
    }

    /// <summary>Writes with conditions, decided in the order of the log.</summary>
    /// <exception cref="UnavailableException"><c>write.held</c>: a batch over several partitions has one of the keys, and is not decided; nothing was written.</exception>
    public ValueTask<WriteResult[]> CommitAsync(CommitRequest request) => TryCommit(request, out var holder, out var committing) ? committing : CommitWhenFreeAsync(request, holder!);

    /// <summary>False: somebody holds a key, and nothing was done.</summary>
    private bool TryCommit(CommitRequest request, out Intent? holder, out ValueTask<WriteResult[]> committing)
    {
        ulong lsn;
        ValueTask<DocumentVersion> waiting = default;
        (holder, committing) = (null, default);
        lock (_commitLock)
        {
            if (_intents.IsAny && (holder = _intents.HolderOf(request)) is not null) return false;
            StageLocked(request);
            if (!MustWaitLocked(request.Durable))
            {
                PublishBufferedLocked(_applied);
                committing = new(request.Results);
                return true;
            }

            lsn = _log.LastLsn;
            if (_thread is not null) waiting = WaitLocked(lsn, _applied);
        }

        var synced = AfterSync(waiting, lsn, default);
        committing = synced.IsCompletedSuccessfully ? new(request.Results) : ResultsAsync(synced, request);
        return true;
    }

    private async ValueTask<WriteResult[]> CommitWhenFreeAsync(CommitRequest request, Intent holder)
    {
        var wait = new HeldWait(_time);
        while (true)
        {
            await wait.ForAsync(holder).ConfigureAwait(false);
            if (TryCommit(request, out var next, out var committing)) return await committing.ConfigureAwait(false);
            holder = next!;
        }
    }

    /// <summary>How far a long request came before, as far as it is known; null: it is new.</summary>
    public WriteProgress? FindProgress(in RequestKey request)
    {
        lock (_commitLock)
        {
            ThrowIfStopped();
            return _requests.FindProgress(request);
        }
    }

    /// <summary>Completes when everything that had taken versions before the call is visible, and the durable clock ceiling is at least <paramref name="ceiling"/>.</summary>
    public async ValueTask BarrierAsync(DocumentVersion ceiling)
    {
        ulong lsn;
        ValueTask<DocumentVersion> waiting = default;
        lock (_commitLock)
        {
            if (_ceiling.Durable >= ceiling && !_someWait) return;
            StageCeilingLocked(ceiling);
            MustWaitLocked(durable: _ceiling.Durable < ceiling);
            lsn = _log.LastLsn;
            if (_thread is not null) waiting = WaitLocked(lsn, _applied);
        }

        await AfterSync(waiting, lsn, default).ConfigureAwait(false);
    }

    /// <summary>Runs between two writes: seals, rotations.</summary>
    public void BetweenGroups(Action act)
    {
        lock (_commitLock) act();
    }

    /// <summary>Everything acknowledged so far is durable.</summary>
    public void Sync()
    {
        ulong lsn;
        lock (_commitLock)
        {
            ThrowIfStopped();
            lsn = _log.LastLsn;
        }

        WaitForSync(lsn);
    }

    public void Dispose()
    {
        lock (_commitLock) _closed = true;
        _syncTimer?.Dispose();
        _wake.Set();
        _thread?.Dispose();
        lock (_syncing)
            if (_poison is null) SyncGroup().Start();
        _wake.Dispose();
    }

    private static async ValueTask<WriteResult[]> ResultsAsync(ValueTask<DocumentVersion> synced, CommitRequest request)
    {
        await synced.ConfigureAwait(false);
        return request.Results;
    }
}
