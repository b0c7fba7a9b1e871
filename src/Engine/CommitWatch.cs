// One watch for all commit threads of the process. Each had one of its own, which woke every two milliseconds while its engine was written
// to; with the sixteen partitions of a silo these were eight thousand wake-ups a second, a quarter of the processor time of a
// silo whose grains wrote their states.
//
// It never holds its own lock while it looks at a thread, since a thread that is looked at may ask to be watched again.

using System.Runtime.CompilerServices;

namespace IngoDB.Engine;

/// <summary>Looks at commit threads every few milliseconds, as long as there are some to look at.</summary>
internal sealed class CommitWatch
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly List<CommitThread> _watched = [];
    private static readonly AutoResetEvent s_wake = new(false);
    private bool _hasThread;

    private CommitWatch()
    {
    }

    public static CommitWatch Shared { get; } = new();

    /// <summary>Until its <see cref="CommitThread.Look"/> says that there is nothing to see.</summary>
    public void Add(CommitThread thread)
    {
        lock (_gate)
        {
            _watched.Add(thread);
            if (!_hasThread) new Thread(Run) { IsBackground = true, Name = "ingodb commit watch" }.Start();
            else if (_watched.Count == 1) s_wake.Set();
            _hasThread = true;
        }
    }

    private void Run()
    {
        var looked = new List<CommitThread>();
        while (true)
        {
            if (LookAtAll(looked)) s_wake.WaitOne(LooksEvery);
            else s_wake.WaitOne();
        }
    }

    /// <summary>False when there was nothing to look at.</summary>
    // A method of its own, and the list is emptied: what stands on the stack of a thread that waits keeps a closed engine in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool LookAtAll(List<CommitThread> looked)
    {
        lock (_gate) looked.AddRange(_watched);
        foreach (var thread in looked)
        {
            if (thread.Look()) continue;
            lock (_gate) _watched.Remove(thread); // one entry: it may have been added again meanwhile
        }

        var found = looked.Count > 0;
        looked.Clear();
        return found;
    }
}
