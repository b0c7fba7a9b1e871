// A query, put together step by step and sent only by ...Async. Immutable: every step gives another query, so a
// half-built one can be kept and varied. It is nothing but a ScanQuery with manners; ToAst shows it.

using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using IngoDB.Client.Calls;
using IngoDB.Client.Collections;
using IngoDB.Client.Expressions;
using IngoDB.Client.Mapping;
using IngoDB.Client.Snapshots;
using IngoDB.Model;

namespace IngoDB.Client.Queries;

/// <summary>A scan of a collection, built fluently.</summary>
public sealed class IngoQuery<T>
{
    private readonly ReadScope _scope;
    private readonly IDocumentMapper<T> _mapper;
    private readonly ScanQuery _ast;
    private readonly bool _allowPartial;

    internal IngoQuery(ReadScope scope, IDocumentMapper<T> mapper, ScanQuery ast, bool allowPartial = false)
        => (_scope, _mapper, _ast, _allowPartial) = (scope, mapper, ast, allowPartial);

    /// <summary>Only documents that match; several conditions must all hold.</summary>
    public IngoQuery<T> Where(Filter filter) => With(_ast with
    {
        Where = _ast.Where switch
        {
            null => filter,
            AndFilter and => Filter.And([.. and.Args, filter]),
            var one => Filter.And(one, filter),
        },
    });

    /// <summary><c>Where("year", CompareOperator.Gt, 1970)</c></summary>
    public IngoQuery<T> Where(FieldPath field, CompareOperator comparison, Value value) => Where(new CompareFilter(comparison, field, value));

    /// <summary><c>Where(m => m.Year > 1970 &amp;&amp; m.Cast.Contains("Harrison Ford"))</c></summary>
    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>: it has no meaning in the database. Nothing is evaluated in the client.</exception>
    public IngoQuery<T> Where(Expression<Func<T, bool>> condition) => Where(FilterTranslator.Translate(condition, _mapper.Names));

    /// <summary>Starts a new order.</summary>
    public IngoQuery<T> OrderBy(FieldPath field, NullsOrder? nulls = null) => With(_ast with { Sort = [new(field, Descending: false, nulls)] });

    public IngoQuery<T> OrderBy<TKey>(Expression<Func<T, TKey>> member) => OrderBy(Path(member));

    public IngoQuery<T> OrderByDescending(FieldPath field, NullsOrder? nulls = null) => With(_ast with { Sort = [new(field, Descending: true, nulls)] });

    public IngoQuery<T> OrderByDescending<TKey>(Expression<Func<T, TKey>> member) => OrderByDescending(Path(member));

    /// <summary>Orders what the keys before leave equal; the last key of all is always <c>_id</c>.</summary>
    public IngoQuery<T> ThenBy(FieldPath field, NullsOrder? nulls = null) => With(_ast with { Sort = [.. _ast.Sort, new(field, Descending: false, nulls)] });

    public IngoQuery<T> ThenBy<TKey>(Expression<Func<T, TKey>> member) => ThenBy(Path(member));

    public IngoQuery<T> ThenByDescending(FieldPath field, NullsOrder? nulls = null) => With(_ast with { Sort = [.. _ast.Sort, new(field, Descending: true, nulls)] });

    public IngoQuery<T> ThenByDescending<TKey>(Expression<Func<T, TKey>> member) => ThenByDescending(Path(member));

    public IngoQuery<T> Skip(int count) => With(_ast with { Skip = count });

    /// <summary>At most so many: 1 to 10,000. Without it all are read, a page at a time.</summary>
    public IngoQuery<T> Take(int count) => With(_ast with { Limit = count });

    /// <summary>Only these fields; the others of a typed document have their defaults.</summary>
    public IngoQuery<T> Select(params FieldPath[] fields) => With(_ast with { Select = fields });

    /// <summary>Only what the lambda takes, made into what it says: <c>Select(m => new { m.Title, m.Year })</c>. Only these fields travel.</summary>
    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>: it computes. Nothing is evaluated in the client.</exception>
    public IngoQuery<TResult> Select<TResult>(Expression<Func<T, TResult>> projection)
    {
        var mapper = ProjectionTranslator.Translate<TResult>(projection, _mapper.Names);
        return new(_scope, mapper, _ast with { Select = mapper.Fields }, _allowPartial);
    }

    /// <summary>Attaches to each document, as an array, the documents of another collection that hold its value at <paramref name="field"/>.</summary>
    /// <param name="collection">The other collection.</param>
    /// <param name="target">Its field that holds the value; <c>_id</c> is a point read.</param>
    /// <param name="name">The field under which they are attached.</param>
    public IngoQuery<T> Include(FieldPath field, string collection, FieldPath target, string name) => Include(new Include(field, new(collection, target), name));

    /// <summary>The same with everything that an include can have (where, select, limit).</summary>
    public IngoQuery<T> Include(Include include) => With(_ast with { Include = [.. _ast.Include, include] });

