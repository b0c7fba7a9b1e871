using System.Buffers;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Tests.Querying;

/// <summary>Collections as plain lists, joined by looking at every document.</summary>
internal sealed class ListSource(params (string Name, IReadOnlyList<StoredDocument> Documents)[] collections) : IJoinSource
{
    private readonly Dictionary<(string Collection, FieldPath Field), ILookup<Value, StoredDocument>> _lookups = [];

    public async IAsyncEnumerable<GraphNode> StartAsync(string collection, Filter? where, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var document in Of(collection))
            if (FilterEvaluator.Matches(where, document)) yield return Node(document);
    }

    public async IAsyncEnumerable<GraphNode> JoinAsync(string collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        var lookup = LookupOf(collection, field);
        foreach (var document in values.SelectMany(value => lookup[value]).Distinct(ReferenceEqualityComparer.Instance).Cast<StoredDocument>())
            if (FilterEvaluator.Matches(where, document)) yield return Node(document);
    }

    private IReadOnlyList<StoredDocument> Of(string collection) => collections.First(c => c.Name == collection).Documents;

    private ILookup<Value, StoredDocument> LookupOf(string collection, FieldPath field)
    {
        if (_lookups.TryGetValue((collection, field), out var known)) return known;
        var pairs = from document in Of(collection) from value in Elements(field.In(document)) select (value, document);
        return _lookups[(collection, field)] = pairs.ToLookup(pair => pair.value, pair => pair.document);
    }

    private static IEnumerable<Value> Elements(Value value)
        => (value.Kind == ValueKind.Array ? value.AsArray().ToArray() : [value]).Where(element => element.Kind is not (ValueKind.Missing or ValueKind.Null));

    private static GraphNode Node(StoredDocument document)
    {
        var key = new byte[DocumentId.KeyBytesMax];
        var row = new ArrayBufferWriter<byte>();
        RowWriter.Write(document.Fields, row);
        return new(key.AsMemory(0, document.Id.WriteKey(key)), document.Version, Shape.Of(document.Fields), row.WrittenMemory);
    }
}
