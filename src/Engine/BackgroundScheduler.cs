// Background work has a budget per process, not per engine: with sixteen partitions on two cores, sixteen
// compactions at once would starve everything else. Engines hand in small pieces (one flush, one compaction, one
// index of one table); each piece asks again when there is more, so that engines take turns. Flushes have threads
// of their own, since writers wait for them and must never stand behind a long compaction.
//
// The threads are not the pool's: they block on the disk, and the pool belongs to the host. They step back for those who
// read and write, or with two processors a put would wait for one of them, ten milliseconds and more at a time; flushes less
// than the rest, since writers wait for them in the end. Index builds do not step back with their first thread: queries have
// paid for the index already and go on paying until it is there, and a build is over in a fraction of a second.

using System.Collections.Concurrent;
using IngoDB.Engine.Files;

namespace IngoDB.Engine;

/// <summary>Threads for flushes and for everything else. Shared by the engines of a process; whoever makes it disposes it.</summary>
public sealed class BackgroundScheduler : IDisposable
{
    private const int FlushNiceness = 4, BuildNiceness = 0;

    /// <summary>Of whatever can wait.</summary>
    internal const int WorkNiceness = 10;

    private readonly BlockingCollection<Action> _flushes = [];
    private readonly BlockingCollection<Action> _work = [];
    private readonly BlockingCollection<Action> _builds = [];
    private readonly Thread[] _threads;

    public BackgroundScheduler(int flushThreads = 1, int workThreads = 1, int buildThreads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(flushThreads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(workThreads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(buildThreads, 1);
        _threads = [.. Enumerable.Range(0, flushThreads).Select(i => Start("flush", i, FlushNiceness, _flushes)), .. Enumerable.Range(0, workThreads).Select(i => Start("work", i, WorkNiceness, _work)),
            .. Enumerable.Range(0, buildThreads).Select(i => Start("build", i, BuildNiceness, _builds))];
    }

    internal void RunFlush(Action piece) => Add(_flushes, piece);

    internal void RunWork(Action piece) => Add(_work, piece);

    internal void RunBuild(Action piece) => Add(_builds, piece);

    public void Dispose()
    {
        if (_flushes.IsAddingCompleted) return;
        _flushes.CompleteAdding();
        _work.CompleteAdding();
        _builds.CompleteAdding();
        foreach (var thread in _threads)
            if (thread != Thread.CurrentThread) thread.Join();
    }

    private static void Add(BlockingCollection<Action> queue, Action piece)
    {
        try
        {
            queue.Add(piece);
        }
        catch (InvalidOperationException) when (queue.IsAddingCompleted)
        {
            // The scheduler was closed before its engines: what is not done now is done after the next open.
        }
    }

    private static Thread Start(string name, int number, int niceness, BlockingCollection<Action> queue)
    {
        var thread = new Thread(() =>
        {
            Posix.BeNice(niceness);
            foreach (var piece in queue.GetConsumingEnumerable()) piece();
        })
        { IsBackground = true, Name = $"ingodb {name} {number}", Priority = ThreadPriority.BelowNormal };
        thread.Start();
        return thread;
    }
}