    /// <summary><c>Include(r => r.To, airports, a => a.Code, r => r.Airports)</c>: the last member, an array, receives what is attached.</summary>
    public IngoQuery<T> Include<TValue, TOther, TTarget>(Expression<Func<T, TValue>> field, IngoCollection<TOther> other, Expression<Func<TOther, TTarget>> target, Expression<Func<T, IEnumerable<TOther>?>> into)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Include(Path(field), other.Name, FilterTranslator.PathOf(target, other.Names), Path(into).Text);
    }

    /// <summary>Groups by a member, or by several: <c>GroupBy(m => new { m.Year, m.Country })</c>. A document without the member is in a group of its own.</summary>
    public IngoGroups<TKey, T> GroupBy<TKey>(Expression<Func<T, TKey>> key) => new(_scope, _mapper.Names, _ast, GroupTranslator.KeysOf(key, _mapper.Names), _allowPartial);

    /// <summary>Groups by the elements of an array: a document is in the group of each of them.</summary>
    public IngoGroups<TElement, T> GroupByElements<TElement>(Expression<Func<T, IEnumerable<TElement>>> array)
        => new(_scope, _mapper.Names, _ast, new Dictionary<string, FieldPath> { [GroupTranslator.WholeKey] = FieldPath.Parse(Path(array).Text + "[]") }, _allowPartial);

    /// <summary>One result of all documents: <c>AggregateAsync(g => new { Count = g.Count(), Last = g.Max(m => m.Year) })</c>.</summary>
    public async Task<TResult> AggregateAsync<TResult>(Expression<Func<IGroup<object?, T>, TResult>> result, CancellationToken cancellationToken = default)
        => (await new IngoGroups<object?, T>(_scope, _mapper.Names, _ast, new Dictionary<string, FieldPath>(), _allowPartial).Select(result).ToListAsync(cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Ends the query when it has cost so much; the result says which limit it was.</summary>
    public IngoQuery<T> WithBudget(Budget budget) => With(_ast with { Budget = budget });

    /// <summary>Reads at a snapshot.</summary>
    public IngoQuery<T> At(IngoSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return With(_ast with { At = snapshot.Token });
    }

    /// <summary>Takes what the reachable partitions have, instead of an exception when some are missing.</summary>
    public IngoQuery<T> AllowPartial() => new(_scope, _mapper, _ast, allowPartial: true);

    /// <summary>All documents.</summary>
    /// <exception cref="UnavailableException">Partitions could not be asked.</exception>
    public Task<QueryResult<T>> ToListAsync(CancellationToken cancellationToken = default) => QueryReader.ReadAllAsync(_scope, _ast, _mapper, _allowPartial, cancellationToken);

    /// <summary>A page at a time; the next one is fetched meanwhile.</summary>
    public IAsyncEnumerable<QueryResult<T>> AsPagesAsync(CancellationToken cancellationToken = default)
        => QueryReader.ReadPagesAsync(_scope, _ast, _mapper, _allowPartial, cancellationToken);

    /// <summary>One document after the other, two pages in memory at most.</summary>
    /// <exception cref="UnavailableException"><c>query.stopped</c>: a budget ended it early, which a stream cannot show otherwise (unless AllowPartial).</exception>
    public async IAsyncEnumerable<T> AsAsyncEnumerable([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPagesAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in page.Items) yield return item;
            if (page.StoppedBy is { } budget && !_allowPartial)
                throw new UnavailableException("query.stopped", $"The query's '{budget}' budget ended it early. AllowPartial() takes what there is; AsPagesAsync() shows it.");
        }
    }

    public async Task<T?> FirstOrDefaultAsync(CancellationToken cancellationToken = default)
    {
        var first = await Take(1).ToListAsync(cancellationToken).ConfigureAwait(false);
        return first.Count == 0 ? default : first[0];
    }

    /// <summary>How many documents match, counted where they are.</summary>
    /// <exception cref="InvalidRequestException"><c>query.count_of_part</c>: Skip and Take have no meaning in a count.</exception>
    public async Task<long> CountAsync(CancellationToken cancellationToken = default)
    {
        if (_ast.Skip > 0 || _ast.Limit is not null)
            throw new InvalidRequestException("query.count_of_part", "A count is of all matching documents; Skip and Take have no meaning in it.", suggestion: "Count without them, or count the list");
        var count = new AggregateQuery { From = _ast.From, At = _ast.At, Where = _ast.Where, Budget = _ast.Budget, Compute = [new("count", new Accumulator(AccumulatorFunction.Count))] };
        var result = await QueryReader.ReadAllAsync(_scope, count, StoredDocumentMapper.Instance, _allowPartial, cancellationToken).ConfigureAwait(false);
        var row = result.Value ?? result[0].Fields;
        return row["count"].AsInt64();
    }

    /// <summary>What the database would do and why; <paramref name="execute"/> runs it and shows the work as measured.</summary>
    public Task<Document> ExplainAsync(bool execute = false, CancellationToken cancellationToken = default) => QueryReader.ExplainAsync(_scope, _ast, execute, cancellationToken);

    public ScanQuery ToAst() => _ast;

    /// <summary>The query as JSON, as the command line takes it.</summary>
    public string ToJson() => LiquidJson.Write(_ast);

    private IngoQuery<T> With(ScanQuery ast) => new(_scope, _mapper, ast, _allowPartial);

    private FieldPath Path(LambdaExpression member) => FilterTranslator.PathOf(member, _mapper.Names);
}
