// A caller that waits for a sync. It is a value task's source that is used again and again, so that waiting allocates nothing;
// CommitWakeUp.cs tells how many of them are woken.

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
