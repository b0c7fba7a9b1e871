// The half of the pipeline that waits for the disk: who syncs, and what becomes of those who waited.
//
// A group is whatever was staged when its sync begins. Those who were woken on other threads come back while the next sync has
// already begun without them, and groups would be small and large in turn. So the commit thread, before it begins, gives them
// a moment to come back, a fraction of what a sync takes; whom it woke itself (CommitThread.cs), it has met already.

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
    private readonly CommitThread? _thread;
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
            if (Volatile.Read(ref _publishedLsn) < lsn || _log.SyncedLsn < lsn) SyncGroup().Start();
        }

        if (_log.SyncedLsn < lsn || Volatile.Read(ref _publishedLsn) < lsn) throw Unknown(Volatile.Read(ref _poison)!);
    }

    /// <summary>The commit thread's work: waits until somebody waits, syncs, and tells whom it has to wake; null when closed.</summary>
    private CommitWakeUp? NextGroup(bool othersComeBack)
    {
        while (true)
        {
            lock (_commitLock)
            {
                if (_closed) return null;
                _threadIdle = _waiting.Count == 0 && !_syncDue;
            }

            if (_threadIdle)
            {
                _wake.WaitOne();
                continue;
            }

            if (othersComeBack) LetThemComeBack();
            lock (_syncing) return SyncGroup();
        }
    }

    private void LetThemComeBack()
    {
        var spin = default(SpinWait);
        while (spin.Count < SpinsMax && Volatile.Read(ref _waitingCount) < _latestGroup) spin.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Everything staged so far becomes durable and visible; returns who waited for it. Holds <see cref="_syncing"/>.</summary>
    private CommitWakeUp SyncGroup()
    {
        ulong lsn;
        DocumentVersion version, ceiling;
        lock (_commitLock)
        {
            _syncDue = _syncScheduled = false;
            if (_poison is not null) return CommitWakeUp.For(failure: null);
            try
            {
                _log.HandOver(syncFollows: true);
            }
            catch (Exception e)
            {
                PoisonLocked(e);
                return CommitWakeUp.For(failure: null);
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
            return CommitWakeUp.For(failure: null);
        }

        return Publish(lsn, version, ceiling);
    }

    private CommitWakeUp Publish(ulong lsn, DocumentVersion version, DocumentVersion ceiling)
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

        return group;
    }

    private void PublishLocked(DocumentVersion version, ulong lsn)
    {
        Volatile.Write(ref _publishedLsn, lsn);
        if (version == _published) return;
        _published = version;
        _target.Publish(version);
        if (_intents.IsAny) _intents.Published(version);
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
            if (_closed) return;
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
