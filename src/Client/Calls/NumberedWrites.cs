// A write has a number, so it may be sent again: the partitions that have done their part answer what they answered, the others
// do it now. What is sent again, and for how long, depends on what is known:
//
//   unknown outcome    until the deadline: nobody else can find out whether it happened
//   unavailable        nothing was sent; a few times, then that is the answer (after an unknown outcome: until the deadline)
//   busy               nothing was written; until the deadline
//   anything else      the answer
//
// A page of writes may fail in parts; its outcomes are merged over the attempts, and what was unknown stays so until somebody says otherwise.
// Each attempt ends after a third of the whole, so that a silo that hangs does not use up the time in which another would answer.

using IngoDB.Abstractions;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace IngoDB.Client.Calls;

/// <summary>Sends a numbered write until its outcome is known, or the time is over.</summary>
/// <param name="merge">The reply so far and the latest one → the reply, and why it is not final; null when it is.</param>
internal sealed class NumberedWrites<TReply>(CoordinatorCalls calls, Func<TReply, Fault?> faultOf, Func<TReply?, TReply, (TReply Reply, IngoDBException? Open)> merge, TimeSpan timeout)
    where TReply : class
{
    private const int Attempts = 3;

    private TReply? _reply;
    private bool _mayHaveHappened;

    public async Task<TReply> RunAsync(Func<ICoordinatorGrain, CancellationToken, ValueTask<TReply>> send, CancellationToken cancellationToken)
    {
        using var deadline = new CallDeadline(calls.Options.Time, timeout, cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            var failure = await TryAsync(send, deadline).ConfigureAwait(false);
            if (failure is null) return _reply!;
            _mayHaveHappened |= failure is UnknownOutcomeException;
            if (deadline.HasPassed || !IsWorthRepeating(failure, attempt)) return Last(failure);
            try
            {
                await calls.WaitAsync(attempt, failure is BusyException busy ? busy.RetryAfter : TimeSpan.Zero, deadline, failure).ConfigureAwait(false);
            }
            catch (IngoDBException over)
            {
                return Last(over);
            }
        }
    }

    /// <returns>Why the outcome is not known yet; null when it is.</returns>
    private async Task<IngoDBException?> TryAsync(Func<ICoordinatorGrain, CancellationToken, ValueTask<TReply>> send, CallDeadline deadline)
    {
        try
        {
            using var attempt = new CallDeadline(calls.Options.Time, timeout / Attempts, deadline.Token);
            var latest = await calls.SendAsync(send, isRead: false, attempt).ConfigureAwait(false);
            if (faultOf(latest) is { } fault)
            {
                var error = FaultCodec.ToException(fault);
                return error is UnknownOutcomeException or UnavailableException or BusyException ? (IngoDBException)error : throw error;
            }

            (_reply, var open) = merge(_reply, latest);
            return open;
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            return new UnknownOutcomeException("The cluster did not answer a write in time, which may have happened.");
        }
        catch (UnknownOutcomeException unknown)
        {
            return unknown;
        }
    }

    private bool IsWorthRepeating(IngoDBException failure, int attempt) => failure switch
    {
        UnknownOutcomeException or BusyException => true,
        _ => _mayHaveHappened || attempt < calls.Options.WriteRetries,
    };

    /// <summary>What is known when the time is over: a part, or that nothing is.</summary>
    private TReply Last(IngoDBException failure)
    {
        if (_reply is not null) return _reply;
        throw _mayHaveHappened && failure is not UnknownOutcomeException
            ? new UnknownOutcomeException($"A write may have happened, and then the cluster could not be asked any more: {failure.Message}", failure)
            : failure;
    }
}

/// <summary>How the outcomes of a page are put together over several attempts.</summary>
internal static class NumberedWrites
{
    public static (WriteReply Reply, IngoDBException? Open) Merge(WriteReply? before, WriteReply latest)
    {
        var outcomes = latest.Outcomes;
        for (var i = 0; before is not null && i < outcomes.Length && i < before.Outcomes.Length; i++)
            if (WriteFailures.IsUnavailable(outcomes[i].ErrorCode) && WriteFailures.IsUnknown(before.Outcomes[i].ErrorCode)) outcomes[i] = before.Outcomes[i];
        IngoDBException? open = null;
        foreach (var outcome in outcomes)
        {
            if (WriteFailures.IsUnknown(outcome.ErrorCode)) return (latest, new UnknownOutcomeException(outcome.ErrorMessage ?? ""));
            if (WriteFailures.IsUnavailable(outcome.ErrorCode)) open = new UnavailableException(outcome.ErrorCode!, outcome.ErrorMessage ?? "");
        }

        return (latest, open);
    }
}
