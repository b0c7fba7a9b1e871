// The serializer's own converters read Guids, dates, bytes and decimals from plain JSON strings and numbers.
// Documents for typed objects are therefore written without the escapes ($uuid, $date, ...) that keep types
// elsewhere: the property's type says what the escape would.

using System.Text.Json;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>Documents as JSON without escapes: what the serializer's own converters for Guid, dates, bytes and decimals read.</summary>
internal static class PlainJson
{
    public static void Write(Utf8JsonWriter writer, StoredDocument document, bool withId, bool withVersion)
    {
        writer.WriteStartObject();
        if (withId) writer.WriteString(FieldNames.Id, document.Id.ToString());
        if (withVersion) writer.WriteString(FieldNames.Version, document.Version.ToString());
        foreach (var (name, value) in document.Fields.Fields)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Bool: writer.WriteBooleanValue(value.AsBool()); break;
            case ValueKind.Int64: writer.WriteNumberValue(value.AsInt64()); break;
            case ValueKind.UInt64: writer.WriteNumberValue(value.AsUInt64()); break;
            case ValueKind.Double when double.IsFinite(value.AsDouble()): writer.WriteNumberValue(value.AsDouble()); break;
            case ValueKind.Double: writer.WriteStringValue(value.AsDouble().ToString(System.Globalization.CultureInfo.InvariantCulture)); break;
            case ValueKind.Decimal: writer.WriteNumberValue(value.AsDecimal()); break;
            case ValueKind.String: writer.WriteStringValue(value.AsString()); break;
            case ValueKind.Bytes: writer.WriteBase64StringValue(value.AsBytes().Span); break;
            case ValueKind.Uuid: writer.WriteStringValue(value.AsUuid()); break;
            case ValueKind.Timestamp: writer.WriteStringValue(value.AsTimestamp().UtcDateTime); break; // Z, so that a DateTime is UTC again, not local
            case ValueKind.Array: WriteArray(writer, value.AsArray().Span); break;
            case ValueKind.Document: WriteNested(writer, value.AsDocument()); break;
            default: writer.WriteNullValue(); break;
        }
    }

    private static void WriteArray(Utf8JsonWriter writer, ReadOnlySpan<Value> elements)
    {
        writer.WriteStartArray();
        foreach (ref readonly var element in elements) Write(writer, element);
        writer.WriteEndArray();
    }

    private static void WriteNested(Utf8JsonWriter writer, Document document)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in document.Fields)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }
}
