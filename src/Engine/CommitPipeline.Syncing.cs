// The half of the pipeline that waits for the disk: who syncs, and what becomes of those who waited.
//
// A group is whatever was staged when its sync begins. One thread alone would see small groups and large ones in turn: those
// who were woken come back while the next sync has already begun without them. So the commit thread, before it begins, gives
// those whom it has just woken a moment to come back, a fraction of what a sync takes.

using IngoDB.Model;

namespace IngoDB.Engine;

internal sealed partial class CommitPipeline
{
    private const int SpinsMax = 40;

    private readonly CommitWaiters _waiters = new();
    private readonly Queue<CommitWaiter> _waiting = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly ITimer? _syncTimer;
    private readonly TimeSpan _syncDelay;
    private readonly Thread? _thread;
    private int _waitingCount;
    private int _latestGroup;
    private bool _syncScheduled;
    private bool _syncDue;
    private bool _threadIdle;

    private ValueTask<DocumentVersion> WaitLocked(ulong lsn, DocumentVersion version)
    {
        var waiter = _waiters.Borrow();
        _waiting.Enqueue(waiter);
        _waitingCount = _waiting.Count;
        WakeLocked();
        return waiter.Begin(lsn, version);
    }

    private ValueTask<DocumentVersion> AfterSync(ValueTask<DocumentVersion> waiting, ulong lsn, DocumentVersion version)
    {
        if (_thread is not null) return waiting;
        WaitForSync(lsn);
        return new(version);
    }

    /// <summary>Syncs, unless somebody else has done so meanwhile.</summary>
    private void WaitForSync(ulong lsn)
    {
        lock (_syncing)
        {
            if (Volatile.Read(ref _publishedLsn) < lsn || _log.SyncedLsn < lsn) SyncGroup();
        }

        if (_log.SyncedLsn < lsn || Volatile.Read(ref _publishedLsn) < lsn) throw Unknown(Volatile.Read(ref _poison)!);
    }

    private void RunSyncs()
    {
        while (true)
        {
            lock (_commitLock)
            {
                if (_closed) return;
                _threadIdle = _waiting.Count == 0 && !_syncDue;
            }

            if (_threadIdle) _wake.WaitOne();
            else
            {
                LetThemComeBack();
                lock (_syncing) SyncGroup();
            }
        }
    }

    private void LetThemComeBack()
    {
        var spin = default(SpinWait);
        while (spin.Count < SpinsMax && Volatile.Read(ref _waitingCount) < _latestGroup) spin.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Everything staged so far becomes durable and visible, and who waited for it goes on. Holds <see cref="_syncing"/>.</summary>
    private void SyncGroup()
    {
        ulong lsn;
        DocumentVersion version, ceiling;
        lock (_commitLock)
        {
            _syncDue = _syncScheduled = false;
            if (_poison is not null) return;
            try
            {
                _log.HandOver(syncFollows: true);
            }
            catch (Exception e)
            {
                PoisonLocked(e);
                return;
            }

            (lsn, version, ceiling) = (_log.LastLsn, _applied, _ceiling.Appended);
        }

        try
        {
            _log.Sync();
        }
        catch (Exception e)
        {
            lock (_commitLock) PoisonLocked(e);
            return;
        }

        WakeUp(lsn, version, ceiling);
    }

    private void WakeUp(ulong lsn, DocumentVersion version, DocumentVersion ceiling)
    {
        var group = CommitWakeUp.For(failure: null);
        lock (_commitLock)
        {
            _ceiling.WasSynced(ceiling);
            while (_waiting.TryPeek(out var first) && first.Lsn <= lsn) group.Add(_waiting.Dequeue());
            (_latestGroup, _waitingCount) = (group.Count, _waiting.Count);
            try
            {
                if (lsn > _publishedLsn) PublishLocked(version, lsn);
                if (_log.LastLsn == lsn) _someWait = false;
            }
            catch (Exception e)
            {
                PoisonLocked(e);
            }
        }

        group.Start();
    }

    private void PublishLocked(DocumentVersion version, ulong lsn)
    {
        Volatile.Write(ref _publishedLsn, lsn);
        if (version == _published) return;
        _published = version;
        _target.Publish(version);
    }

    private void PoisonLocked(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _poison, cause, null) is not null) return;
        var group = CommitWakeUp.For(Unknown(cause));
        while (_waiting.TryDequeue(out var waiter)) group.Add(waiter);
        group.Start();
        _target.Poisoned(cause);
    }

    private void ScheduleSyncLocked()
    {
        if (_syncScheduled || _syncTimer is null) return;
        _syncScheduled = true;
        _syncTimer.Change(_syncDelay, Timeout.InfiniteTimeSpan);
    }

    private void RequestSync()
    {
        lock (_commitLock)
        {
            _syncDue = true;
            WakeLocked();
        }
    }

    private void WakeLocked()
    {
        if (!_threadIdle) return;
        _threadIdle = false;
        _wake.Set();
    }
}
