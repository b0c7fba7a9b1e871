// Reads JSON into values, in one pass over the bytes and without an intermediate tree. Numbers keep what their text
// says: no point and no exponent is an integer (Int64, or UInt64 where only that fits), all else is a Double. Names
// that stand twice, half surrogate pairs and numbers out of range are refused, never repaired. An error knows where
// it happened: each level that it passes on its way out puts its own segment before the JSON pointer.

using System.Globalization;
using System.Text.Json;

namespace IngoDB.Model;

/// <summary>From UTF-8 JSON to values.</summary>
internal static class JsonDocumentReader
{
    /// <summary>Reads one document and demands that nothing follows it.</summary>
    public static Document ReadDocument(ReadOnlySpan<byte> utf8Json, int nestingMax)
    {
        // Escapes add two levels that a document does not have; the limit of documents is checked while reading.
        var depthMax = nestingMax + 8;
        var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = depthMax });
        try
        {
            if (JsonNesting.IsDeeperThan(utf8Json, depthMax) && JsonNesting.PointerTo(utf8Json, depthMax) is { } tooDeep) throw TooDeep(tooDeep);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new InvalidRequestException("json.not_an_object", "A document is a JSON object.", example: """{"_id":"AUS","city":"Austin"}""");
            var document = ReadFields(ref reader, nestingMax - 1);
            while (reader.Read()) Invariant.Holds(reader.TokenType == JsonTokenType.Comment);
            return document;
        }
        catch (JsonException error)
        {
            throw NotJson($"Not JSON: {error.Message}");
        }
    }

    /// <summary>Reads the value that the reader stands on.</summary>
    public static Value ReadValue(ref Utf8JsonReader reader, int levelsLeft) => reader.TokenType switch
    {
        JsonTokenType.Null => Value.Null,
        JsonTokenType.True => Value.From(true),
        JsonTokenType.False => Value.From(false),
        JsonTokenType.Number => ReadNumber(ref reader),
        JsonTokenType.String => Value.From(ReadText(ref reader)),
        JsonTokenType.StartArray => ReadArray(ref reader, levelsLeft - 1),
        JsonTokenType.StartObject when StandsBeforeEscape(reader) => ReadEscape(ref reader, levelsLeft - 1),
        JsonTokenType.StartObject => Value.From(ReadFields(ref reader, levelsLeft - 1)),
        _ => throw NotJson($"A value was expected, not {reader.TokenType}."),
    };

    private static InvalidRequestException NotJson(string message)
        => new("json.invalid", message, suggestion: "Names and texts in double quotes, no comment, no comma behind the last; what JSON cannot say has an escape", example: """{"when":{"$date":"2024-01-01"},"ratio":{"$double":"NaN"}}""");

    /// <summary>An escape is an object of one field with one of the known names; a copy of the reader looks ahead.</summary>
    private static bool StandsBeforeEscape(Utf8JsonReader ahead)
    {
        if (!ahead.Read() || ahead.TokenType != JsonTokenType.PropertyName || ahead.ValueSpan.IsEmpty || ahead.ValueSpan[0] != '$') return false;
        return JsonEscapes.IsName(ReadText(ref ahead)) && ahead.Read() && ahead.TrySkip() && ahead.Read() && ahead.TokenType == JsonTokenType.EndObject;
    }

    private static Value ReadEscape(ref Utf8JsonReader reader, int levelsLeft)
    {
        reader.Read();
        var name = ReadText(ref reader);
        reader.Read();
        var inner = name == JsonEscapes.Document && reader.TokenType == JsonTokenType.StartObject
            ? Value.From(ReadFields(ref reader, levelsLeft))
            : ReadValue(ref reader, levelsLeft);
        reader.Read();
        return JsonEscapes.Read(name, inner);
    }

    private static Document ReadFields(ref Utf8JsonReader reader, int levelsLeft)
    {
        CheckDepth(levelsLeft);
        var fields = new DocumentBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = ReadText(ref reader);
            try
            {
                reader.Read();
                fields.Add(name, ReadValue(ref reader, levelsLeft));
            }
            catch (InvalidRequestException error)
            {
                throw JsonPointer.Under(name, error);
            }
        }

        return fields.Build();
    }

    private static Value ReadArray(ref Utf8JsonReader reader, int levelsLeft)
    {
        CheckDepth(levelsLeft);
        var elements = new List<Value>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            try
            {
                elements.Add(ReadValue(ref reader, levelsLeft));
            }
            catch (InvalidRequestException error)
            {
                throw JsonPointer.Under(elements.Count.ToString(CultureInfo.InvariantCulture), error);
            }
        }

        return Value.From([.. elements]);
    }

    private static Value ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var integer)) return Value.From(integer);
        if (reader.TryGetUInt64(out var unsigned)) return Value.From(unsigned);
        return reader.TryGetDouble(out var number) && double.IsFinite(number)
            ? Value.From(number)
            : throw new InvalidRequestException("json.number_out_of_range", "A number is larger than a double can hold.", suggestion: "$decimal, or a string");
    }

    /// <summary>The name or text that the reader stands on.</summary>
    /// <exception cref="InvalidRequestException">It is no Unicode.</exception>
    internal static string ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The reader's word for escapes such as "\ud800" that stand for half a character, and for bytes that are not UTF-8.
            throw UnicodeText.BadUnicode("A string");
        }
    }

    private static void CheckDepth(int levelsLeft)
    {
        if (levelsLeft < 0) throw TooDeep("");
    }

    private static InvalidRequestException TooDeep(string pointer)
        => new("document.too_deep", $"Arrays and documents nest at most {RowFormat.NestingMax} deep, the document itself included.", pointer, suggestion: "Flatten it");
}
