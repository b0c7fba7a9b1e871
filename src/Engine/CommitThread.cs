// The thread that syncs, and runs what waited for the sync. To hand a woken caller to the pool costs a dispatch, two switches of
// threads that every group would wait for: with one caller, a fifth of its time. So the thread that comes back from the disk
// runs the continuations itself; when the last has run, those that came back with their next write are staged, and the next
// sync begins at once.
//
//   fdatasync ──► continuation, continuation, ... ──► fdatasync ──► ...        one thread
//                       └ blocks ─► the watch notices: the rest to the pool, the next sync by a new thread
//
// Continuations are the callers' code, and may do anything: compute for long, wait for each other, close the engine. The watch
// (CommitWatch.cs) looks every few milliseconds, while there is something to look at, whether the same continuation still
// runs. After it had to step in, groups go to the pool for a while, where a blocked one is in nobody's way.

namespace IngoDB.Engine;

/// <summary>Runs syncs one after the other, and after each the continuations of its group.</summary>
/// <param name="next">Waits for something to do, syncs, and returns who waited for it; null: there will be nothing more. It is told whether
/// others still run continuations of the group before.</param>
internal sealed class CommitThread(Func<bool, CommitWakeUp?> next, TimeProvider time) : IDisposable
{
    private const int LooksUntilAsleep = 100;
    private const int GroupsOnThePool = 1000;
    private static readonly TimeSpan HelpAfter = TimeSpan.FromMicroseconds(100);

    private readonly Lock _gate = new();
    private CommitWakeUp? _running;
    private long _runs;
    private int _life;
    private int _poolGroups;
    private (long Runs, int Taken, int Quiet) _seen;
    private bool _isWatched;
    private bool _closed;
    private Thread? _thread;

    public void Start()
    {
        lock (_gate) StartLocked();
    }

    /// <summary>Returns when no sync of this thread runs any more; a continuation may.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _closed = true;
            thread = _running is null && _thread != Thread.CurrentThread ? _thread : null;
        }

        thread?.Join();
    }

    private void StartLocked()
    {
        var life = ++_life;
        _thread = new Thread(() => Run(life)) { IsBackground = true, Name = "ingodb commit" };
        _thread.Start();
    }

    private void Run(int life)
    {
        var othersRun = false;
        while (next(othersRun) is { } group)
        {
            if (!BeginsHere(group))
            {
                othersRun = group.Count > 0;
                group.Start();
                continue;
            }

            othersRun = group.RunHere(time, HelpAfter);
            var isReplaced = !EndsHere(life);
            group.Leave();
            if (isReplaced) return;
        }
    }

    private bool BeginsHere(CommitWakeUp group)
    {
        lock (_gate)
        {
            if (group.Count == 0 || _closed || _poolGroups-- > 0) return false;
            (_running, _poolGroups) = (group, 0);
            _runs++;
            if (!_isWatched) WatchLocked();
            return true;
        }
    }

    /// <summary>False: a new thread syncs now.</summary>
    private bool EndsHere(int life)
    {
        lock (_gate)
        {
            if (life != _life) return false;
            _running = null;
            return true;
        }
    }

    private void WatchLocked()
    {
        _isWatched = true;
        _seen = (-1, -1, 0);
        CommitWatch.Shared.Add(this);
    }

    /// <summary>Called by the watch every few milliseconds; false when there is nothing to look at any more.</summary>
    internal bool Look()
    {
        lock (_gate)
        {
            var (runs, taken, quiet) = _seen;
            if (runs != _runs) quiet = 0;
            if (_running is { } group)
            {
                if (runs == _runs && taken == group.Taken) TakeOverLocked(group);
                else taken = group.Taken;
            }
            else if (_closed || ++quiet > LooksUntilAsleep) _isWatched = false;

            _seen = (_runs, taken, quiet);
            return _isWatched;
        }
    }

    // The group is not used again before its thread has left it, and that thread takes the lock before it leaves.
    private void TakeOverLocked(CommitWakeUp group)
    {
        _running = null;
        _poolGroups = GroupsOnThePool;
        group.Queue();
        StartLocked();
    }
}
