// A walk from state to state along references: a traversal of the database, whose hops join a key with the _id of a state. All of it
// reads one snapshot, no grain is activated, and each state that it ends at is given once.

using System.Linq.Expressions;
using IngoDB.Client.Queries;
using IngoDB.GrainStorage.Queries;
using IngoDB.Model;

namespace IngoDB.GrainStorage;

/// <summary>The states that a walk ends at. Immutable.</summary>
public sealed class GrainStateWalk<TState> : IAsyncEnumerable<GrainRecord<TState>>
{
    private readonly StateSource _source;
    private readonly TraverseQuery _ast;
    private readonly bool _allowPartial;
    private readonly GrainStateQuery<TState> _last;

    private GrainStateWalk(StateSource source, TraverseQuery ast, bool allowPartial, GrainStateQuery<TState> last) => (_source, _ast, _allowPartial, _last) = (source, ast, allowPartial, last);

    internal static GrainStateWalk<TState> Begin(StateSource source, ScanQuery start, bool allowPartial, (FieldPath From, FieldPath To) reference, IGrainStateQuery<TState> to)
        => Step(source, new() { From = start.From, Start = start.Where, At = start.At, Budget = start.Budget, Hops = [] }, allowPartial, reference, to);

    /// <summary>On to the next states.</summary>
    public GrainStateWalk<TNext> Follow<TMember, TNext>(Expression<Func<TState, TMember>> reference, IGrainStateQuery<TNext> to)
        => GrainStateWalk<TNext>.Step(_source, _ast, _allowPartial, ReferencePaths.Of(reference, _last.Records.Names), to);

    /// <summary>At most so many: 1 to 10,000.</summary>
    public GrainStateWalk<TState> Take(int count) => new(_source, _ast with { Limit = count }, _allowPartial, _last);

    /// <summary>All of them.</summary>
    public Task<QueryResult<GrainRecord<TState>>> ToListAsync(CancellationToken cancellationToken = default) => QueryReader.ReadAllAsync(_source.Scope, _ast, _last.Records, _allowPartial, cancellationToken);

    /// <summary>A page at a time.</summary>
    public IAsyncEnumerable<QueryResult<GrainRecord<TState>>> AsPagesAsync(CancellationToken cancellationToken = default) => QueryReader.ReadPagesAsync(_source.Scope, _ast, _last.Records, _allowPartial, cancellationToken);

    public async IAsyncEnumerator<GrainRecord<TState>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPagesAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var record in page.Items) yield return record;
            if (page.StoppedBy is { } budget && !_allowPartial) throw new UnavailableException("query.stopped", $"The walk's '{budget}' budget ended it early; AsPagesAsync() shows what there is.");
        }
    }

    /// <summary>What the database does for it and why, as data.</summary>
    public Task<Document> ExplainAsync(bool execute = false, CancellationToken cancellationToken = default) => QueryReader.ExplainAsync(_source.Scope, _ast, execute, cancellationToken);

    private static GrainStateWalk<TState> Step(StateSource source, TraverseQuery so, bool allowPartial, (FieldPath From, FieldPath To) reference, IGrainStateQuery<TState> to)
    {
        var last = to as GrainStateQuery<TState> ?? throw new ArgumentException("A query of this client is needed.", nameof(to));
        if (last.Ast is not { Sort.Count: 0, Skip: 0, Limit: null }) throw new InvalidRequestException("query.follow_of_part", "Of the states that are followed to, all that match are meant; an order, Skip or Take there has no meaning.", suggestion: "Put Take behind Follow");
        return new(source, so with { Hops = [.. so.Hops, new(reference.From, new(last.Ast.From, reference.To)) { Where = last.Ast.Where }] }, allowPartial, last);
    }
}
