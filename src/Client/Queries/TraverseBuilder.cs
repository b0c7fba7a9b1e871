// A traversal, put together hop by hop and sent only by ...Async. Like IngoQuery it is immutable and nothing but its
// AST with manners; the documents of all hops come back in one list, by depth.

using IngoDB.Client.Calls;
using IngoDB.Client.Mapping;
using IngoDB.Client.Snapshots;
using IngoDB.Model;

namespace IngoDB.Client.Queries;

/// <summary>A walk along join values, built step by step: <c>db.Traverse("airports").Start(...).Hop("_id", "routes", "from").Hop("to", "airports", "_id")</c>. Immutable.</summary>
public sealed class TraverseBuilder<T>
{
    private readonly ReadScope _scope;
    private readonly IDocumentMapper<T> _mapper;
    private readonly TraverseQuery _ast;
    private readonly bool _allowPartial;

    internal TraverseBuilder(ReadScope scope, string from, IDocumentMapper<T> mapper)
        : this(scope, mapper, new TraverseQuery { From = from, Hops = [] }, allowPartial: false)
    {
    }

    private TraverseBuilder(ReadScope scope, IDocumentMapper<T> mapper, TraverseQuery ast, bool allowPartial)
        => (_scope, _mapper, _ast, _allowPartial) = (scope, mapper, ast, allowPartial);

    /// <summary>The documents to start from; without it all of them.</summary>
    public TraverseBuilder<T> Start(Filter filter) => With(_ast with { Start = filter });

    public TraverseBuilder<T> Start(params DocumentId[] ids) => Start(Filter.In(FieldNames.Id, [.. ids.Select(id => id.ToValue())]));

    /// <summary>From the values at <paramref name="field"/> to the documents of <paramref name="toCollection"/> that hold one of them at <paramref name="toField"/>; repeated <paramref name="min"/> to <paramref name="max"/> times.</summary>
    public TraverseBuilder<T> Hop(FieldPath field, string toCollection, FieldPath toField, Filter? where = null, int min = 1, int max = 1)
        => Hop(new Hop(field, new JoinTarget(toCollection, toField)) { Where = where, Min = min, Max = max });

    /// <summary>A hop with everything it can have (prune, fanout, label).</summary>
    public TraverseBuilder<T> Hop(Hop hop) => With(_ast with { Hops = [.. _ast.Hops, hop] });

    public TraverseBuilder<T> Emit(EmitMode mode) => With(_ast with { Emit = mode });

    public TraverseBuilder<T> Unique(UniqueMode mode) => With(_ast with { Unique = mode });

    public TraverseBuilder<T> DepthFirst() => With(_ast with { Order = TraverseOrder.Dfs });

    public TraverseBuilder<T> Select(params FieldPath[] fields) => With(_ast with { Select = fields });

    /// <summary>Of results that are equal in all that is selected only the first: airports that flights lead to, instead of flights.</summary>
    public TraverseBuilder<T> Distinct() => With(_ast with { Distinct = true });

    public TraverseBuilder<T> Take(int count) => With(_ast with { Limit = count });

    public TraverseBuilder<T> WithBudget(Budget budget) => With(_ast with { Budget = budget });

    public TraverseBuilder<T> At(IngoSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return With(_ast with { At = snapshot.Token });
    }

    /// <summary>Takes what the reachable partitions have, instead of an exception when some are missing.</summary>
    public TraverseBuilder<T> AllowPartial() => new(_scope, _mapper, _ast, allowPartial: true);

    /// <summary>Reads what it finds as another type.</summary>
    public TraverseBuilder<TNode> As<TNode>() => new(_scope, DocumentMappers.For<TNode>(null), _ast, _allowPartial);

    public Task<QueryResult<T>> ToListAsync(CancellationToken cancellationToken = default) => QueryReader.ReadAllAsync(_scope, _ast, _mapper, _allowPartial, cancellationToken);

    public IAsyncEnumerable<QueryResult<T>> AsPagesAsync(CancellationToken cancellationToken = default)
        => QueryReader.ReadPagesAsync(_scope, _ast, _mapper, _allowPartial, cancellationToken);

    public Task<Document> ExplainAsync(bool execute = false, CancellationToken cancellationToken = default) => QueryReader.ExplainAsync(_scope, _ast, execute, cancellationToken);

    public TraverseQuery ToAst() => _ast;

    public string ToJson() => LiquidJson.Write(_ast);

    private TraverseBuilder<T> With(TraverseQuery ast) => new(_scope, _mapper, ast, _allowPartial);
}
