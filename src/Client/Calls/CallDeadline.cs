// A grain call to a silo that has just died does not fail; it hangs until the runtime's own timeout. So every call
// has a deadline here, on the caller's side, that does not depend on the callee noticing.

using IngoDB.Abstractions;

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

    /// <param name="send">Sends it to the coordinator.</param>
    /// <param name="coordinator">Of the way that is taken.</param>
    /// <param name="lost">No answer will come on that way any more.</param>
    /// <exception cref="TimeoutException">The time is over, or the call is lost.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; a write may still happen.</exception>
    public async Task<T> RunAsync<T>(Func<ICoordinatorGrain, CancellationToken, ValueTask<T>> send, ICoordinatorGrain coordinator, CancellationToken lost)
    {
        var call = send(coordinator, Token).AsTask();
        if (call.IsCompleted) return await call.ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token, lost);
        try
        {
            return await call.WaitAsync(over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            Forget(call);
            _caller.ThrowIfCancellationRequested();
            throw new TimeoutException(FormattableString.Invariant($"no reply within {_timeout.TotalSeconds:0.###} s"));
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !call.IsCompleted)
        {
            Forget(call);
            throw new TimeoutException("the silo that took the call does not answer any more");
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
