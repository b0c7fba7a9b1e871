// Documents for those who have no type for them: JSON trees. What JSON has no kind for keeps its type by the escapes of the
// document's JSON form. There are no members here, so a lambda over a tree has no paths.

using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>Documents as JSON trees, with the escapes of the JSON form ($uuid, $date, ...) so that nothing loses its type.</summary>
internal sealed class JsonObjectMapper<T> : IDocumentMapper<T>, IMemberNames
    where T : JsonNode
{
    public IMemberNames Names => this;

    public (DocumentId? Id, Document Fields) ToDocument(T item)
    {
        if (item is not JsonObject tree)
            throw new InvalidRequestException("document.not_an_object", "A document is a JSON object.", example: """{"_id":"AUS","city":"Austin"}""");
        if (!tree.ContainsKey(FieldNames.Version)) return DocumentJson.ReadWithId(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(tree));
        var unversioned = (JsonObject)tree.DeepClone();
        unversioned.Remove(FieldNames.Version);
        return DocumentJson.ReadWithId(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(unversioned));
    }

    public DocumentId AssignId(T item, DocumentId made)
    {
        item[FieldNames.Id] = new JsonObject { ["$uuid"] = made.ToString() };
        return made;
    }

    public T FromDocument(StoredDocument document)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes)) DocumentJson.Write(writer, document);
        return (T)JsonNode.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length))!;
    }

    public string? FieldOf(Type declaring, MemberInfo member) => null;

    public object? FromValue(in Value value, Type type) => ValueReader.Read(value, type, JsonSerializerOptions.Web);

    public Value ValueOf(object? constant, Type type) => PlainValues.From(constant) ?? throw PlainValues.NotAValue(type);
}
