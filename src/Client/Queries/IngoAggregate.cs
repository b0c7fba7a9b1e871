// An aggregate, put together step by step and sent only by ...Async. Immutable. What stands here is about results: groups that
// are kept, their order, how many.

using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using IngoDB.Client.Calls;
using IngoDB.Client.Expressions;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.Client.Queries;

/// <summary>An aggregate whose results are read as <typeparamref name="T"/>.</summary>
public sealed class IngoAggregate<T>
{
    private readonly ReadScope _scope;
    private readonly IDocumentMapper<T> _mapper;
    private readonly AggregateQuery _ast;
    private readonly bool _allowPartial;

    internal IngoAggregate(ReadScope scope, IDocumentMapper<T> mapper, AggregateQuery ast, bool allowPartial) => (_scope, _mapper, _ast, _allowPartial) = (scope, mapper, ast, allowPartial);

    /// <summary>Only groups whose result matches: <c>Having(r => r.Movies > 100)</c>; several conditions must all hold.</summary>
    public IngoAggregate<T> Having(Expression<Func<T, bool>> condition) => Having(FilterTranslator.Translate(condition, _mapper.Names));

    public IngoAggregate<T> Having(Filter filter) => With(_ast with { Having = _ast.Having is null ? filter : Filter.And(_ast.Having, filter) });

    /// <summary>Starts a new order; what it leaves equal is ordered by the groups' keys, as everything is without an order.</summary>
    public IngoAggregate<T> OrderBy<TMember>(Expression<Func<T, TMember>> member) => With(_ast with { Sort = [new(Path(member))] });

    public IngoAggregate<T> OrderByDescending<TMember>(Expression<Func<T, TMember>> member) => With(_ast with { Sort = [new(Path(member), Descending: true)] });

    public IngoAggregate<T> ThenBy<TMember>(Expression<Func<T, TMember>> member) => With(_ast with { Sort = [.. _ast.Sort, new(Path(member))] });

    public IngoAggregate<T> ThenByDescending<TMember>(Expression<Func<T, TMember>> member) => With(_ast with { Sort = [.. _ast.Sort, new(Path(member), Descending: true)] });

    /// <summary>At most so many results: 1 to 10,000.</summary>
    public IngoAggregate<T> Take(int count) => With(_ast with { Limit = count });

    /// <summary>All results.</summary>
    /// <exception cref="UnavailableException">Partitions could not be asked.</exception>
    public async Task<QueryResult<T>> ToListAsync(CancellationToken cancellationToken = default)
    {
        var pages = new List<QueryResult<T>>();
        await foreach (var page in AsPagesAsync(cancellationToken).ConfigureAwait(false)) pages.Add(page);
        return QueryResult<T>.Join(pages);
    }

    /// <summary>A page at a time; the next one is fetched meanwhile.</summary>
    public async IAsyncEnumerable<QueryResult<T>> AsPagesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var page in QueryReader.ReadPagesAsync(_scope, _ast, _mapper, _allowPartial, cancellationToken).ConfigureAwait(false))
            yield return page.Value is { } only ? page.With([_mapper.FromDocument(new(new DocumentId("result"), DocumentVersion.None, only))]) : page;
    }

    /// <summary>One result after the other, two pages in memory at most.</summary>
    /// <exception cref="UnavailableException"><c>query.stopped</c>: a budget ended it early, which a stream cannot show otherwise (unless AllowPartial).</exception>
    public async IAsyncEnumerable<T> AsAsyncEnumerable([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPagesAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in page.Items) yield return item;
            if (page.StoppedBy is { } budget && !_allowPartial)
                throw new UnavailableException("query.stopped", $"The aggregate's '{budget}' budget ended it early. AllowPartial() takes what there is; AsPagesAsync() shows it.");
        }
    }

    /// <summary>What the database would do and why; <paramref name="execute"/> runs it and shows the work as measured.</summary>
    public Task<Document> ExplainAsync(bool execute = false, CancellationToken cancellationToken = default) => QueryReader.ExplainAsync(_scope, _ast, execute, cancellationToken);

    public AggregateQuery ToAst() => _ast;

    /// <summary>The aggregate as JSON, as the command line takes it.</summary>
    public string ToJson() => LiquidJson.Write(_ast);

    private FieldPath Path(LambdaExpression member) => FilterTranslator.PathOf(member, _mapper.Names);

    private IngoAggregate<T> With(AggregateQuery ast) => new(_scope, _mapper, ast, _allowPartial);
}
