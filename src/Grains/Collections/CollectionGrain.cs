// What one engine learns is too little: a query over sixteen partitions looks small in each. So the partitions only count,
// and here their counts are added up and shown to the same advisor that an embedded engine asks. What it decides goes into
// the catalog (that is the log of decisions, cause included), and the partitions build it in the background.
//
// Nobody polls: a coordinator that has run an expensive query says so, and the sums are looked at once for all that was
// said meanwhile. While the grain is active it also looks now and then, because an index that stopped paying is noticed by
// the absence of queries.
//
// What this does not do: keep the statistics. They are the partitions', and gone when those restart.

using System.Text.Json;
using IngoDB.Abstractions;
using IngoDB.Engine.Advising;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Coordination;
using IngoDB.Grains.Hosting;
using IngoDB.Model;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace IngoDB.Grains.Collections;

/// <summary>See <see cref="ICollectionGrain"/>. One turn, one look.</summary>
[Reentrant]
internal sealed partial class CollectionGrain(CatalogView catalog, PartitionRouter router, IngoDBOptions options, ILogger<CollectionGrain> logger) : Grain, ICollectionGrain, IDisposable
{
    private const int LooksWithoutNoticeEvery = 30;

    private readonly SemaphoreSlim _oneLook = new(1);
    private bool _noticed;
    private int _quietTicks;
    private string _database = "";
    private uint _collection;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_database, _collection) = CollectionKey.Parse(this.GetPrimaryKeyString());
        this.RegisterGrainTimer(TickAsync, new() { DueTime = options.LearningPeriod, Period = options.LearningPeriod, Interleave = true });
        return Task.CompletedTask;
    }

    public ValueTask NoticedAsync()
    {
        _noticed = true;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<ValueReply> LearnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
            return new();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    public async ValueTask<ValueReply> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var scope = await ScopeAsync(cancellationToken);
            return new() { Value = SingleDocument.Write(LearningDocuments.Of(NameIn(scope), await SumAsync(scope))) };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    public void Dispose() => _oneLook.Dispose();

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        if (!_noticed && ++_quietTicks < LooksWithoutNoticeEvery) return;
        _quietTicks = 0;
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception e) when (e is IngoDBException or Orleans.Runtime.OrleansException)
        {
            LogLookFailed(logger, _database, _collection, e);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await _oneLook.WaitAsync(cancellationToken);
        try
        {
            _noticed = false;
            var scope = await ScopeAsync(cancellationToken);
            var advice = IndexAdvisor.Advise(await SumAsync(scope));
            foreach (var step in advice) await DecideAsync(scope, step, cancellationToken);
            if (advice.Count > 0) await scope.ToAllAsync(grain => grain.ApplyIndexesAsync(_collection, cancellationToken), static reply => reply.Fault);
        }
        finally
        {
            _oneLook.Release();
        }
    }

    private async Task DecideAsync(RequestScope scope, IndexAdvice advice, CancellationToken cancellationToken)
    {
        var records = GrainFactory.GetGrain<ICatalogGrain>(0);
        var reply = advice switch
        {
            IndexAdvice.Build build => await records.DefineIndexAsync(_database, _collection, build.Path, build.Cause, cancellationToken),
            IndexAdvice.Drop drop => await records.DropIndexAsync(_database, _collection, drop.Path, cancellationToken),
            _ => throw new InvariantViolationException($"the advice is {advice.GetType().Name}"),
        };
        FaultCodec.ThrowIfFault(reply.Fault);
        LogDecided(logger, advice.GetType().Name, NameIn(scope), advice.Path, advice.Cause);
    }

    private async Task<LearningReport> SumAsync(RequestScope scope)
    {
        var replies = await scope.ToAllAsync(grain => grain.LearningAsync(_collection, scope.Cancellation), static reply => reply.Fault);
        var reports = replies.OfType<ValueReply>().Select(reply => JsonSerializer.Deserialize<LearningReport>(SingleDocument.Read(reply.Value)!["report"].AsBytes().Span)).OfType<LearningReport>();
        return LearningReport.Sum(new(_collection), reports);
    }

    private async ValueTask<RequestScope> ScopeAsync(CancellationToken cancellationToken)
        => new(await catalog.RefreshAsync(await catalog.GetAsync(_database, cancellationToken), cancellationToken), router, cancellationToken);

    private string NameIn(RequestScope scope) => scope.Map.Database.Collections.FirstOrDefault(c => c.Id == _collection)?.Name ?? this.GetPrimaryKeyString();

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "{Act} index {Collection}/{Path}: {Cause}")]
    private static partial void LogDecided(ILogger logger, string act, string collection, string path, string cause);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "Could not look at the statistics of {Database}/{Collection}; they are looked at again later")]
    private static partial void LogLookFailed(ILogger logger, string database, uint collection, Exception error);
}
