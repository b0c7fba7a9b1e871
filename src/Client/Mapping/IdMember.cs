using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>The property of a user's type that holds its <c>_id</c>: a Guid or a string.</summary>
internal sealed class IdMember(JsonPropertyInfo property)
{
    public static IdMember? Of(JsonTypeInfo info) => Find(info) is { } property ? new IdMember(property) : null;

    /// <summary>The one whose JSON name is <c>_id</c>, else the one called <c>Id</c>.</summary>
    /// <exception cref="InvalidRequestException">It can hold no id.</exception>
    public static JsonPropertyInfo? Find(JsonTypeInfo info)
    {
        var found = info.Properties.FirstOrDefault(property => property.Name == FieldNames.Id)
            ?? info.Properties.FirstOrDefault(property => (property.AttributeProvider as MemberInfo)?.Name is "Id" or "_id" || (property.AttributeProvider is null && property.Name is "Id" or "id"));
        if (found is null || TypeOf(found) is var type && (type == typeof(Guid) || type == typeof(string) || type == typeof(DocumentId))) return found;
        throw new InvalidRequestException("collection.bad_id_type", $"{info.Type.Name}.{found.Name} is a {found.PropertyType.Name}; an _id is a Guid or a string.", suggestion: "Make it a Guid or string, or put [JsonPropertyName(\"_id\")] on another property");
    }

    /// <summary>Set already: not null, and not the empty Guid. What is not set is not written, and the client makes an id.</summary>
    public static bool IsSet(object? id) => id is not null && (id is not Guid guid || guid != Guid.Empty);

    /// <summary>Tells the item the id that was made for it, if it can be told; a string property holds the text, so that the document is found again by it.</summary>
    public DocumentId Assign(object item, DocumentId made)
    {
        var held = TypeOf(property) == typeof(string) ? new DocumentId(made.ToString()) : made;
        if (property.Set is { } set && !item.GetType().IsValueType) set(item, held.IsString ? held.Text : held.Uuid);
        return held;
    }

    private static Type TypeOf(JsonPropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
}
