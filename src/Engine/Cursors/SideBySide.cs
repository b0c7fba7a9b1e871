// Acts that are parts of one whole run at once and succeed or fail as one. Threads of their own, not the pool's: they work
// for long and block on the disk.

using System.Runtime.ExceptionServices;

namespace IngoDB.Engine.Cursors;

/// <summary>Runs acts that belong together, the first on the caller's thread and each other on one of its own.</summary>
internal static class SideBySide
{
    /// <summary>Returns, or throws what failed first, when all have ended; after a failure the others are told to stop.</summary>
    public static void Run(IReadOnlyList<Action<CancellationToken>> acts, CancellationToken cancellationToken)
    {
        if (acts.Count == 1)
        {
            acts[0](cancellationToken);
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? failure = null;
        var threads = new List<Thread>();
        foreach (var act in acts.Skip(1))
        {
            var thread = new Thread(() => Guarded(act)) { IsBackground = true, Name = "ingodb merge", Priority = ThreadPriority.BelowNormal };
            thread.Start();
            threads.Add(thread);
        }

        Guarded(acts[0]);
        foreach (var thread in threads) thread.Join();
        failure?.Throw();

        void Guarded(Action<CancellationToken> act)
        {
            try
            {
                act(stop.Token);
            }
            catch (Exception e)
            {
                // The others then end with their cancellation, which is not what went wrong.
                if (Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null) is null) stop.Cancel();
            }
        }
    }
}
