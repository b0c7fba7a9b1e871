// A user's type as documents, by way of its System.Text.Json metadata and UTF-8 JSON in a pooled buffer:
//
//   T ──(escaping options)──► {"_id":{"$uuid":..},"bought":{"$date":..}} ──► Document     types survive
//   T ◄──(plain options)───── {"_id":"0195..","bought":"2026-.."}        ◄── Document     STJ's own converters read it
//
// The two directions need different options: writing marks Guid, dates, decimals and bytes with escapes, so that
// they are stored as what they are; reading shows plain JSON, which every converter a user may have brought
// understands. Converters of the user's options come first in both.

using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

internal sealed class TypedMapper<T> : IDocumentMapper<T>
{
    private readonly JsonTypeInfo<T> _escaping;
    private readonly JsonTypeInfo<T> _plain;
    private readonly IdMember? _id;
    private readonly bool _hasVersion;

    public TypedMapper(JsonSerializerOptions source)
    {
        var escapingOptions = Derive(source, EscapingConverters.All);
        _escaping = (JsonTypeInfo<T>)escapingOptions.GetTypeInfo(typeof(T));
        var plainOptions = Derive(source, [new EnumNames()]);
        _plain = (JsonTypeInfo<T>)plainOptions.GetTypeInfo(typeof(T));
        if (_escaping.Kind != JsonTypeInfoKind.Object)
            throw new InvalidRequestException("collection.bad_type", $"{typeof(T).Name} is not written as a JSON object, so it cannot be a document.", suggestion: "A class or record with properties");
        _id = IdMember.Of(_escaping);
        _hasVersion = _plain.Properties.Any(property => property.Name == FieldNames.Version);
        Names = new JsonMemberNames(escapingOptions, plainOptions);
    }

    public IMemberNames Names { get; }

    public (DocumentId? Id, Document Fields) ToDocument(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        using var buffer = new PooledJson();
        try
        {
            JsonSerializer.Serialize(buffer.Writer, item, _escaping);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException)
        {
            throw new InvalidRequestException("document.not_serializable", $"A {typeof(T).Name} could not be written as JSON: {error.Message}");
        }

        return DocumentJson.ReadWithId(buffer.Written);
    }

    public DocumentId AssignId(T item, DocumentId made) => _id?.Assign(item!, made) ?? made;

    public T FromDocument(StoredDocument document)
    {
        using var buffer = new PooledJson();
        PlainJson.Write(buffer.Writer, document, withId: _id is not null, _hasVersion);
        buffer.Writer.Flush();
        try
        {
            return JsonSerializer.Deserialize(buffer.Written, _plain)!;
        }
        catch (JsonException error)
        {
            throw new InvalidRequestException("document.not_this_type", $"Document '{document.Id}' is not a {typeof(T).Name}: {error.Message}", error.Path ?? "", "Make the property nullable or of the stored type, or read it as a StoredDocument");
        }
    }

    private static JsonSerializerOptions Derive(JsonSerializerOptions source, IEnumerable<JsonConverter> converters)
    {
        var resolver = source.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver();
        var derived = new JsonSerializerOptions(source) { TypeInfoResolver = resolver.WithAddedModifier(NameTheIdentity) };
        foreach (var converter in converters) derived.Converters.Add(converter);
        return derived;
    }

    /// <summary>The property that is the id is called <c>_id</c>; the version is read, never written.</summary>
    private static void NameTheIdentity(JsonTypeInfo info)
    {
        if (info.Type != typeof(T) || info.Kind != JsonTypeInfoKind.Object) return;
        if (IdMember.Find(info) is { } id)
        {
            id.Name = FieldNames.Id;
            id.ShouldSerialize = static (_, value) => IdMember.IsSet(value);
        }

        foreach (var property in info.Properties)
        {
            if (property.Name != FieldNames.Version) continue;
            property.ShouldSerialize = static (_, _) => false;
            property.NumberHandling = JsonNumberHandling.AllowReadingFromString;
        }
    }
}

/// <summary>Names and constants of .NET as the serializer writes them.</summary>
/// <param name="plain">The options for reading.</param>
internal sealed class JsonMemberNames(JsonSerializerOptions options, JsonSerializerOptions plain) : IMemberNames
{
    public object? FromValue(in Value value, Type type) => ValueReader.Read(value, type, plain);

    public string? FieldOf(Type declaring, MemberInfo member)
    {
        if (options.GetTypeInfo(declaring) is not { Kind: JsonTypeInfoKind.Object } info) return null;
        return info.Properties.FirstOrDefault(property => property.Get is not null && IsSame(property, member))?.Name;
    }

    public Value ValueOf(object? constant, Type type)
    {
        if (PlainValues.From(constant) is { } value) return value;
        using var buffer = new PooledJson();
        JsonSerializer.Serialize(buffer.Writer, constant, options.GetTypeInfo(type));
        var reader = new Utf8JsonReader(buffer.Written);
        reader.Read();
        return DocumentJson.ReadValue(ref reader);
    }

    private bool IsSame(JsonPropertyInfo property, MemberInfo member)
        => property.AttributeProvider is MemberInfo own
            ? own.Name == member.Name
            : property.Name == (options.PropertyNamingPolicy?.ConvertName(member.Name) ?? member.Name);
}
