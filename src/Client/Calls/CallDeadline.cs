// A grain call to a silo that has just died does not fail; it hangs until the runtime's own timeout. So every call
// has a deadline here, on the caller's side, that does not depend on the callee noticing.

namespace IngoDB.Client.Calls;

/// <summary>
/// The caller's token and a timer in one. Its token is cancelled by either; <see cref="RunAsync"/> returns at once
/// when that happens, whether or not the callee listens, and says which of the two it was.
/// </summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource? _either;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _timeout;

    public CallDeadline(TimeProvider time, TimeSpan timeout, CancellationToken caller)
    {
        caller.ThrowIfCancellationRequested();
        _timeout = timeout;
        _caller = caller;
        _timer = new CancellationTokenSource(timeout, time);
        _either = caller.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller) : null;
    }

    public CancellationToken Token => (_either ?? _timer).Token;

    public bool HasPassed => _timer.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <exception cref="TimeoutException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; a write may still happen.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> send)
    {
        var call = send(Token).AsTask();
        try
        {
            return await call.WaitAsync(Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            Forget(call);
            _caller.ThrowIfCancellationRequested();
            throw new TimeoutException(FormattableString.Invariant($"no reply within {_timeout.TotalSeconds:0.###} s"));
        }
    }

    public void Dispose()
    {
        _either?.Dispose();
        _timer.Dispose();
    }

    /// <summary>Nobody waits for this call any more; its failure was reported as the deadline's.</summary>
    private static void Forget(Task call)
        => call.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
