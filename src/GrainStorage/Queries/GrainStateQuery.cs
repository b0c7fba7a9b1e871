// The client's own query does the work: its filters, orders, groups and pages. What is added here is that a document is a state with a grain,
// that the collection may be found by the .NET type (StateSource), and where following and migrating begin.

using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using IngoDB.Client.Expressions;
using IngoDB.Client.Queries;
using IngoDB.Client.Snapshots;
using IngoDB.GrainStorage.Changes;
using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Queries;

/// <summary>The client's own query, with states for documents.</summary>
internal sealed class GrainStateQuery<TState>(StateSource source, StateMapper<TState> states, IGrainFactory? grains, IngoQuery<TState> query, bool allowPartial) : IGrainStateQuery<TState>
{
    private readonly RecordMapper<TState> _records = new(states, grains);

    public ScanQuery Ast => query.ToAst();

    public IGrainFactory? Grains => grains;

    public RecordMapper<TState> Records => _records;

    public IGrainStateQuery<TState> Where(Expression<Func<TState, bool>> condition) => With(query.Where(condition));

    public IGrainStateQuery<TState> Where(Filter filter) => With(query.Where(filter));

    public IGrainStateQuery<TState> OrderBy<TKey>(Expression<Func<TState, TKey>> member) => With(query.OrderBy(member));

    public IGrainStateQuery<TState> OrderByDescending<TKey>(Expression<Func<TState, TKey>> member) => With(query.OrderByDescending(member));

    public IGrainStateQuery<TState> ThenBy<TKey>(Expression<Func<TState, TKey>> member) => With(query.ThenBy(member));

    public IGrainStateQuery<TState> ThenByDescending<TKey>(Expression<Func<TState, TKey>> member) => With(query.ThenByDescending(member));

    public IGrainStateQuery<TState> Skip(int count) => With(query.Skip(count));

    public IGrainStateQuery<TState> Take(int count) => With(query.Take(count));

    public IGrainStateQuery<TState> WithBudget(Budget budget) => With(query.WithBudget(budget));

    public IGrainStateQuery<TState> At(IngoSnapshot snapshot) => With(query.At(snapshot));

    public IGrainStateQuery<TState> AllowPartial() => new GrainStateQuery<TState>(source, states, grains, query.AllowPartial(), allowPartial: true);

    public Task<QueryResult<GrainRecord<TState>>> ToListAsync(CancellationToken cancellationToken = default) => QueryReader.ReadAllAsync(source.Scope, Ast, _records, allowPartial, cancellationToken);

    public IAsyncEnumerable<QueryResult<GrainRecord<TState>>> AsPagesAsync(CancellationToken cancellationToken = default) => QueryReader.ReadPagesAsync(source.Scope, Ast, _records, allowPartial, cancellationToken);

    public async IAsyncEnumerator<GrainRecord<TState>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPagesAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var record in page.Items) yield return record;
            ThrowIfStopped(page.StoppedBy);
        }
    }

    public async Task<GrainRecord<TState>?> FirstOrDefaultAsync(CancellationToken cancellationToken = default)
    {
        var first = await Take(1).ToListAsync(cancellationToken).ConfigureAwait(false);
        return first.Count == 0 ? null : first[0];
    }

    public Task<long> CountAsync(CancellationToken cancellationToken = default) => query.CountAsync(cancellationToken);

    public async IAsyncEnumerable<GrainId> GrainIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var owners = Ast with { Select = [FieldPath.OfField(StateLayout.Grain)] };
        await foreach (var page in QueryReader.ReadPagesAsync(source.Scope, owners, Client.Mapping.StoredDocumentMapper.Instance, allowPartial, cancellationToken).ConfigureAwait(false))
        {
            foreach (var owner in page.Items) yield return StateLayout.GrainOf(owner);
            ThrowIfStopped(page.StoppedBy);
        }
    }

    public async IAsyncEnumerable<TGrain> GrainsAsync<TGrain>([EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TGrain : IAddressable
    {
        var factory = grains ?? throw new InvalidOperationException("This client was made without a grain factory, which makes references to grains.");
        await foreach (var id in GrainIdsAsync(cancellationToken).ConfigureAwait(false)) yield return factory.GetGrain<TGrain>(id);
    }

    public IngoQuery<TResult> Select<TResult>(Expression<Func<TState, TResult>> projection) => query.Select(projection);

    public IngoGroups<TKey, TState> GroupBy<TKey>(Expression<Func<TState, TKey>> key) => query.GroupBy(key);

    public Task<TResult> AggregateAsync<TResult>(Expression<Func<IGroup<object?, TState>, TResult>> result, CancellationToken cancellationToken = default) => query.AggregateAsync(result, cancellationToken);

    public GrainStateWalk<TNext> Follow<TMember, TNext>(Expression<Func<TState, TMember>> reference, IGrainStateQuery<TNext> to)
    {
        if (Ast.Sort.Count > 0 || Ast.Skip > 0 || Ast.Limit is not null)
            throw new InvalidRequestException("query.follow_of_part", "Following begins at all states that match; an order, Skip or Take before it has no meaning.", suggestion: "Put conditions before Follow, and Take behind it");
        return GrainStateWalk<TNext>.Begin(source, Ast, allowPartial, ReferencePaths.Of(reference, states), to);
    }

    public Task<Document> ExplainAsync(bool execute = false, CancellationToken cancellationToken = default) => query.ExplainAsync(execute, cancellationToken);

    public Task<MigrationProgress> MigrateAsync(string name, Func<GrainDocument, Document?> map, IProgress<MigrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (Ast is not { Where: null, Sort.Count: 0, Skip: 0, Limit: null, At: null })
            throw new InvalidRequestException("migration.of_part", "A migration is of all states of a kind; conditions, an order, Skip, Take or At have no meaning in it.", suggestion: "Leave alone by returning null what is not to change");
        return new GrainStateMigration(source, Ast.From, name, map, progress).RunAsync(cancellationToken);
    }

    public IAsyncEnumerable<GrainStateChanges<TState>> ChangesAsync(DocumentVersion after = default, CancellationToken cancellationToken = default)
    {
        if (Ast is not { Sort.Count: 0, Skip: 0, Limit: null, At: null })
            throw new InvalidRequestException("changes.of_part", "Changes come in their own order, all of them; an order, Skip, Take or At have no meaning in it.", suggestion: "Put only conditions before ChangesAsync");
        return new GrainStateFeed<TState>(source, states, Ast).FollowAsync(after, cancellationToken);
    }

    private void ThrowIfStopped(string? budget)
    {
        if (budget is not null && !allowPartial) throw new UnavailableException("query.stopped", $"The query's '{budget}' budget ended it early. AllowPartial() takes what there is; AsPagesAsync() shows it.");
    }

    private GrainStateQuery<TState> With(IngoQuery<TState> next) => new(source, states, grains, next, allowPartial);
}
