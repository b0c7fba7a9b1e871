// What one engine learns is too little: a query over sixteen partitions looks small in each. So the partitions only count,
// and here their counts are added up and shown to the same advisor that an embedded engine asks. What it decides goes into
// the catalog, and the partitions build it in the background. What it remembers (rules, log of decisions, trials) is a
// record of the catalog, too, written before anything is done: a grain that dies in between has decided and not acted,
// and the next look decides again. An activation too many can lose a line of the log, never an order of people: rules are
// changed in the record itself.
//
// Nobody polls: a coordinator that has run an expensive query says so, and the sums are looked at once for all that was
// said meanwhile. While the grain is active it also looks now and then, because an index that stopped paying is noticed by
// the absence of queries.
//
// What this does not do: keep the statistics. They are the partitions', which keep them over a restart.

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
internal sealed partial class CollectionGrain(CatalogView catalog, ClusterCatalog records, PartitionRouter router, IngoDBOptions options, TimeProvider time, ILogger<CollectionGrain> logger) : Grain, ICollectionGrain, IDisposable
{
    private const int LooksWithoutNoticeEvery = 30;
    private static readonly TimeSpan RhythmMax = TimeSpan.FromDays(8);
    private static readonly TimeSpan NotesAgeMax = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _oneLook = new(1);
    private bool _noticed;
    private int _quietTicks;
    private LearnerState? _learner;
    private DateTimeOffset _learnerSaved;
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

    public ValueTask<ValueReply> LearnAsync(CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await LookAsync(cancellationToken);
        return null;
    });

    public ValueTask<ValueReply> OrderAsync(AdminRequest order, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var wanted = LearningOrder.Parse(order.Operation, SingleDocument.Read(order.Argument) ?? Document.Empty);
        await _oneLook.WaitAsync(cancellationToken);
        try
        {
            _learner = await records.ChangeLearnerAsync(_database, _collection, state => wanted.Apply((_learner ?? state) with { Rules = state.Rules }, time.GetUtcNow()), cancellationToken);
            _learnerSaved = time.GetUtcNow();
            foreach (var (path, cause) in wanted.Builds) FaultCodec.ThrowIfFault((await Records.DefineIndexAsync(_database, _collection, path, cause, cancellationToken)).Fault);
            if (wanted.IsExact)
                foreach (var index in (await ScopeAsync(cancellationToken)).Map.Database.Indexes.Where(index => index.Collection == _collection && wanted.Builds.All(kept => kept.Path != index.Path)))
                    FaultCodec.ThrowIfFault((await Records.DropIndexAsync(_database, _collection, index.Path, cancellationToken)).Fault);
        }
        finally
        {
            _oneLook.Release();
        }

        await LookAsync(cancellationToken, apply: true);
        return await DescribedAsync(cancellationToken);
    });

    public ValueTask<ValueReply> DescribeAsync(CancellationToken cancellationToken) => AnswerAsync(async () => await DescribedAsync(cancellationToken));

    public ValueTask<ValueReply> ExplainAsync(string shape, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var scope = await ScopeAsync(cancellationToken);
        return Document.Of(("learning", LearningDocuments.ForShape(shape, await SumAsync(scope), await LearnerAsync(cancellationToken), time.GetUtcNow())));
    });

    /// <summary>What was counted since the last decision.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_learner is not { } learner) return;
        try
        {
            await records.ChangeLearnerAsync(_database, _collection, known => learner with { Rules = known.Rules }, cancellationToken);
        }
        catch (Exception e) when (e is IngoDBException or IOException or OperationCanceledException)
        {
            LogLookFailed(logger, _database, _collection, e); // at most a minute of counting is lost
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

    private ICatalogGrain Records => GrainFactory.GetGrain<ICatalogGrain>(0);

    private async ValueTask<LearnerState> LearnerAsync(CancellationToken cancellationToken) => _learner ??= await records.ReadLearnerAsync(_database, _collection, cancellationToken);

    private async Task<Document> DescribedAsync(CancellationToken cancellationToken)
    {
        var scope = await ScopeAsync(cancellationToken);
        return LearningDocuments.Of(NameIn(scope), await SumAsync(scope), await LearnerAsync(cancellationToken), time.GetUtcNow());
    }

    /// <param name="apply">Partitions are told also when nothing new was decided.</param>
    private async Task LookAsync(CancellationToken cancellationToken, bool apply = false)
    {
        await _oneLook.WaitAsync(cancellationToken);
        try
        {
            _noticed = false;
            var scope = await ScopeAsync(cancellationToken);
            var report = await SumAsync(scope);
            var (before, now) = (await LearnerAsync(cancellationToken), time.GetUtcNow());
            var step = Learner.Advance(before, report, report.CostsOrDefault, now);
            // Whoever is to prepare something must be there before it is asked for.
            if (step.State.Rhythms is { Count: > 0 }) DelayDeactivation(RhythmMax);
            await RememberAsync(before, step.State, now, cancellationToken);
            foreach (var advice in step.Advice) await DecideAsync(scope, advice, cancellationToken);
            if (apply || step.Advice.Count > 0) await scope.ToAllAsync(grain => grain.ApplyIndexesAsync(_collection, cancellationToken), static reply => reply.Fault);
        }
        finally
        {
            _oneLook.Release();
        }
    }

    /// <summary>What was decided is written down before it is done; mere counting, once a minute.</summary>
    private async Task RememberAsync(LearnerState before, LearnerState after, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _learner = after;
        if (ReferenceEquals(before.Decisions, after.Decisions) && now - _learnerSaved < NotesAgeMax) return;
        _learner = await records.ChangeLearnerAsync(_database, _collection, known => after with { Rules = known.Rules }, cancellationToken);
        _learnerSaved = now;
    }

    private async Task DecideAsync(RequestScope scope, IndexAdvice advice, CancellationToken cancellationToken)
    {
        var reply = advice switch
        {
            IndexAdvice.Build build => await Records.DefineIndexAsync(_database, _collection, build.Path, build.Cause, cancellationToken),
            IndexAdvice.Drop drop => await Records.DropIndexAsync(_database, _collection, drop.Path, cancellationToken),
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

    /// <summary>Failures travel as data.</summary>
    private static async ValueTask<ValueReply> AnswerAsync(Func<Task<Document?>> answer)
    {
        try
        {
            return await answer() is { } document ? new() { Value = SingleDocument.Write(document) } : new();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    private string NameIn(RequestScope scope) => scope.Map.Database.Collections.FirstOrDefault(c => c.Id == _collection)?.Name ?? this.GetPrimaryKeyString();

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "{Act} index {Collection}/{Path}: {Cause}")]
    private static partial void LogDecided(ILogger logger, string act, string collection, string path, string cause);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "Could not look at the statistics of {Database}/{Collection}; they are looked at again later")]
    private static partial void LogLookFailed(ILogger logger, string database, uint collection, Exception error);
}
