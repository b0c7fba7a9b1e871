// The query that a user writes: over states as their type names them, answered with states and whose they are. No grain is activated
// by it, and what it reads is what was written last, not what a grain has in memory and has not written yet.

using System.Linq.Expressions;
using IngoDB.Client.Queries;
using IngoDB.Client.Snapshots;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage;

/// <summary>States of one kind. Immutable: every step gives another query. Enumerated it gives one state after the other, two pages in memory at most.</summary>
public interface IGrainStateQuery<TState> : IAsyncEnumerable<GrainRecord<TState>>
{
    /// <summary><c>Where(s => s.Stock &lt; 5)</c>; several conditions must all hold.</summary>
    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>: it has no meaning in the database. Nothing is evaluated in the client.</exception>
    IGrainStateQuery<TState> Where(Expression<Func<TState, bool>> condition);

    /// <summary>A condition as data; the grain stands in <c>grain.type</c> and <c>grain.key</c>.</summary>
    IGrainStateQuery<TState> Where(Filter filter);

    /// <summary>Starts a new order; what it leaves equal is ordered by the grains' keys, as everything is without an order.</summary>
    IGrainStateQuery<TState> OrderBy<TKey>(Expression<Func<TState, TKey>> member);

    IGrainStateQuery<TState> OrderByDescending<TKey>(Expression<Func<TState, TKey>> member);

    IGrainStateQuery<TState> ThenBy<TKey>(Expression<Func<TState, TKey>> member);

    IGrainStateQuery<TState> ThenByDescending<TKey>(Expression<Func<TState, TKey>> member);

    IGrainStateQuery<TState> Skip(int count);

    /// <summary>At most so many: 1 to 10,000.</summary>
    IGrainStateQuery<TState> Take(int count);

    /// <summary>Ends the query when it has cost so much; the result says which limit it was.</summary>
    IGrainStateQuery<TState> WithBudget(Budget budget);

    /// <summary>Reads at a snapshot.</summary>
    IGrainStateQuery<TState> At(IngoSnapshot snapshot);

    /// <summary>Takes what the reachable partitions have, instead of an exception when some are missing.</summary>
    IGrainStateQuery<TState> AllowPartial();

    /// <summary>All of them.</summary>
    /// <exception cref="InvalidRequestException"><c>state.ambiguous</c>: which states are meant. <c>state.not_queryable</c>: they are opaque.</exception>
    /// <exception cref="UnavailableException">Partitions could not be asked.</exception>
    Task<QueryResult<GrainRecord<TState>>> ToListAsync(CancellationToken cancellationToken = default);

    /// <summary>A page at a time; the next one is fetched meanwhile.</summary>
    IAsyncEnumerable<QueryResult<GrainRecord<TState>>> AsPagesAsync(CancellationToken cancellationToken = default);

    Task<GrainRecord<TState>?> FirstOrDefaultAsync(CancellationToken cancellationToken = default);

    /// <summary>How many states match, counted where they are.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>Whose states match; the states stay where they are.</summary>
    IAsyncEnumerable<GrainId> GrainIdsAsync(CancellationToken cancellationToken = default);

    /// <summary>The grains whose states match, ready to be called.</summary>
    IAsyncEnumerable<TGrain> GrainsAsync<TGrain>(CancellationToken cancellationToken = default)
        where TGrain : IAddressable;

    /// <summary>Only what the lambda takes, made into what it says: <c>Select(s => new { s.Sku, s.Stock })</c>. Only these fields travel.</summary>
    IngoQuery<TResult> Select<TResult>(Expression<Func<TState, TResult>> projection);

    /// <summary>Groups by a member, or by several: <c>GroupBy(s => s.Warehouse).Select(g => new { g.Key, Items = g.Count() })</c>.</summary>
    IngoGroups<TKey, TState> GroupBy<TKey>(Expression<Func<TState, TKey>> key);

    /// <summary>One result of all states: <c>AggregateAsync(g => new { Total = g.Sum(s => s.Stock) })</c>.</summary>
    Task<TResult> AggregateAsync<TResult>(Expression<Func<IGroup<object?, TState>, TResult>> result, CancellationToken cancellationToken = default);

    /// <summary>
    /// From these states to those of the grains that a member refers to: a GrainId, a grain reference, a key (Guid or text), or many of
    /// them. The other query's conditions hold for where it leads.
    /// </summary>
    GrainStateWalk<TNext> Follow<TMember, TNext>(Expression<Func<TState, TMember>> reference, IGrainStateQuery<TNext> to);

    /// <summary>What the database does for it and why, as data.</summary>
    Task<Document> ExplainAsync(bool execute = false, CancellationToken cancellationToken = default);

    /// <summary>
    /// What grains have written since a version, and what they write from now on, in order, without end: each grain once a page, as its state is
    /// then. Told again after a crash from where <see cref="GrainStateChanges{TState}.Until"/> was remembered. It waits for the first state of a type.
    /// </summary>
    /// <param name="after">None: from the beginning, first of all the states that there are.</param>
    /// <exception cref="SnapshotTooOldException">So old that cleared states are not known any more (the database's retention). Begin again from None.</exception>
    IAsyncEnumerable<GrainStateChanges<TState>> ChangesAsync(DocumentVersion after = default, CancellationToken cancellationToken = default);

    /// <summary>Brings stored states up to date, one after the other (see <see cref="GrainStateMigration"/>).</summary>
    /// <param name="name">Of the job: run again under this name it goes on where it was, and does nothing when it is done.</param>
    /// <param name="map">What a state's document becomes; null: it stays as it is. It may be asked twice for one state.</param>
    /// <param name="progress">Told after each page.</param>
    /// <exception cref="InvalidRequestException"><c>migration.of_part</c>: the query has conditions; a migration is of all states.</exception>
    Task<MigrationProgress> MigrateAsync(string name, Func<GrainDocument, Document?> map, IProgress<MigrationProgress>? progress = null, CancellationToken cancellationToken = default);
}
