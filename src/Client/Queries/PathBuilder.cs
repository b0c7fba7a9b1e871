// A search for paths, put together and sent only by ...Async: like TraverseBuilder immutable, and nothing but its AST with manners.

using IngoDB.Client.Calls;
using IngoDB.Client.Mapping;
using IngoDB.Client.Snapshots;
using IngoDB.Model;

namespace IngoDB.Client.Queries;

/// <summary>The least paths between documents: <c>db.Paths("airports").Start("AUS").Goal("WLG").Hop("_id", "routes", "from").Hop("to", "airports", "_id").Weight("dist").Take(3)</c>. Immutable.</summary>
public sealed class PathBuilder<T>
{
    private readonly ReadScope _scope;
    private readonly IDocumentMapper<T> _mapper;
    private readonly PathQuery _ast;

    internal PathBuilder(ReadScope scope, string from, IDocumentMapper<T> mapper)
        : this(scope, mapper, new PathQuery { From = from, Start = Filter.All, Goal = Filter.All, Hops = [], Depth = LiquidLimits.PathDepthMax })
    {
    }

    private PathBuilder(ReadScope scope, IDocumentMapper<T> mapper, PathQuery ast) => (_scope, _mapper, _ast) = (scope, mapper, ast);

    /// <summary>The documents that a path may begin at.</summary>
    public PathBuilder<T> Start(Filter filter) => With(_ast with { Start = filter });

    public PathBuilder<T> Start(DocumentId id) => Start(Filter.Eq(FieldNames.Id, id.ToValue()));

    /// <summary>The documents that it may end at; looked for where a round of hops ends.</summary>
    public PathBuilder<T> Goal(Filter filter) => With(_ast with { Goal = filter });

    public PathBuilder<T> Goal(DocumentId id) => Goal(Filter.Eq(FieldNames.Id, id.ToValue()));

    /// <summary>One hop more of the round: from the values at <paramref name="field"/> to the documents of <paramref name="toCollection"/> that hold one of them at <paramref name="toField"/>.</summary>
    public PathBuilder<T> Hop(FieldPath field, string toCollection, FieldPath toField, Filter? where = null) => Hop(new Hop(field, new JoinTarget(toCollection, toField)) { Where = where });

    /// <summary>A hop with everything it can have (prune, fanout, label, repetitions).</summary>
    public PathBuilder<T> Hop(Hop hop) => With(_ast with { Hops = [.. _ast.Hops, hop] });

    /// <summary>What is added up over the documents that steps lead to; without it fewer steps are better.</summary>
    public PathBuilder<T> Weight(FieldPath field) => With(_ast with { Weight = field });

    /// <summary>How many paths: 1 to 100.</summary>
    public PathBuilder<T> Take(int count) => With(_ast with { K = count });

    /// <summary>The most steps of a path: 1 to 64.</summary>
    public PathBuilder<T> MaxDepth(int steps) => With(_ast with { Depth = steps });

    public PathBuilder<T> WithBudget(Budget budget) => With(_ast with { Budget = budget });

    /// <summary>Goes on behind a budget: the <see cref="QueryResult{T}.Cursor"/> of the partial result.</summary>
    public PathBuilder<T> From(string cursor) => With(_ast with { Cursor = cursor });

    public PathBuilder<T> At(IngoSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return With(_ast with { At = snapshot.Token });
    }

    /// <summary>Reads the paths (nodes, edges, depth, weight) as another type.</summary>
    public PathBuilder<TPath> As<TPath>() => new(_scope, DocumentMappers.For<TPath>(null), _ast);

    public Task<QueryResult<T>> ToListAsync(CancellationToken cancellationToken = default) => QueryReader.ReadAllAsync(_scope, _ast, _mapper, allowPartial: false, cancellationToken);

    public PathQuery ToAst() => _ast;

    public string ToJson() => LiquidJson.Write(_ast);

    private PathBuilder<T> With(PathQuery ast) => new(_scope, _mapper, ast);
}
