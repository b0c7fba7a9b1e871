// Documents as JSON, both ways, so that every value comes back as the kind that it was (escapes: JsonEscapes.cs).
//
//   read    integers that fit are Int64, larger ones UInt64, every other number is a Double
//   write   a Double that is whole keeps its point (5.0), so that it does not come back as an Int64;
//           a UInt64 that an Int64 could hold is {"$u64":"5"}; _version is a string, since it exceeds 2^53
//
// Output escapes only what JSON demands: it goes to files, terminals and agents, not into HTML.

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IngoDB.Model;

/// <summary>Documents as JSON: plain values, integers that fit become Int64, the escapes $uuid $date $bytes $i64 $u64 $decimal keep types.</summary>
public static class DocumentJson
{
    /// <summary>How this class itself writes; for callers that bring their own writer.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A document with its <c>_id</c> taken out (null when it has none).</summary>
    /// <exception cref="InvalidRequestException">Not an object, a duplicate field, a limit of RowFormat, a bad escape, or a <c>_version</c> (that is not the caller's to write).</exception>
    public static (DocumentId? Id, Document Fields) ReadWithId(ReadOnlySpan<byte> utf8Json) => ReservedFields.TakeId(Read(utf8Json));

    public static Document Read(ReadOnlySpan<byte> utf8Json) => JsonDocumentReader.ReadDocument(utf8Json, RowFormat.NestingMax);

    /// <summary>The value that the reader stands on; afterwards it stands on the value's last token.</summary>
    public static Value ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.None) reader.Read();
        return JsonDocumentReader.ReadValue(ref reader, RowFormat.NestingMax);
    }

    public static void Write(Utf8JsonWriter writer, in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Null: writer.WriteNullValue(); break;
            case ValueKind.Bool: writer.WriteBooleanValue(value.AsBool()); break;
            case ValueKind.Int64: writer.WriteNumberValue(value.AsInt64()); break;
            case ValueKind.UInt64 when value.AsUInt64() > long.MaxValue: writer.WriteNumberValue(value.AsUInt64()); break;
            case ValueKind.UInt64: WriteEscape(writer, JsonEscapes.UInt64, value.AsUInt64().ToString(CultureInfo.InvariantCulture)); break;
            case ValueKind.Double when double.IsFinite(value.AsDouble()): writer.WriteRawValue(ValueText.FormatDouble(value.AsDouble()), skipInputValidation: true); break;
            case ValueKind.Double: WriteEscape(writer, JsonEscapes.Double, ValueText.FormatDouble(value.AsDouble())); break;
            case ValueKind.Decimal: WriteEscape(writer, JsonEscapes.Decimal, ValueText.FormatDecimal(value.AsDecimal())); break;
            case ValueKind.String: writer.WriteStringValue(value.AsString()); break;
            case ValueKind.Bytes: WriteEscape(writer, JsonEscapes.Bytes, Convert.ToBase64String(value.AsBytes().Span)); break;
            case ValueKind.Uuid: WriteEscape(writer, JsonEscapes.Uuid, value.AsUuid().ToString()); break;
            case ValueKind.Timestamp: WriteEscape(writer, JsonEscapes.Date, ValueText.FormatTimestamp(value.AsTimestampTicks())); break;
            case ValueKind.Array: WriteArray(writer, value.AsArray().Span); break;
            case ValueKind.Document: WriteNested(writer, value.AsDocument()); break;
            default: Invariant.Violated("a missing value has no JSON"); break;
        }
    }

    /// <summary><c>_id</c> and <c>_version</c> (a string: it exceeds 2^53) first, then the fields.</summary>
    public static void Write(Utf8JsonWriter writer, StoredDocument document)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(FieldNames.Id);
        Write(writer, document.Id.ToValue());
        writer.WriteString(FieldNames.Version, document.Version.ToString());
        WriteFields(writer, document.Fields);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, Document document)
    {
        writer.WriteStartObject();
        WriteFields(writer, document);
        writer.WriteEndObject();
    }

    public static string ToJson(StoredDocument document) => ToJson(document, static (writer, d) => Write(writer, d));

    public static string ToJson(Document document) => ToJson(document, static (writer, d) => Write(writer, d));

    public static string ToJson(Value value) => ToJson(value, static (writer, v) => Write(writer, v));

    private static string ToJson<T>(T item, Action<Utf8JsonWriter, T> write)
    {
        var target = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(target, WriterOptions)) write(writer, item);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }

    private static void WriteFields(Utf8JsonWriter writer, Document document)
    {
        foreach (var (name, value) in document.Fields)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }
    }

    private static void WriteNested(Utf8JsonWriter writer, Document document)
    {
        if (!JsonEscapes.IsEscape(document))
        {
            Write(writer, document);
            return;
        }

        writer.WriteStartObject();
        writer.WritePropertyName(JsonEscapes.Document);
        Write(writer, document);
        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, ReadOnlySpan<Value> elements)
    {
        writer.WriteStartArray();
        foreach (ref readonly var element in elements) Write(writer, element);
        writer.WriteEndArray();
    }

    private static void WriteEscape(Utf8JsonWriter writer, string name, string text)
    {
        writer.WriteStartObject();
        writer.WriteString(name, text);
        writer.WriteEndObject();
    }
}
