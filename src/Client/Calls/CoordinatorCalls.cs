// Every call of the client goes through here, and gets three things on the way: a deadline of its own, faults
// turned back into typed exceptions, and another try.
//
//   read    Unavailable or Busy → wait → again, until ReadTimeout; then UnavailableException
//   write   numbered (RequestNumbers), so the same request may be sent again and is done once (NumberedWrites)
//   admin   a change is never repeated: UnknownOutcomeException. A Busy fault says that nothing was done, so that is.
//
// The deadline is ours and not the transport's, because a call that a gateway forwarded to a silo which then dies
// is only given up by Orleans after the whole response timeout. Nor does it give up what a gateway took that then died:
// GatewayWatch finds that out.

using System.Collections.Concurrent;
using IngoDB.Abstractions;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.Client.Calls;

internal sealed class CoordinatorCalls(Func<int, ICoordinatorGrain> coordinatorOf, IngoDBClientOptions options)
{
    public IngoDBClientOptions Options { get; } = options;

    private readonly ConcurrentDictionary<(string? Database, string Collection), GatheredGets> _gets = new();

    private readonly RequestNumbers _numbers = new(options.Random);

    private readonly GatewayWatch _gateway = new(coordinatorOf, options.Time);

    public IdSource Ids { get; } = new(options.Time, options.Random);

    /// <summary>The gets of a collection, gathered over everybody in this process who asks for one.</summary>
    public GatheredGets GetsOf(string? database, string collection) => _gets.GetOrAdd((database, collection), static (key, calls) => new(calls, key.Database, key.Collection), this);

    public Task<PageReply> QueryAsync(QueryRequest request, CancellationToken cancellationToken)
        => RepeatAsync((coordinator, token) => coordinator.QueryAsync(request, token), static reply => reply.Fault, Options.ReadTimeout, isRead: true, cancellationToken);

    /// <summary>Not cancelled over there: it is over before that could arrive.</summary>
    public Task<PageReply> GetAsync(GetRequest request, CancellationToken cancellationToken)
        => RepeatAsync((coordinator, _) => coordinator.GetAsync(request, CancellationToken.None), static reply => reply.Fault, Options.ReadTimeout, isRead: true, cancellationToken);

    /// <summary>Done once, however often it has to be sent.</summary>
    public async Task<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        using var number = _numbers.Take();
        var numbered = request.Numbered(number.Session, number.Sequence);
        return await new NumberedWrites<WriteReply>(this, static reply => reply.Fault, NumberedWrites.Merge, Options.WriteTimeout)
            .RunAsync((coordinator, token) => coordinator.WriteAsync(numbered, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A write by filter; sent again it goes on where it was.</summary>
    public async Task<ValueReply> ChangeAsync(ChangeRequest request, CancellationToken cancellationToken)
    {
        using var number = _numbers.Take();
        var numbered = new ChangeRequest
        {
            Ast = request.Ast, Database = request.Database, Buffered = request.Buffered, Session = number.Session, Sequence = number.Sequence,
            TimeoutMilliseconds = (int)Math.Min(int.MaxValue, Options.ChangeTimeout.TotalMilliseconds),
        };
        return await new NumberedWrites<ValueReply>(this, static reply => reply.Fault, static (_, latest) => (latest, null), Options.ChangeTimeout)
            .RunAsync((coordinator, token) => coordinator.ChangeAsync(numbered, token), cancellationToken).ConfigureAwait(false);
    }

    public Task<ValueReply> AdminAsync(AdminRequest request, bool isRead, CancellationToken cancellationToken)
        => RepeatAsync((coordinator, token) => coordinator.AdminAsync(request, token), static reply => reply.Fault, isRead ? Options.ReadTimeout : Options.WriteTimeout, isRead, cancellationToken);

    private async Task<TReply> RepeatAsync<TReply>(
        Func<ICoordinatorGrain, CancellationToken, ValueTask<TReply>> send, Func<TReply, Fault?> faultOf, TimeSpan timeout, bool isRead, CancellationToken cancellationToken)
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

    internal async Task<TReply> SendAsync<TReply>(Func<ICoordinatorGrain, CancellationToken, ValueTask<TReply>> send, bool isRead, CallDeadline deadline)
    {
        var way = _gateway.Begin();
        try
        {
            return await deadline.RunAsync(send, way.Coordinator, way.Lost).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is TimeoutException or OrleansException or System.Net.Sockets.SocketException)
        {
            throw isRead
                ? new UnavailableException("cluster.unavailable", $"The cluster did not answer: {lost.Message}", lost)
                : new UnknownOutcomeException($"The cluster did not answer a write, which may have happened: {lost.Message}", lost);
        }
        finally
        {
            _gateway.End();
        }
    }

    internal async Task WaitAsync(int attempt, TimeSpan atLeast, CallDeadline deadline, IngoDBException reason)
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
