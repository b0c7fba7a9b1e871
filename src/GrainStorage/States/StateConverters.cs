// What the serializer's own converters lose: NaN and the infinities, which JSON has no number for; the order of a stack, which comes
// back upside down; and members of type object, which come back as JSON elements instead of values.

using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IngoDB.GrainStorage.States;

/// <summary>Floating point for writing: 5.0 stays a Double, and NaN and the infinities are written by name.</summary>
internal sealed class NamedNumbers<T> : JsonConverter<T>
    where T : struct, IBinaryFloatingPointIeee754<T>
{
    private const double WholeMax = 1e15;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("These options only write.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (!T.IsFinite(value))
        {
            writer.WriteStartObject();
            writer.WriteString("$double", double.CreateChecked(value).ToString(CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }
        else if (T.IsInteger(value) && Math.Abs(double.CreateChecked(value)) < WholeMax) writer.WriteRawValue(value.ToString("F1", CultureInfo.InvariantCulture), skipInputValidation: true);
        else writer.WriteRawValue(WithPoint(value.ToString("R", CultureInfo.InvariantCulture)), skipInputValidation: true);
    }

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString("R", CultureInfo.InvariantCulture));

    private static string WithPoint(string text) => text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
}

/// <summary>Stacks in the order in which they are enumerated, and filled from the other end.</summary>
internal sealed class StackConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Stack<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
        => (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Stack<T>>
    {
        public override Stack<T>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var items = JsonSerializer.Deserialize<T[]>(ref reader, options);
            if (items is null) return null;
            Array.Reverse(items);
            return new(items);
        }

        public override void Write(Utf8JsonWriter writer, Stack<T> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.ToArray(), options);
    }
}

/// <summary>Members of type object: numbers, texts, lists and dictionaries of them.</summary>
internal sealed class AnyValueConverter : JsonConverter<object>
{
    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => reader.TryGetInt64(out var whole) ? whole : reader.GetDouble(),
        JsonTokenType.StartArray => JsonSerializer.Deserialize<List<object?>>(ref reader, options),
        _ => JsonSerializer.Deserialize<Dictionary<string, object?>>(ref reader, options),
    };

    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        if (value.GetType() == typeof(object))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
