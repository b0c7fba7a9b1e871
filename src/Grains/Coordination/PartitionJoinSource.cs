// Where a traversal over many partitions gets its documents: one message per partition and hop, never one per vertex. Join
// values that are ids go to the partitions that have them; other values go to all, each partition doing its share of the
// semi-join. All at one snapshot.

using System.Runtime.CompilerServices;
using IngoDB.Abstractions;
using IngoDB.Engine.Querying;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>The partitions as a source of joins. One traversal; one step at a time.</summary>
internal sealed class PartitionJoinSource(DocumentVersion snapshot, IReadOnlyDictionary<string, uint> collections) : IJoinSource
{
    private const int ValuesPerMessageMax = 10_000;
    private const int PageBytes = 256 << 10;

    /// <summary>The request that asks for the next page: its deadline, and what it had to do without.</summary>
    public required RequestScope Scope { get; set; }

    public async IAsyncEnumerable<GraphNode> StartAsync(string collection, Filter? where, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = LiquidBinary.Write(new ScanQuery { From = collection, Where = where });
        var sources = new List<PartitionSource>();
        foreach (var partition in Scope.Present(IdScope.PartitionsOf(Scope.Map, where)))
        {
            var scan = QueryCoordinator.NewScan();
            sources.Add(SourceOf(after => Scope.TryAskAsync(partition, grain => grain.ScanAsync(new() { Query = query, CollectionId = collections[collection], Snapshot = snapshot.Raw, After = after, PageBytes = PageBytes, Scan = scan }, Scope.Cancellation), static page => page.Fault)));
        }

        await foreach (var node in NodesOf(sources).ConfigureAwait(false)) yield return node;
    }

    public async IAsyncEnumerable<GraphNode> JoinAsync(string collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = LiquidBinary.Write(new ScanQuery { From = collection, Where = where });
        var messages = field.IsId ? ByOwner(values) : ToAll(values);
        var sources = messages.Select(message => JoinOf(message.Partition, collections[collection], field, message.Values, query)).ToList();

        // An array may hold values of two messages to one partition; its document still comes once.
        var seen = field.IsId || values.Count <= ValuesPerMessageMax ? null : new HashSet<DocumentId>();
        await foreach (var node in NodesOf(sources).ConfigureAwait(false))
            if (seen is null || seen.Add(node.Id)) yield return node;
    }

    private PartitionSource JoinOf(int partition, uint collection, FieldPath field, Value[] values, byte[] query)
    {
        var scan = QueryCoordinator.NewScan();
        var list = SingleDocument.Write(Document.Of(("values", Value.From(values))));
        return SourceOf(after => Scope.TryAskAsync(partition, grain => grain.JoinAsync(new() { CollectionId = collection, Field = field.Text, Values = list, Query = query, Snapshot = snapshot.Raw, After = after, PageBytes = PageBytes, Scan = scan }, Scope.Cancellation), static page => page.Fault));
    }

    private static PartitionSource SourceOf(Func<byte[], ValueTask<PartitionPage?>> ask) => new((after, _) => ask(after).AsTask(), after: [], limit: 0);

    private static async IAsyncEnumerable<GraphNode> NodesOf(IReadOnlyList<PartitionSource> sources)
    {
        var first = await Task.WhenAll(sources.Select(source => source.FetchAsync().AsTask())).ConfigureAwait(false);
        for (var i = 0; i < sources.Count; i++)
        {
            for (var more = first[i]; more; more = sources[i].TryMoveNext() || await sources[i].FetchAsync().ConfigureAwait(false))
            {
                var at = sources[i].Current;
                yield return new(at.IdKey.ToArray(), at.Version, at.Shape, at.Row.ToArray());
            }
        }
    }

    private IEnumerable<(int Partition, Value[] Values)> ByOwner(IReadOnlyCollection<Value> values)
    {
        var owned = new SortedDictionary<int, List<Value>>();
        foreach (var value in values)
        {
            if (IdOf(value) is not { } id) continue;
            var partition = PartitionHash.PartitionOf(Scope.Map, IdKeys.KeyOf(id).Span);
            if (!owned.TryGetValue(partition, out var list)) owned[partition] = list = [];
            list.Add(value);
        }

        return Scope.Present(owned.Keys).SelectMany(p => owned[p].Chunk(ValuesPerMessageMax).Select(chunk => (p, chunk)));
    }

    private IEnumerable<(int Partition, Value[] Values)> ToAll(IReadOnlyCollection<Value> values)
        => Scope.Present(Enumerable.Range(0, Scope.Map.Partitions.Count)).SelectMany(p => values.Chunk(ValuesPerMessageMax).Select(chunk => (p, chunk)));

    /// <summary>Null when no document can have the value as its id.</summary>
    private static DocumentId? IdOf(Value value) => value.Kind switch
    {
        ValueKind.Uuid => new(value.AsUuid()),
        ValueKind.String when value.AsString() is { Length: > 0 and <= DocumentId.StringBytesMax } text && System.Text.Encoding.UTF8.GetByteCount(text) <= DocumentId.StringBytesMax => new(text),
        _ => null,
    };
}
