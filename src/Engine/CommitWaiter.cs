// A caller that waits for a sync, and how many of them are woken. A waiter is a value task's source that is used again and
// again, so that waiting allocates nothing.
//
// Waking a thousand callers one by one costs a thousand dispatches. Instead one work item runs their continuations, one after
// the other, and each mostly comes back with its next write at once. A continuation may block, though, perhaps until another
// of the same group has run; therefore a work item, before it runs the first, queues a further one that takes over the
// rest. As long as nobody blocks, that one finds little left.

using System.Threading.Tasks.Sources;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>One write on its way to the disk. Used again once its result was taken.</summary>
internal sealed class CommitWaiter : IValueTaskSource<DocumentVersion>
{
    private readonly CommitWaiters _home;
    private ManualResetValueTaskSourceCore<DocumentVersion> _core;
    private DocumentVersion _version;

    public CommitWaiter(CommitWaiters home) => _home = home;

    /// <summary>Complete once this lsn is durable.</summary>
    public ulong Lsn { get; private set; }

    public ValueTask<DocumentVersion> Begin(ulong lsn, DocumentVersion version)
    {
        (Lsn, _version) = (lsn, version);
        return new(this, _core.Version);
    }

    public void Complete(Exception? failure)
    {
        if (failure is null) _core.SetResult(_version);
        else _core.SetException(failure);
    }

    public DocumentVersion GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            _home.GiveBack(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}

/// <summary>The idle waiters of one engine. Thread-safe.</summary>
internal sealed class CommitWaiters
{
    private const int KeptMax = 4096;

    private readonly Lock _gate = new();
    private readonly Stack<CommitWaiter> _idle = new();

    public CommitWaiter Borrow()
    {
        lock (_gate)
            if (_idle.TryPop(out var waiter)) return waiter;
        return new(this);
    }

    public void GiveBack(CommitWaiter waiter)
    {
        lock (_gate)
            if (_idle.Count < KeptMax) _idle.Push(waiter);
    }
}

/// <summary>Completes a group on the pool. Filled by one thread, then run by any number; used again when the last has left.</summary>
internal sealed class CommitWakeUp : IThreadPoolWorkItem
{
    private static CommitWakeUp? _idle;

    private readonly List<CommitWaiter> _waiters = [];
    private Exception? _failure;
    private int _taken;
    private int _threads;

    /// <param name="failure">What they are told; null when all went well.</param>
    public static CommitWakeUp For(Exception? failure)
    {
        var wakeUp = Interlocked.Exchange(ref _idle, null) ?? new();
        wakeUp._failure = failure;
        return wakeUp;
    }

    public int Count => _waiters.Count;

    public void Add(CommitWaiter waiter) => _waiters.Add(waiter);

    public void Start()
    {
        if (_waiters.Count > 0) Queue();
        else _idle = this;
    }

    public void Execute()
    {
        // Whoever comes sees to it that another would come, if this one were to be held up.
        if (Volatile.Read(ref _taken) + 1 < _waiters.Count) Queue();
        for (int at; (at = Interlocked.Increment(ref _taken) - 1) < _waiters.Count;) _waiters[at].Complete(_failure);
        if (Interlocked.Decrement(ref _threads) > 0) return;
        _waiters.Clear();
        (_taken, _failure) = (0, null);
        Volatile.Write(ref _idle, this);
    }

    private void Queue()
    {
        Interlocked.Increment(ref _threads);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
