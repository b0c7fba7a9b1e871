// Which documents hold one of some values at a field: what naive walks, paths and includes ask again and again. All documents are
// looked at once for each field and kept by value, so that a naive walk over tens of thousands of documents comes to an end.

using System.Collections.Concurrent;
using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>Plain documents by collection, and by what they hold. Thread-safe; the documents do not change.</summary>
public sealed class ReferenceJoins(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> collections)
{
    private readonly ConcurrentDictionary<(string Collection, string Field), Lazy<ILookup<Value, StoredDocument>>> _byValue = new();
    private readonly ConcurrentDictionary<string, Lazy<Dictionary<DocumentId, StoredDocument>>> _byId = new();

    public IReadOnlyList<StoredDocument> Of(string collection) => collections.TryGetValue(collection, out var documents) ? documents : [];

    public StoredDocument? Find(string collection, DocumentId id)
        => _byId.GetOrAdd(collection, name => new(() => Of(name).ToDictionary(document => document.Id))).Value.GetValueOrDefault(id);

    /// <summary>Each document once, by id.</summary>
    public IEnumerable<StoredDocument> Holding(string collection, FieldPath field, IEnumerable<Value> values)
    {
        var documents = _byValue.GetOrAdd((collection, field.Text), _ => new(() => ByValue(collection, field))).Value;
        return values.Distinct().SelectMany(value => documents[value]).DistinctBy(document => document.Id).OrderBy(document => document.Id);
    }

    /// <summary>The values that a document joins by: those of an array, never null or missing.</summary>
    public static IEnumerable<Value> Elements(FieldPath path, StoredDocument document)
    {
        var value = path.WithoutFanOut.In(document);
        return (value.Kind == ValueKind.Array ? value.AsArray().ToArray() : [value]).Where(element => element.Kind is not (ValueKind.Missing or ValueKind.Null));
    }

    private ILookup<Value, StoredDocument> ByValue(string collection, FieldPath field)
        => Of(collection).SelectMany(document => Elements(field, document).Distinct().Select(value => (value, document))).ToLookup(pair => pair.value, pair => pair.document);
}
