// How deep a text nests is seen before it is read, since a reader that goes down one call a level comes back up one exception a
// level: two hundred of them take longer than a whole request. Here the brackets are counted, texts jumped over:
//
//   {"a":[{"b":"]}"}]}          depth  1 2 3 . . 2 1 0
//
// and only where there are too many is the way to that place read, for its pointer.

using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace IngoDB.Model;

/// <summary>The depth of a JSON text. Whether it is JSON at all is not looked at here.</summary>
internal static class JsonNesting
{
    private static readonly SearchValues<byte> s_brackets = SearchValues.Create("{}[]\""u8);
    private static readonly SearchValues<byte> s_endsOfText = SearchValues.Create("\"\\"u8);

    /// <summary>True when something nests deeper than that.</summary>
    public static bool IsDeeperThan(ReadOnlySpan<byte> json, int nestingMax)
    {
        var depth = 0;
        while (json.IndexOfAny(s_brackets) is >= 0 and var at)
        {
            var found = json[at];
            json = json[(at + 1)..];
            if (found == '"') json = AfterText(json);
            else if (found is (byte)'}' or (byte)']') depth--;
            else if (++depth > nestingMax) return true;
        }

        return false;
    }

    /// <summary>The pointer to the first place that nests deeper; null when there is none, so that brackets were counted in what is no JSON.</summary>
    /// <exception cref="JsonException">It is no JSON up to there.</exception>
    /// <exception cref="InvalidRequestException">A name up to there is no Unicode.</exception>
    public static string? PointerTo(ReadOnlySpan<byte> json, int nestingMax)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = nestingMax + 1 });
        var (names, counts, depth) = (new string?[nestingMax + 2], new int[nestingMax + 2], 0);
        while (depth <= nestingMax && reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    depth--;
                    break;
                case JsonTokenType.PropertyName:
                    names[depth] = JsonDocumentReader.ReadText(ref reader);
                    break;
                default:
                    if (names[depth] is null) counts[depth]++;
                    if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) break;
                    (names[++depth], counts[depth]) = (reader.TokenType == JsonTokenType.StartArray ? null : "", 0);
                    break;
            }
        }

        return depth <= nestingMax ? null : string.Concat(Enumerable.Range(1, depth - 1).Select(level => JsonPointer.Step(names[level] ?? (counts[level] - 1).ToString(CultureInfo.InvariantCulture))));
    }

    private static ReadOnlySpan<byte> AfterText(ReadOnlySpan<byte> json)
    {
        while (json.IndexOfAny(s_endsOfText) is >= 0 and var at)
        {
            if (json[at] == '"') return json[(at + 1)..];
            json = json[Math.Min(at + 2, json.Length)..];
        }

        return [];
    }
}
