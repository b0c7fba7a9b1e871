using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using IngoDB.Model;

namespace IngoDB.Cli.Output;

/// <summary>A value as a person reads it: without the escapes that keep types in JSON.</summary>
internal static class CellText
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(in Value value) => value.Kind switch
    {
        ValueKind.Missing => "",
        ValueKind.String => value.AsString(),
        ValueKind.Uuid => value.AsUuid().ToString(),
        ValueKind.Timestamp => value.AsTimestamp().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture),
        ValueKind.Decimal => value.AsDecimal().ToString(CultureInfo.InvariantCulture),
        ValueKind.UInt64 => value.AsUInt64().ToString(CultureInfo.InvariantCulture),
        _ => Json(value),
    };

    private static string Json(Value value)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, s_options)) DocumentJson.Write(writer, value);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
