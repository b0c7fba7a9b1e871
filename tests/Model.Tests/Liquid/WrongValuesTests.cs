// Every place of every valid example is given every sort of wrong value. What comes out is a request, or a refusal that points
// at the place, or at what it makes wrong beside it, and teaches: a suggestion or an example.

using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using IngoDB.Model;

namespace IngoDB.Tests.Liquid;

public sealed class WrongValuesTests
{
    private static readonly string[] Wrong =
        ["null", "true", "5", "-1", "0", "1.5", "1e300", "18446744073709551615", "\"x\"", "\"\"", "\"a..b\"", "\"$\"", "\"a[]\"", "\"../x\"", "\"system:x\"", "[]", "[null]", "[[1]]", "{}", "{\"x\":1}", "{\"$date\":\"soon\"}", "{\"op\":\"eq\"}", "{\"kind\":\"scan\"}"];

    [Fact]
    public void A_wrong_value_anywhere_is_refused_where_it_stands_and_the_refusal_teaches()
    {
        var (tried, refused, wrong) = (0, 0, new List<string>());
        foreach (var example in Examples())
        {
            foreach (var place in PlacesOf(JsonNode.Parse(example)!, ""))
            {
                foreach (var value in Wrong)
                {
                    var json = With(example, place, value);
                    tried++;
                    try
                    {
                        LiquidJson.Read(json);
                    }
                    catch (InvalidRequestException error)
                    {
                        refused++;
                        if (error.Suggestion is null && error.Example is null) wrong.Add($"teaches nothing: {error.Code} at {error.Pointer} for {value} at {place}");
                        if (!PointsAt(error.Pointer, place)) wrong.Add($"points elsewhere: {error.Code} at {error.Pointer} for {value} at {place}");
                        if (error.Example is ['{', ..] shown && shown.Contains("\"kind\"", StringComparison.Ordinal)) LiquidJson.Read(shown);
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct().Take(40)));
        Assert.InRange(tried, 4_000, int.MaxValue);
        Assert.InRange(refused, tried / 2, tried);
    }

    /// <summary>At it or inside it; or at what it stands in, when that misses something now.</summary>
    private static bool PointsAt(string pointer, string place)
    {
        var parent = place[..place.LastIndexOf('/')];
        return pointer == parent || pointer.StartsWith(place, StringComparison.Ordinal);
    }

    /// <summary>What stands inside an escape is no place of its own.</summary>
    private static IEnumerable<string> PlacesOf(JsonNode node, string at)
    {
        if (node is JsonObject { Count: 1 } escape && escape.Single().Key.StartsWith('$')) yield break;
        var children = node switch
        {
            JsonObject map => map.Select(field => (field.Key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal), field.Value)),
            JsonArray list => list.Select((item, i) => ($"{i}", item)),
            _ => [],
        };
        foreach (var (name, child) in children)
        {
            yield return $"{at}/{name}";
            if (child is not null)
                foreach (var place in PlacesOf(child, $"{at}/{name}")) yield return place;
        }
    }

    private static string With(string example, string place, string value)
    {
        var root = JsonNode.Parse(example)!;
        var at = root;
        var names = place[1..].Split('/');
        foreach (var name in names[..^1]) at = at is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : at![name]!;
        var made = JsonNode.Parse(value);
        if (at is JsonArray items) items[int.Parse(names[^1], System.Globalization.CultureInfo.InvariantCulture)] = made;
        else at![names[^1]] = made;
        return root.ToJsonString();
    }

    private static IEnumerable<string> Examples([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder!.FullName, "IngoDB.Orleans.sln"))) folder = folder.Parent;
        using var examples = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.FullName, "docs", "liquid-ast.examples.json")));
        return [.. examples.RootElement.GetProperty("valid").EnumerateArray().Select(example => example.GetRawText())];
    }
}
