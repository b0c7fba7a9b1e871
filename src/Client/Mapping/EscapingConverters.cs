// Only for writing: what JSON has no kind for is written with the escapes of the document's JSON form, so that a
// Guid is stored as a Uuid and not as a string that looks like one. Reading never sees these.

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IngoDB.Client.Mapping;

internal static class EscapingConverters
{
    public static IReadOnlyList<JsonConverter> All { get; } =
    [
        new Escaping<Guid>("$uuid", static value => value.ToString()),
        new Escaping<DateTimeOffset>("$date", static value => value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        new Escaping<DateTime>("$date", static value => PlainValues.Utc(value).UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        new Escaping<decimal>("$decimal", static value => value.ToString(CultureInfo.InvariantCulture)),
        new Escaping<byte[]>("$bytes", static value => Convert.ToBase64String(value)),
        new Escaping<ReadOnlyMemory<byte>>("$bytes", static value => Convert.ToBase64String(value.Span)),
        new WholeDoubles(),
        new EnumNames(),
    ];

    private sealed class Escaping<T>(string escape, Func<T, string> text) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => throw new NotSupportedException("These options only write.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString(escape, text(value));
            writer.WriteEndObject();
        }

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(text(value));
    }

    /// <summary>5.0 stays a Double: the serializer alone would write 5, which is an integer.</summary>
    private sealed class WholeDoubles : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
            => throw new NotSupportedException("These options only write.");

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsInteger(value) && Math.Abs(value) < 1e15) writer.WriteRawValue(value.ToString("F1", CultureInfo.InvariantCulture), skipInputValidation: true);
            else writer.WriteNumberValue(value);
        }
    }
}

/// <summary>Enums by name, unless their type brings a converter of its own.</summary>
internal sealed class EnumNames : JsonConverterFactory
{
    private readonly JsonStringEnumConverter _names = new();

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum && !typeToConvert.IsDefined(typeof(JsonConverterAttribute), inherit: false);

    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) => _names.CreateConverter(typeToConvert, options);
}
