using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The joins of a traversal inside one engine: each is a query of its own, planned, and told to the statistics as an edge.</summary>
internal sealed class EngineJoinSource(QueryEngine queries, EngineState state, ReadPoint at, Func<string, CollectionId?> collections) : IJoinSource
{
    public async IAsyncEnumerable<GraphNode> StartAsync(string collection, Filter? where, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (collections(collection) is not { } id) yield break;
        using var found = queries.Scan(state, at, new(id) { Where = where }, lease: null, cancellationToken);
        while (found.MoveNext()) yield return GraphNode.Of(found);
    }

    public async IAsyncEnumerable<GraphNode> JoinAsync(string collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (collections(collection) is not { } id) yield break;
        using var found = queries.Join(state, at, id, field, values, where, lease: null, cancellationToken);
        while (found.MoveNext()) yield return GraphNode.Of(found);
    }
}
