// When has nobody written for a while? No write tells: that would cost each of them something. The newest version is
// looked at now and then, from a flush on until it has stayed the same; whoever asks afterwards compares it again, so
// that a single write is enough to end the quiet.

using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Notices that writing has stopped. Thread-safe.</summary>
internal sealed class QuietWatch : IDisposable
{
    public static readonly TimeSpan After = TimeSpan.FromSeconds(2);

    private readonly Func<DocumentVersion> _newest;
    private readonly Action _quiet;
    private readonly ITimer _timer;
    private ulong _seen;
    private ulong _quietAt;

    /// <param name="newest">The newest version there is.</param>
    /// <param name="quiet">Told each time it has become quiet.</param>
    public QuietWatch(TimeProvider time, Func<DocumentVersion> newest, Action quiet)
    {
        (_newest, _quiet) = (newest, quiet);
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsQuiet => Volatile.Read(ref _quietAt) is not 0 and var version && version == _newest().Raw;

    /// <summary>Somebody has seen to it that there is nothing left to do: until the next write, that is quiet.</summary>
    public void BeginNow() => Volatile.Write(ref _quietAt, _newest().Raw);

    /// <summary>Something has changed that quiet would be good for.</summary>
    public void Watch()
    {
        Volatile.Write(ref _seen, _newest().Raw);
        _timer.Change(After, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var newest = _newest().Raw;
        if (newest != Volatile.Read(ref _seen))
        {
            Watch();
            return;
        }

        Volatile.Write(ref _quietAt, newest);
        _quiet();
    }
}
