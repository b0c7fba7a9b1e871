// A single value of a document as a .NET object: the direct way for what a value can hold anyway, the serializer's for
// everything else. What is missing is the type's default, as it is for a member of a whole object.

using System.Runtime.CompilerServices;
using System.Text.Json;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

internal static class ValueReader
{
    /// <exception cref="JsonException">The value is of another type.</exception>
    public static object? Read(in Value value, Type type, JsonSerializerOptions plain)
    {
        if (type == typeof(Value)) return value;
        if (value.IsMissing) return type.IsValueType && Nullable.GetUnderlyingType(type) is null ? RuntimeHelpers.GetUninitializedObject(type) : null;
        var target = Nullable.GetUnderlyingType(type) ?? type;
        return (value.Kind, Type.GetTypeCode(target)) switch
        {
            (ValueKind.String, TypeCode.String) => value.AsString(),
            (ValueKind.Int64, TypeCode.Int64) when !target.IsEnum => value.AsInt64(),
            (ValueKind.Int64, TypeCode.Int32) when !target.IsEnum && value.AsInt64() is >= int.MinValue and <= int.MaxValue and var number => (int)number,
            (ValueKind.Double, TypeCode.Double) => value.AsDouble(),
            (ValueKind.Bool, TypeCode.Boolean) => value.AsBool(),
            _ when target == typeof(DocumentId) => value.Kind == ValueKind.Uuid ? new DocumentId(value.AsUuid()) : new DocumentId(value.AsString()),
            _ => ByJson(value, type, plain),
        };
    }

    private static object? ByJson(in Value value, Type type, JsonSerializerOptions plain)
    {
        using var buffer = new PooledJson();
        PlainJson.Write(buffer.Writer, value);
        buffer.Writer.Flush();
        return JsonSerializer.Deserialize(buffer.Written, plain.GetTypeInfo(type));
    }
}
