// Those whom one sync has made durable, and how they go on. Waking a thousand callers one by one costs a thousand dispatches.
// Instead one thread runs their continuations, one after the other, and each mostly comes back with its next write at once.
// Any number of threads may do so together: whoever comes takes the next that nobody has taken yet.
//
// A continuation may block, though, perhaps until another of the same group has run. On the pool, therefore, a work item
// queues a further one before it runs the first; as long as nobody blocks, that one finds little left. On the commit
// thread CommitThread.cs watches instead, because a dispatch is what a small group would mostly wait for.

using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Completes a group. Filled by one thread, then run by any number; used again when the last has left.</summary>
internal sealed class CommitWakeUp : IThreadPoolWorkItem
{
    private const int LooksAfter = 16;

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

    /// <summary>How many have been taken; grows as long as nobody is held up.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public void Add(CommitWaiter waiter) => _waiters.Add(waiter);

    /// <summary>On the pool.</summary>
    public void Start()
    {
        if (_waiters.Count > 0) Queue();
        else _idle = this;
    }

    /// <summary>On this thread, which <see cref="Leave">leaves</see> it afterwards; when it takes long, with the pool's help.</summary>
    /// <returns>Whether the pool helped.</returns>
    public bool RunHere(TimeProvider time, TimeSpan helpAfter)
    {
        Interlocked.Increment(ref _threads);
        var (began, helped) = (time.GetTimestamp(), false);
        for (int at; (at = Interlocked.Increment(ref _taken) - 1) < _waiters.Count;)
        {
            if (!helped && at % LooksAfter == LooksAfter - 1 && time.GetElapsedTime(began) > helpAfter)
            {
                Queue();
                helped = true;
            }

            _waiters[at].Complete(_failure);
        }

        return helped;
    }

    /// <summary>The rest to the pool. Only while a thread runs it.</summary>
    public void Queue()
    {
        Interlocked.Increment(ref _threads);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        // Whoever comes sees to it that another would come, if this one were to be held up.
        if (Taken + 1 < _waiters.Count) Queue();
        for (int at; (at = Interlocked.Increment(ref _taken) - 1) < _waiters.Count;) _waiters[at].Complete(_failure);
        Leave();
    }

    /// <summary>The last one gives it back.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _threads) > 0) return;
        _waiters.Clear();
        (_taken, _failure) = (0, null);
        Volatile.Write(ref _idle, this);
    }
}
