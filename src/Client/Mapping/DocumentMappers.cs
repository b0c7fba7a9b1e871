using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>One mapper per type and options: metadata is built once.</summary>
internal static class DocumentMappers
{
    private static readonly JsonSerializerOptions s_default = new(JsonSerializerDefaults.Web);
    private static readonly ConditionalWeakTable<JsonSerializerOptions, ConcurrentDictionary<Type, object>> s_mappers = [];

    public static IDocumentMapper<T> For<T>(JsonSerializerOptions? options)
    {
        if (typeof(T) == typeof(Document))
            throw new InvalidRequestException("collection.bad_type", "A Document has no _id; a collection of them gives StoredDocument.", suggestion: "db.Collection(name)");
        var mappers = s_mappers.GetValue(options ?? s_default, static _ => new());
        return (IDocumentMapper<T>)mappers.GetOrAdd(typeof(T), static (type, source) => Create<T>(type, source), options ?? s_default);
    }

    private static object Create<T>(Type type, JsonSerializerOptions options)
    {
        if (type == typeof(StoredDocument)) return StoredDocumentMapper.Instance;
        if (type == typeof(JsonObject)) return new JsonObjectMapper<JsonObject>();
        if (type == typeof(JsonNode)) return new JsonObjectMapper<JsonNode>();
        return new TypedMapper<T>(options);
    }
}
