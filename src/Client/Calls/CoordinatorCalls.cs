// Every call of the client goes through here, and gets three things on the way: a deadline of its own, faults
// turned back into typed exceptions, and (reads only) another try.
//
//   read    Unavailable or Busy → wait → again, until ReadTimeout; then UnavailableException
//   write   never repeated, since nobody knows whether it happened: UnknownOutcomeException.
//           One exception proves the rule: a Busy fault says that nothing was written, so it is repeated.
//
// The deadline is ours and not the transport's, because a call that a gateway forwarded to a silo which then dies
// is only given up by Orleans after the whole response timeout. What this does not do: number writes so that
// a repeated one is recognised (WriteRequest.Session and Sequence are reserved for that).

using System.Collections.Concurrent;
using IngoDB.Abstractions;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.Client.Calls;

internal sealed class CoordinatorCalls(ICoordinatorGrain coordinator, IngoDBClientOptions options)
{
    public IngoDBClientOptions Options { get; } = options;

    private readonly ConcurrentDictionary<(string? Database, string Collection), GatheredGets> _gets = new();

    public IdSource Ids { get; } = new(options.Time, options.Random);

    /// <summary>The gets of a collection, gathered over everybody in this process who asks for one.</summary>
    public GatheredGets GetsOf(string? database, string collection) => _gets.GetOrAdd((database, collection), static (key, calls) => new(calls, key.Database, key.Collection), this);

    public Task<PageReply> QueryAsync(QueryRequest request, CancellationToken cancellationToken)
        => RepeatAsync(token => coordinator.QueryAsync(request, token), static reply => reply.Fault, Options.ReadTimeout, isRead: true, cancellationToken);

    /// <summary>Not cancelled over there: it is over before that could arrive.</summary>
    public Task<PageReply> GetAsync(GetRequest request, CancellationToken cancellationToken)
        => RepeatAsync(_ => coordinator.GetAsync(request, CancellationToken.None), static reply => reply.Fault, Options.ReadTimeout, isRead: true, cancellationToken);

    public Task<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
        => RepeatAsync(token => coordinator.WriteAsync(request, token), static reply => reply.Fault, Options.WriteTimeout, isRead: false, cancellationToken);

    public Task<ValueReply> AdminAsync(AdminRequest request, bool isRead, CancellationToken cancellationToken)
        => RepeatAsync(token => coordinator.AdminAsync(request, token), static reply => reply.Fault, isRead ? Options.ReadTimeout : Options.WriteTimeout, isRead, cancellationToken);

    private async Task<TReply> RepeatAsync<TReply>(
        Func<CancellationToken, ValueTask<TReply>> send, Func<TReply, Fault?> faultOf, TimeSpan timeout, bool isRead, CancellationToken cancellationToken)
    {
        using var deadline = new CallDeadline(Options.Time, timeout, cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var reply = await SendAsync(send, isRead, deadline).ConfigureAwait(false);
                if (faultOf(reply) is not { } fault) return reply;
                throw FaultCodec.ToException(fault);
            }
            catch (BusyException busy) when (attempt < Options.ReadRetries && !deadline.HasPassed)
            {
                await WaitAsync(attempt, busy.RetryAfter, deadline, busy).ConfigureAwait(false);
            }
            catch (UnavailableException unavailable) when (isRead && attempt < Options.ReadRetries && !deadline.HasPassed)
            {
                await WaitAsync(attempt, TimeSpan.Zero, deadline, unavailable).ConfigureAwait(false);
            }
        }
    }

    private static async Task<TReply> SendAsync<TReply>(Func<CancellationToken, ValueTask<TReply>> send, bool isRead, CallDeadline deadline)
    {
        try
        {
            return await deadline.RunAsync(send).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is TimeoutException or OrleansException or System.Net.Sockets.SocketException)
        {
            throw isRead
                ? new UnavailableException("cluster.unavailable", $"The cluster did not answer: {lost.Message}", lost)
                : new UnknownOutcomeException($"The cluster did not answer a write, which may have happened: {lost.Message}", lost);
        }
    }

    private async Task WaitAsync(int attempt, TimeSpan atLeast, CallDeadline deadline, IngoDBException reason)
    {
        var delay = Options.RetryDelay * (1 << Math.Min(attempt, 10));
        if (delay < atLeast) delay = atLeast;
        try
        {
            await Task.Delay(delay, Options.Time, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw reason;
        }
    }
}
