using System.Diagnostics;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Tests.Liquid;

public sealed class LiquidErrorTests
{
    [Theory]
    [InlineData("""{"kind":"find","from":"m"}""", "query.unknown_kind", "/kind", "scan")]
    [InlineData("""{"kind":"scann","from":"m"}""", "query.unknown_kind", "/kind", "scan")]
    [InlineData("""{"from":"m"}""", "query.missing_key", "", "kind")]
    [InlineData("""{"kind":"scan"}""", "query.missing_key", "", "from")]
    [InlineData("""{"kind":"scan","from":"m","filter":{}}""", "query.unknown_key", "/filter", "where")]
    [InlineData("""{"kind":"scan","from":"m","limt":5}""", "query.unknown_key", "/limt", "limit")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"equals","field":"a","value":1}}""", "query.unknown_operator", "/where/op", "eq")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"and","args":[{"op":"not","arg":{"op":"$gtee","field":"a","value":1}}]}}""", "query.unknown_operator", "/where/args/0/arg/op", "gte")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"eq","field":"a","values":1}}""", "query.unknown_key", "/where/values", "value")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"eq","field":"a"}}""", "query.missing_key", "/where", "value")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"range","field":"a"}}""", "query.missing_key", "/where", "low")]
    [InlineData("""{"kind":"scan","from":"m","where":[]}""", "query.wrong_type", "/where", null)]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"and","args":[]}}""", "query.out_of_range", "/where/args", null)]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"type","field":"a","value":"int"}}""", "query.unknown_value", "/where/value", "number")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"in","field":"a","values":[]}}""", "query.out_of_range", "/where/values", null)]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"eq","field":"a..b","value":1}}""", "query.bad_path", "/where/field", null)]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"eq","field":"$.a","value":1}}""", "query.bad_path", "/where/field", null)]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"any","field":"a","where":{"op":"eq","field":"$[]","value":1}}}""", "query.bad_path", "/where/where/field", "$")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"matches","field":"a","value":"("}}""", "query.bad_pattern", "/where/value", null)]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"matches","field":"a","value":"(a)\\1"}}""", "query.bad_pattern", "/where/value", null)]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"eq","field":"a","value":{"$date":"soon"}}}""", "json.bad_escape", "/where/value/$date", null)]
    [InlineData("""{"kind":"scan","from":"m","limit":0}""", "query.out_of_range", "/limit", null)]
    [InlineData("""{"kind":"scan","from":"m","limit":10001}""", "query.out_of_range", "/limit", null)]
    [InlineData("""{"kind":"scan","from":"m","limit":1.5}""", "query.wrong_type", "/limit", null)]
    [InlineData("""{"kind":"scan","from":"m","limit":"10"}""", "query.wrong_type", "/limit", null)]
    [InlineData("""{"kind":"scan","from":"m","skip":100001}""", "query.out_of_range", "/skip", null)]
    [InlineData("""{"kind":"scan","from":"m","sort":[{"field":"a","dir":"down"}]}""", "query.unknown_value", "/sort/0/dir", null)]
    [InlineData("""{"kind":"scan","from":"m","select":["a",5]}""", "query.wrong_type", "/select/1", null)]
    [InlineData("""{"kind":"scan","from":"../m"}""", "query.bad_name", "/from", null)]
    [InlineData("""{"kind":"scan","from":""}""", "query.bad_name", "/from", null)]
    [InlineData("""{"kind":"scan","kind":"scan","from":"m"}""", "document.duplicate_field", "/kind", null)]
    [InlineData("""{"kind":"get","from":"m","ids":[5]}""", "document.bad_id", "/ids/0", null)]
    [InlineData("""{"kind":"aggregate","from":"m","compute":{"n":{"fn":"sum"}}}""", "query.missing_key", "/compute/n", "field")]
    [InlineData("""{"kind":"traverse","from":"m","hops":[{"field":"a","to":{"collection":"b","field":"c"},"min":3,"max":2}]}""", "query.out_of_range", "/hops/0/min", null)]
    [InlineData("""{"kind":"traverse","from":"m","hops":[{"field":"a","to":{"collection":"b","field":"c"},"max":65}]}""", "query.out_of_range", "/hops/0/max", null)]
    [InlineData("""{"kind":"traverse","from":"m","hops":[{"field":"a","to":{"collection":"b","field":"c"}}],"distinct":true}""", "query.bad_distinct", "/distinct", "select")]
    [InlineData("""{"kind":"traverse","from":"m","hops":[{"field":"a","to":{"collection":"b","field":"c"}}],"select":[],"distinct":true}""", "query.bad_distinct", "/select", "Name a field")]
    [InlineData("""{"kind":"traverse","from":"m","hops":[{"field":"a","to":{"collection":"b","field":"c"}}],"select":["a","_id"],"distinct":true}""", "query.bad_distinct", "/select/1", null)]
    [InlineData("""{"kind":"traverse","from":"m","hops":[{"field":"a","to":{"collection":"b","field":"c"}}],"select":["a"],"emit":"edges","distinct":true}""", "query.bad_distinct", "/distinct", null)]
    [InlineData("""{"kind":"traverse","from":"m","hops":[{"field":"a","to":{"collection":"b","field":"c"}}],"select":["a"],"distinct":1}""", "query.wrong_type", "/distinct", null)]
    [InlineData("""{"kind":"insert","into":"grain:user","document":{}}""", "write.reserved_collection", "/into", null)]
    [InlineData("""{"kind":"insert","into":"m","document":{"_version":"1"}}""", "document.reserved_field", "/document/_version", null)]
    [InlineData("""{"kind":"insert","into":"m","document":{"_id":7}}""", "document.bad_id", "/document/_id", null)]
    [InlineData("""{"kind":"insert","into":"m","document":{},"ifVersion":"1"}""", "query.unknown_key", "/ifVersion", null)]
    [InlineData("""{"kind":"replace","into":"m","document":{"a":1}}""", "query.missing_key", "/document", "_id")]
    [InlineData("""{"kind":"patch","into":"m","id":"x","inc":{"a":"b"}}""", "patch.not_a_number", "/inc/a", null)]
    [InlineData("""{"kind":"patch","into":"m","id":"x","set":{"a":1},"steps":[{"op":"unset","field":"b"}]}""", "query.conflicting_keys", "/steps", null)]
    [InlineData("""{"kind":"patch","into":"m","id":"x","steps":[{"op":"push","field":"b"}]}""", "query.missing_key", "/steps/0", "value")]
    [InlineData("""{"kind":"delete","from":"m","id":"x","ifVersion":"v7"}""", "query.out_of_range", "/ifVersion", null)]
    [InlineData("""{"kind":"bulk","writes":[{"kind":"delete","from":"m","id":"x"},{"kind":"scan","from":"m"}]}""", "query.unknown_kind", "/writes/1/kind", null)]
    public void A_refusal_says_what_is_wrong_where_and_what_is_nearest(string json, string code, string pointer, string? suggestion)
    {
        var error = Assert.Throws<InvalidRequestException>(() => LiquidJson.Read(json));
        Assert.Equal((code, pointer), (error.Code, error.Pointer));
        if (suggestion is not null) Assert.Equal(suggestion, error.Suggestion);
        AssertTeaches(error);
    }

    [Fact]
    public void How_deep_a_request_is_beyond_the_limit_costs_nothing()
    {
        // Work is counted in bytes allocated, which is the same on every machine: ten thousand deep or a million, the reader gives up at
        // the limit.
        string[] requests = [Scan(Nested(1_000)), Scan(Nested(10_000)), Scan(Nested(1_000_000))];
        var work = requests.Select(json => System.Text.Encoding.UTF8.GetBytes(json)).Select(AllocatedBy).ToList();
        Assert.InRange(work[1], 1, work[0] + 1_024);
        Assert.InRange(work[2], 1, work[0] + 1_024);

        static long AllocatedBy(byte[] json)
        {
            Assert.Throws<InvalidRequestException>(() => LiquidJson.Read(json)); // whatever is made once is made
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<InvalidRequestException>(() => LiquidJson.Read(json));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Limits_of_size_are_exact()
    {
        LiquidJson.Read(Scan(Nested(LiquidLimits.FilterDepthMax - 1)));
        Refused("query.too_deep", Scan(Nested(LiquidLimits.FilterDepthMax)));
        LiquidJson.Read(Scan(Logic(249, 4)));
        Refused("query.too_many_nodes", Scan(Logic(250, 4)));
        LiquidJson.Read(Scan(In(LiquidLimits.InValuesMax)));
        Refused("query.too_many_values", Scan(In(LiquidLimits.InValuesMax + 1)));
        Refused("query.out_of_range", $$"""{"kind":"get","from":"m","ids":[{{string.Join(',', Enumerable.Repeat("\"a\"", 1001))}}]}""");
        Refused("query.bad_name", $$"""{"kind":"scan","from":"{{new string('a', 129)}}"}""");
    }

    [Fact]
    public void A_filter_ten_thousand_deep_is_refused_within_a_millisecond_in_json_and_in_code()
    {
        var (json, longer) = (System.Text.Encoding.UTF8.GetBytes(Scan(Nested(10_000))), System.Text.Encoding.UTF8.GetBytes(Scan(Nested(1_000_000))));
        var filter = Filter.Exists("a");
        for (var i = 0; i < 10_000; i++) filter = i % 2 == 0 ? Filter.Not(filter) : Filter.And(filter);
        var query = new ScanQuery { From = "m", Where = filter };

        // The least of many tries: a machine that stands still does so for some of them only.
        foreach (var refused in new Action[] { () => LiquidJson.Read(json), () => LiquidJson.Read(longer), () => LiquidValidator.Validate(query), () => LiquidBinary.Write(query), () => LiquidJson.Write(query) })
            Assert.InRange(Enumerable.Range(0, 50).Min(_ => TimeOf(refused)), TimeSpan.Zero, TimeSpan.FromMilliseconds(1));

        static TimeSpan TimeOf(Action refused)
        {
            var began = Stopwatch.GetTimestamp();
            var error = Assert.Throws<InvalidRequestException>(refused);
            var elapsed = Stopwatch.GetElapsedTime(began);
            Assert.Equal("query.too_deep", error.Code);
            return elapsed;
        }
    }

    [Fact]
    public void An_atomic_bulk_is_refused_at_the_document_that_is_too_much()
    {
        var large = Document.Of(("p", new string('x', 9 << 20)));
        var bulk = new BulkWrite { Writes = [new UpsertWrite { Into = "m", Id = new("a"), Document = large }, new UpsertWrite { Into = "m", Id = new("b"), Document = large }] };
        LiquidValidator.Validate(bulk);
        var error = Assert.Throws<InvalidRequestException>(() => LiquidValidator.Validate(bulk with { Atomic = true }));
        Assert.Equal(("batch.too_large", "/writes/1"), (error.Code, error.Pointer));
        AssertTeaches(error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("[1]")]
    [InlineData("// scan")]
    [InlineData("""{"kind":"scan","from":"m",}""")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"gt","field":"a","value":NaN}}""")]
    [InlineData("""{"kind":"scan","from":"m","where":{"op":"gt","field":"a","value":1e999}}""")]
    public void What_is_no_json_is_told_how_json_is_written(string json)
    {
        var error = Assert.Throws<InvalidRequestException>(() => LiquidJson.Read(json));
        Assert.StartsWith("json.", error.Code, StringComparison.Ordinal);
        AssertTeaches(error);
    }

    [Fact]
    public void A_document_that_nests_too_deep_is_refused_as_a_document_where_it_stands()
    {
        foreach (var depth in new[] { 65, 500 })
        {
            var deep = new string('[', depth) + new string(']', depth);
            Deep("/document", $$$"""{"kind":"insert","into":"m","document":{"a":{{{deep}}}}}""");
            Deep("/writes/0/document", $$$"""{"kind":"bulk","writes":[{"kind":"insert","into":"m","document":{"a":{{{deep}}}}}]}""");
        }

        Deep("/where/value", Scan($$"""{"op":"eq","field":"a","value":{{new string('[', 65) + new string(']', 65)}}}"""));

        static void Deep(string pointer, string json)
        {
            var error = Assert.Throws<InvalidRequestException>(() => LiquidJson.Read(json));
            Assert.Equal("document.too_deep", error.Code);
            Assert.StartsWith(pointer, error.Pointer);
        }
    }

    [Fact]
    public void Code_obeys_the_limits_of_json()
    {
        Invalid("query.bad_name", new ScanQuery { From = "a/b" });
        Invalid("query.out_of_range", new ScanQuery { From = "m", Limit = 0 });
        Invalid("query.missing_key", new ScanQuery { From = "m", Where = Filter.Eq("a", Value.Missing) });
        Invalid("query.wrong_type", new ScanQuery { From = "m", Where = Filter.In("a", 1L, Value.Missing) });
        Invalid("document.bad_unicode", new ScanQuery { From = "m", Where = Filter.Eq("a", "\uD800") });
        Invalid("query.bad_path", new ScanQuery { From = "m", Where = Filter.Eq("$", 1L) });
        Invalid("query.too_many_nodes", new ScanQuery { From = "m", Where = Filter.Or([.. Enumerable.Repeat(Filter.Exists("a"), 1001)]) });
        Invalid("query.too_many_nodes", new TraverseQuery { From = "m", Hops = [.. Enumerable.Repeat(new Hop("a", new("b", "c")) { Where = Filter.Or([.. Enumerable.Repeat(Filter.Exists("a"), 250)]) }, 4)] });
        Invalid("document.reserved_field", new InsertWrite { Into = "m", Document = Document.Of(("_id", "x")) });
        Invalid("query.unknown_key", new InsertWrite { Into = "m", Document = Document.Empty, IfVersion = new(1) });
        Invalid("query.missing_key", new PatchWrite { Into = "m", Id = new("x"), Steps = [] });
        LiquidValidator.Validate(new ScanQuery { From = "m", Where = Filter.And(Filter.Or(), Filter.All) });
    }

    [Fact]
    public void An_empty_and_is_legal_in_code_and_written_as_what_it_means()
    {
        var query = new ScanQuery { From = "m", Where = Filter.Or(Filter.Or(), Filter.Any("a", Filter.All)) };
        Assert.Equal("""{"kind":"scan","from":"m","where":{"op":"or","args":[{"op":"missing","field":"_id"},{"op":"any","field":"a","where":{"op":"exists","field":"$"}}]}}""", LiquidJson.Write(query));
        var back = Assert.IsType<OrFilter>(Assert.IsType<ScanQuery>(LiquidBinary.Read(LiquidBinary.Write(query))).Where);
        Assert.Empty(Assert.IsType<OrFilter>(back.Args[0]).Args);
    }

    [Fact]
    public void An_unknown_version_of_the_binary_form_is_refused_by_name()
    {
        var bytes = LiquidBinary.Write(new ScanQuery { From = "m" });
        bytes[0]++;
        Assert.Equal("query.unknown_version", Assert.Throws<InvalidRequestException>(() => LiquidBinary.Read(bytes)).Code);
        Assert.Equal("query.unknown_version", Assert.Throws<InvalidRequestException>(() => LiquidBinary.Read([])).Code);
    }

    /// <summary>The refusal says what is wrong in words and shows something valid.</summary>
    private static void AssertTeaches(InvalidRequestException error)
    {
        Assert.NotEmpty(error.Message);
        Assert.True(error.Example is not null || error.Suggestion is not null, $"{error.Code} at {error.Pointer} says neither what to do nor what would be valid: {error.Message}");
        if (error.Example is not ['{', ..] || !error.Example.Contains("\"kind\"", StringComparison.Ordinal)) return;
        LiquidJson.Read(error.Example);
    }

    private static void Invalid(string code, LiquidRequest request) => Assert.Equal(code, Assert.Throws<InvalidRequestException>(() => LiquidValidator.Validate(request)).Code);

    private static void Refused(string code, string json) => Assert.Equal(code, Assert.Throws<InvalidRequestException>(() => LiquidJson.Read(json)).Code);

    private static string Scan(string filter) => $$"""{"kind":"scan","from":"m","where":{{filter}}}""";

    /// <summary>A leaf inside so many nots and ands.</summary>
    private static string Nested(int depth)
    {
        var text = new StringBuilder();
        for (var i = 0; i < depth; i++) text.Append(i % 2 == 0 ? """{"op":"not","arg":""" : """{"op":"and","args":[""");
        text.Append("""{"op":"exists","field":"a"}""");
        for (var i = depth - 1; i >= 0; i--) text.Append(i % 2 == 0 ? "}" : "]}");
        return text.ToString();
    }

    private static string Logic(int width, int groups)
    {
        var leaves = string.Join(',', Enumerable.Repeat("""{"op":"exists","field":"a"}""", width - 1));
        return $$"""{"op":"or","args":[{{string.Join(',', Enumerable.Repeat($$"""{"op":"and","args":[{{leaves}}]}""", groups))}}]}""";
    }

    private static string In(int values) => $$"""{"op":"in","field":"a","values":[{{string.Join(',', Enumerable.Range(0, values))}}]}""";
}
