// The entry of the cluster: a stateless worker on the gateway that the client is connected to. It puts a deadline on
// every request, answers every failure as data, and leaves the rest to the coordinator of each kind.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Model;
using Microsoft.Extensions.Hosting;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace IngoDB.Grains.Coordination;

/// <summary>See <see cref="ICoordinatorGrain"/>.</summary>
[StatelessWorker, Reentrant]
internal sealed class CoordinatorGrain(CatalogView catalog, PartitionRouter router, QueryCoordinator queries, WriteCoordinator writes, ChangeCoordinator changes, LocalGets gets, AdminCoordinator admin, NearCopies near, ILocalSiloDetails silo, IHostApplicationLifetime host, TimeProvider time) : Grain, ICoordinatorGrain
{
    private static readonly TimeSpan DeadlineDefault = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DeadlineMax = TimeSpan.FromMinutes(10);

    /// <summary>A silo that stops is nobody already: clients go elsewhere while it still gives its partitions away.</summary>
    public ValueTask<string> WhoAsync() => new(host.ApplicationStopping.IsCancellationRequested ? "" : silo.SiloAddress.ToParsableString());

    public ValueTask<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
        => AnswerAsync(token => writes.RunAsync(request, token), static fault => new WriteReply { Outcomes = [], Fault = fault }, DeadlineDefault, cancellationToken);

    public ValueTask<ValueReply> ChangeAsync(ChangeRequest request, CancellationToken cancellationToken)
        => AnswerAsync(token => changes.RunAsync(request, token), static fault => new ValueReply { Fault = fault }, DeadlineOf(request.TimeoutMilliseconds), cancellationToken);

    public ValueTask<PageReply> GetAsync(GetRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var read = gets.Read(request);
            if (read.Now is { } reply) return new(reply);
            if (read.Later is { } later) return AnswerAsync(token => LaterAsync(request, later, token), Failed, DeadlineDefault, cancellationToken);
            return AnswerAsync(token => ReadAsync(request, token), Failed, DeadlineDefault, cancellationToken);
        }
        catch (InvalidRequestException e) when (StaleNames.Are(e.Code))
        {
            return AnswerAsync(token => ReadAsync(request, token), Failed, DeadlineDefault, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new(Failed(FaultCodec.From(e)));
        }
    }

    public ValueTask<PageReply> QueryAsync(QueryRequest request, CancellationToken cancellationToken)
        => AnswerAsync(token => AgainIfStaleAsync(request.Database, () => queries.RunAsync(request, token), token), Failed, DeadlineOf(request.TimeoutMilliseconds), cancellationToken);

    public ValueTask<ValueReply> AdminAsync(AdminRequest request, CancellationToken cancellationToken)
        => AnswerAsync(token => admin.RunAsync(request, token), static fault => new ValueReply { Fault = fault }, DeadlineMax, cancellationToken);

    private async ValueTask<PageReply> LaterAsync(GetRequest request, Task<PageReply> later, CancellationToken cancellationToken)
    {
        try
        {
            return await later.WaitAsync(cancellationToken);
        }
        catch (InvalidRequestException e) when (StaleNames.Are(e.Code))
        {
            return await ReadAsync(request, cancellationToken);
        }
    }

    private ValueTask<PageReply> ReadAsync(GetRequest request, CancellationToken cancellationToken)
        => AgainIfStaleAsync(request.Database, () => ReadOnceAsync(request, cancellationToken), cancellationToken);

    private async ValueTask<PageReply> AgainIfStaleAsync(string? database, Func<ValueTask<PageReply>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read();
        }
        catch (InvalidRequestException e) when (StaleNames.Are(e.Code))
        {
            await catalog.RefreshAsync(await catalog.GetAsync(database, cancellationToken), cancellationToken);
            return await read();
        }
    }

    private async ValueTask<PageReply> ReadOnceAsync(GetRequest request, CancellationToken cancellationToken)
    {
        var keys = IdKeys.Read(request.Ids);
        var map = await catalog.GetAsync(request.Database, cancellationToken);
        (map, var collection) = await queries.FoundAsync(map, request.Collection, "", cancellationToken);
        return await new GetCoordinator(new(map, router, cancellationToken, near.Of(map, request.Concern)), collection).ReadAsync(keys, new(request.Snapshot));
    }

    private async ValueTask<T> AnswerAsync<T>(Func<CancellationToken, ValueTask<T>> answer, Func<Fault, T> failed, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ends.Token, cancellationToken);
        try
        {
            return await answer(either.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return failed(FaultCodec.From(new UnavailableException("query.deadline", $"The request was not done within {deadline.TotalSeconds:0.#} s.")));
        }
        catch (OrleansException e)
        {
            return failed(FaultCodec.From(new UnavailableException("cluster.unavailable", $"A part of the cluster that the request needs did not answer: {e.Message}", e)));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return failed(FaultCodec.From(e));
        }
    }

    private static PageReply Failed(Fault fault) => new() { Fault = fault };

    private static TimeSpan DeadlineOf(int milliseconds)
        => milliseconds <= 0 ? DeadlineDefault : TimeSpan.FromMilliseconds(Math.Min(milliseconds, DeadlineMax.TotalMilliseconds));
}
