// JSON has fewer types than a document. A value that JSON cannot carry is an object with one field, whose name says
// the type; everything else is plain. So every value comes back as the kind that it was:
//
//   {"$uuid":"0195b7a0-0000-7000-8000-000000000000"}      {"$i64":"5"}      {"$decimal":"19.90"}
//   {"$date":"2024-02-29T12:00:00.5Z"}                    {"$u64":"5"}      {"$double":"NaN"}
//   {"$bytes":"AAEC"}                                     {"$document":{"$date":"a real field named $date"}}
//
// $double is for what JSON has no number for (NaN, Infinity, -Infinity); $document for a document that would be
// taken for an escape.

using System.Buffers.Text;
using System.Globalization;

namespace IngoDB.Model;

/// <summary>The typed escapes of JSON values.</summary>
internal static class JsonEscapes
{
    public const string Uuid = "$uuid";
    public const string Date = "$date";
    public const string Bytes = "$bytes";
    public const string Int64 = "$i64";
    public const string UInt64 = "$u64";
    public const string Decimal = "$decimal";
    public const string Double = "$double";
    public const string Document = "$document";

    private static readonly string[] Names = [Uuid, Date, Bytes, Int64, UInt64, Decimal, Double, Document];

    /// <summary>An object with these fields is read as a typed value, not as a document.</summary>
    public static bool IsEscape(Document document) => document.Count == 1 && IsName(document.Fields[0].Key);

    public static bool IsName(string name) => Names.AsSpan().Contains(name);

    /// <exception cref="InvalidRequestException"><c>json.bad_escape</c>.</exception>
    public static Value Read(string name, in Value inner)
    {
        if (name == Document && inner.Kind == ValueKind.Document) return inner;
        if (inner.Kind != ValueKind.String) throw Bad(name);
        var text = inner.AsString();
        return name switch
        {
            Uuid when ValueText.TryParseUuid(text, out var uuid) => Value.From(uuid),
            Date when ValueText.TryParseTimestamp(text, out var time) => Value.From(time),
            Bytes when Base64.IsValid(text) => Value.From(Convert.FromBase64String(text)),
            Int64 when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => Value.From(number),
            UInt64 when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => Value.From(number),
            Decimal when ValueText.TryParseDecimal(text, out var number) => Value.From(number),
            Double when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => Value.From(number),
            _ => throw Bad(name),
        };
    }

    private static InvalidRequestException Bad(string name)
        => new("json.bad_escape", $"What stands in {name} is not of that type.", pointer: "/" + name, suggestion: "Without the escape it is an ordinary value", example: name switch
        {
            Uuid => """{"$uuid":"0195b7a0-0000-7000-8000-000000000000"}""",
            Date => """{"$date":"2024-02-29T12:00:00Z"}""",
            Bytes => """{"$bytes":"AAEC"}""",
            Decimal => """{"$decimal":"19.90"}""",
            Double => """{"$double":"NaN"}""",
            Document => """{"$document":{"$date":"a field named $date"}}""",
            _ => $$"""{"{{name}}":"5"}""",
        });
}
