using System.Runtime.CompilerServices;
using System.Text.Json;
using IngoDB.Model;

namespace IngoDB.Tests.Liquid;

/// <summary>docs/liquid-ast.examples.json and docs/liquid-ast.schema.json are the language's promise; the codecs keep it.</summary>
public sealed class LiquidExamplesTests
{
    private static readonly JsonElement Examples = ReadDocument("liquid-ast.examples.json");
    private static readonly JsonElement Definitions = ReadDocument("liquid-ast.schema.json").GetProperty("$defs");

    public static TheoryData<string> Valid => [.. Examples.GetProperty("valid").EnumerateArray().Select(e => e.GetRawText())];

    public static TheoryData<string> Invalid => [.. Examples.GetProperty("invalid").EnumerateArray().Select(e => e.GetRawText())];

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_valid_example_survives_both_codecs(string json)
    {
        var request = LiquidJson.Read(json);
        var written = LiquidJson.Write(request);
        Assert.Equal(written, LiquidJson.Write(LiquidJson.Read(written)));
        Assert.Equal(written, LiquidJson.Write(LiquidBinary.Read(LiquidBinary.Write(request))));
        AssertSaysTheSame(DocumentJson.Read(System.Text.Encoding.UTF8.GetBytes(json)), DocumentJson.Read(System.Text.Encoding.UTF8.GetBytes(written)));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_invalid_example_is_refused_with_a_code(string json)
    {
        var error = Assert.Throws<InvalidRequestException>(() => LiquidJson.Read(json));
        Assert.Matches("^(query|write|document|patch)\\.", error.Code);
        Assert.True(error.Example is not null || error.Suggestion is not null, $"{error.Code} at {error.Pointer} shows nothing valid: {error.Message}");
    }

    [Fact]
    public void Every_node_teaches_a_valid_example()
    {
        foreach (var kind in LiquidNames.Kinds) LiquidJson.Read(LiquidNode.OfKind(kind)!.Example);
        foreach (var op in LiquidNames.Operators)
            LiquidJson.Read($$"""{"kind":"scan","from":"c","where":{{LiquidNode.OfOperator(op)!.Example}}}""");
    }

    [Fact]
    public void The_schema_names_the_keys_that_the_reader_knows()
    {
        foreach (var kind in LiquidNames.Kinds) AssertSameKeys(Definitions.GetProperty(kind), LiquidNode.OfKind(kind)!);
        AssertSameKeys(Definitions.GetProperty("hop"), LiquidNode.Hop);
        AssertSameKeys(Definitions.GetProperty("hop").GetProperty("properties").GetProperty("to"), LiquidNode.JoinTarget);
        AssertSameKeys(Definitions.GetProperty("include").GetProperty("items"), LiquidNode.Include);
        AssertSameKeys(Definitions.GetProperty("sort").GetProperty("items"), LiquidNode.SortKey);
        AssertSameKeys(Definitions.GetProperty("budget"), LiquidNode.Budget);
        AssertSameKeys(Definitions.GetProperty("step"), LiquidNode.PatchStep);
        AssertSameKeys(Definitions.GetProperty("aggregate").GetProperty("properties").GetProperty("compute").GetProperty("additionalProperties"), LiquidNode.Accumulator);
    }

    [Fact]
    public void The_schema_names_the_filters_that_the_reader_knows()
    {
        var described = new List<string>();
        foreach (var filter in Definitions.GetProperty("filter").GetProperty("oneOf").EnumerateArray())
        {
            var op = filter.GetProperty("properties").GetProperty("op");
            string[] names = op.TryGetProperty("const", out var name) ? [name.GetString()!] : [.. op.GetProperty("enum").EnumerateArray().Select(n => n.GetString()!)];
            foreach (var known in names) AssertSameKeys(filter, LiquidNode.OfOperator(known)!);
            described.AddRange(names);
        }

        Assert.Equal(LiquidNames.Operators.Order(), described.Order());
    }

    [Fact]
    public void The_schema_states_the_limits_that_the_reader_keeps()
    {
        Assert.Equal(LiquidLimits.LimitMax, Definitions.GetProperty("limit").GetProperty("maximum").GetInt32());
        Assert.Equal(LiquidLimits.SkipMax, Property("scan", "skip").GetProperty("maximum").GetInt32());
        Assert.Equal(LiquidLimits.IdsMax, Property("get", "ids").GetProperty("maxItems").GetInt32());
        Assert.Equal(LiquidLimits.HopsMax, Property("traverse", "hops").GetProperty("maxItems").GetInt32());
        Assert.Equal(LiquidLimits.HopRepeatMax, Property("hop", "max").GetProperty("maximum").GetInt32());
        Assert.Equal(LiquidLimits.SortKeysMax, Definitions.GetProperty("sort").GetProperty("maxItems").GetInt32());
        Assert.Equal(LiquidLimits.SelectPathsMax, Definitions.GetProperty("select").GetProperty("maxItems").GetInt32());
        Assert.Equal(LiquidLimits.IncludesMax, Definitions.GetProperty("include").GetProperty("maxItems").GetInt32());
        Assert.Equal(LiquidLimits.GroupPathsMax, Property("aggregate", "by").GetProperty("maxItems").GetInt32());
        Assert.Equal(LiquidLimits.AccumulatorsMax, Property("aggregate", "compute").GetProperty("maxProperties").GetInt32());
        Assert.Equal(LiquidLimits.PathsMax, Property("path", "k").GetProperty("maximum").GetInt32());
        Assert.Equal(LiquidLimits.PathDepthMax, Property("path", "depth").GetProperty("maximum").GetInt32());
        Assert.Equal(LiquidLimits.BulkWritesMax, Property("bulk", "writes").GetProperty("maxItems").GetInt32());
        Assert.Equal(FieldPath.CharactersMax, Definitions.GetProperty("fieldPath").GetProperty("maxLength").GetInt32());
        Assert.Equal(CollectionName.CharactersMax, Definitions.GetProperty("name").GetProperty("maxLength").GetInt32());
    }

    private static JsonElement Property(string node, string key) => Definitions.GetProperty(node).GetProperty("properties").GetProperty(key);

    private static void AssertSameKeys(JsonElement schema, LiquidNode node)
    {
        Assert.Equal(schema.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(), node.Keys.Order());
        string[] required = schema.TryGetProperty("required", out var names) ? [.. names.EnumerateArray().Select(n => n.GetString()!)] : [];
        Assert.Equal(required.Order(), node.Required.Order());
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
    }

    /// <summary>Equal whatever the order of the keys, but for defaults: what was written may leave those out.</summary>
    private static void AssertSaysTheSame(Document given, Document written)
    {
        string[] withDefault = ["emit", "dir", "bounds"];
        foreach (var (key, value) in given.Fields)
            if (!withDefault.Contains(key)) AssertSaysTheSame(value, written[key]);
        foreach (var (key, _) in written.Fields) Assert.True(given.Contains(key), $"'{key}' came from nowhere");
    }

    private static void AssertSaysTheSame(Value given, Value written)
    {
        Assert.Equal(given.Kind, written.Kind);
        if (given.Kind == ValueKind.Document) AssertSaysTheSame(given.AsDocument(), written.AsDocument());
        else if (given.Kind == ValueKind.Array)
            for (var i = 0; i < given.AsArray().Length; i++) AssertSaysTheSame(given.AsArray().Span[i], written.AsArray().Span[i]);
        else Assert.Equal(given, written);
    }

    private static JsonElement ReadDocument(string name, [CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder!.FullName, "IngoDB.Orleans.sln"))) folder = folder.Parent;
        return JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.FullName, "docs", name))).RootElement;
    }
}
