using System.Text;
using System.Text.Json;
using CsCheck;
using IngoDB.Model;
using IngoDB.Tests.Encoding;

namespace IngoDB.Tests.Json;

public sealed class DocumentJsonTests
{
    [Fact]
    public void Every_value_comes_back_as_the_kind_it_was()
        => ValueGenerators.Document.Sample(document =>
            RowTests.AssertIdentical(Value.From(document), Value.From(Read(DocumentJson.ToJson(document)))), iter: 20_000);

    [Fact]
    public void Every_nasty_number_comes_back_bit_for_bit()
    {
        foreach (var number in ValueGenerators.NastyNumbers)
        {
            var back = Read(DocumentJson.ToJson(Document.Of(("n", number))))["n"];
            Assert.Equal(number.Kind, back.Kind);
            if (number.Kind == ValueKind.Double) Assert.Equal(BitConverter.DoubleToInt64Bits(number.AsDouble()), BitConverter.DoubleToInt64Bits(back.AsDouble()));
            else if (number.Kind == ValueKind.Decimal) Assert.Equal(decimal.GetBits(number.AsDecimal()), decimal.GetBits(back.AsDecimal()));
            else Assert.Equal(number, back);
        }
    }

    [Theory]
    [InlineData("1", ValueKind.Int64)]
    [InlineData("-9223372036854775808", ValueKind.Int64)]
    [InlineData("9223372036854775808", ValueKind.UInt64)]
    [InlineData("18446744073709551616", ValueKind.Double)]
    [InlineData("1.0", ValueKind.Double)]
    [InlineData("1e3", ValueKind.Double)]
    [InlineData("-0", ValueKind.Int64)]
    [InlineData("{\"$i64\":\"5\"}", ValueKind.Int64)]
    [InlineData("{\"$u64\":\"5\"}", ValueKind.UInt64)]
    [InlineData("{\"$decimal\":\"19.90\"}", ValueKind.Decimal)]
    [InlineData("{\"$double\":\"NaN\"}", ValueKind.Double)]
    [InlineData("{\"$date\":\"2024-02-29\"}", ValueKind.Timestamp)]
    [InlineData("{\"$date\":\"2024-02-29T12:00:00.1234567+01:00\"}", ValueKind.Timestamp)]
    [InlineData("{\"$uuid\":\"0195b7a0-0000-7000-8000-000000000000\"}", ValueKind.Uuid)]
    [InlineData("{\"$bytes\":\"AAEC\"}", ValueKind.Bytes)]
    [InlineData("{\"$date\":\"2024-02-29\",\"x\":1}", ValueKind.Document)]
    [InlineData("{\"$other\":\"2024-02-29\"}", ValueKind.Document)]
    public void What_json_says_decides_the_kind(string json, ValueKind kind) => Assert.Equal(kind, Read($"{{\"v\":{json}}}")["v"].Kind);

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}", "document.duplicate_field", "/a")]
    [InlineData("{\"a\":{\"b/c\":[1,{\"$date\":\"yesterday\"}]}}", "json.bad_escape", "/a/b~1c/1/$date")]
    [InlineData("{\"a\":{\"$decimal\":\"0.12345678901234567890123456789\"}}", "json.bad_escape", "/a/$decimal")]
    [InlineData("{\"a\":{\"$u64\":\"-1\"}}", "json.bad_escape", "/a/$u64")]
    [InlineData("{\"a\":{\"$i64\":5}}", "json.bad_escape", "/a/$i64")]
    [InlineData("{\"a\":\"\\ud800\"}", "document.bad_unicode", "/a")]
    [InlineData("{\"a\":1e999}", "json.number_out_of_range", "/a")]
    [InlineData("[1]", "json.not_an_object", "")]
    [InlineData("", "json.invalid", "")]
    [InlineData("{\"a\":1} {}", "json.invalid", "")]
    [InlineData("{\"a\":}", "json.invalid", "")]
    public void What_is_wrong_is_refused_where_it_stands(string json, string code, string pointer)
    {
        var error = Assert.Throws<InvalidRequestException>(() => Read(json));
        Assert.Equal((code, pointer), (error.Code, error.Pointer));
    }

    [Theory]
    [InlineData("{\"x\":[1,{\"y\":[]},\"]\",{\"a/b\":DEEP}]}", "document.too_deep", "/x/3/a~1b/0/0/0")]
    [InlineData("{\"x\":DEEP}", "document.too_deep", "/x/0/0/0")]
    [InlineData("{\"x\":{\"k\":1,\"l\":2},\"y\":[[1,2],[3,4,DEEP]]}", "document.too_deep", "/y/1/2/0/0")]
    [InlineData("{\"x\":,\"y\":DEEP}", "json.invalid", "")]
    [InlineData("{\"x\":DEEP", "document.too_deep", "/x/0")]
    [InlineData("{\"\\ud800\":DEEP}", "document.bad_unicode", "")]
    public void What_nests_far_too_deep_is_refused_where_it_does(string json, string code, string pointer)
    {
        var error = Assert.Throws<InvalidRequestException>(() => Read(json.Replace("DEEP", new string('[', 300) + new string(']', 300), StringComparison.Ordinal)));
        Assert.Equal(code, error.Code);
        Assert.StartsWith(pointer, error.Pointer, StringComparison.Ordinal);
        Assert.True(pointer.Length == 0 || error.Pointer[pointer.Length..].All(c => c is '/' or '0'), error.Pointer);
    }

    [Fact]
    public void Brackets_in_texts_do_not_nest()
    {
        var text = new string('[', 300) + "\"{\\\"" + new string('{', 300);
        Assert.Equal(text, Read(DocumentJson.ToJson(Document.Of((text, text))))[text].AsString());
        ValueGenerators.Document.Sample(document =>
        {
            var json = System.Text.Encoding.UTF8.GetBytes(DocumentJson.ToJson(document));
            using var parsed = JsonDocument.Parse(json);
            var depth = DepthOf(parsed.RootElement);
            Assert.True(JsonNesting.IsDeeperThan(json, depth - 1));
            Assert.False(JsonNesting.IsDeeperThan(json, depth));
        }, iter: 2_000);

        static int DepthOf(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Object => 1 + value.EnumerateObject().Select(field => DepthOf(field.Value)).DefaultIfEmpty().Max(),
            JsonValueKind.Array => 1 + value.EnumerateArray().Select(DepthOf).DefaultIfEmpty().Max(),
            _ => 0,
        };
    }

    [Fact]
    public void Depth_is_refused_without_a_deep_stack()
    {
        Assert.Equal("document.too_deep", Assert.Throws<InvalidRequestException>(() => Read(Nested(64))).Code);
        Assert.Contains(Assert.Throws<InvalidRequestException>(() => Read(Nested(1_000_000))).Code, new[] { "json.invalid", "document.too_deep" });
        Assert.Single(Read(Nested(63)));
    }

    [Fact]
    public void A_document_that_looks_like_an_escape_is_wrapped()
    {
        var document = Document.Of(("a", Document.Of(("$date", "a real field"))));
        Assert.Equal("""{"a":{"$document":{"$date":"a real field"}}}""", DocumentJson.ToJson(document));
        Assert.Equal(document, Read(DocumentJson.ToJson(document)));
        var twice = Document.Of(("$document", Document.Of(("$document", Document.Of(("$uuid", "x"))))), ("b", 1L));
        Assert.Equal(twice, Read(DocumentJson.ToJson(twice)));
    }

    [Fact]
    public void The_id_is_taken_out_and_the_version_cannot_be_written()
    {
        Assert.Equal((new DocumentId("AUS"), Document.Of(("city", "Austin"))), DocumentJson.ReadWithId("""{"_id":"AUS","city":"Austin"}"""u8));
        Assert.Equal(new DocumentId(new Guid("0195b7a0-0000-7000-8000-000000000000")), DocumentJson.ReadWithId("""{"_id":{"$uuid":"0195b7a0-0000-7000-8000-000000000000"}}"""u8).Id);
        Assert.Null(DocumentJson.ReadWithId("{}"u8).Id);
        Assert.Equal("document.bad_id", Assert.Throws<InvalidRequestException>(() => DocumentJson.ReadWithId("""{"_id":5}"""u8)).Code);
        Assert.Equal("document.reserved_field", Assert.Throws<InvalidRequestException>(() => DocumentJson.ReadWithId("""{"_version":"5"}"""u8)).Code);
    }

    [Fact]
    public void A_stored_document_shows_its_id_and_version_first_and_escapes_no_more_than_it_must()
        => Assert.Equal("""{"_id":"AUS","_version":"9007199254740993","who's":"ü + <b>","d":5.0}""",
            DocumentJson.ToJson(new StoredDocument(new("AUS"), new(9007199254740993), Document.Of(("who's", "ü + <b>"), ("d", 5.0)))));

    [Fact]
    public void A_value_is_read_where_the_reader_stands()
    {
        var reader = new Utf8JsonReader("""{"a":[1,{"$u64":"2"}],"b":3}"""u8);
        for (var i = 0; i < 3; i++) reader.Read();
        Assert.Equal(Value.From(1L, 2UL), DocumentJson.ReadValue(ref reader));
        Assert.Equal(JsonTokenType.EndArray, reader.TokenType);
    }

    private static Document Read(string json) => DocumentJson.Read(System.Text.Encoding.UTF8.GetBytes(json));

    private static string Nested(int arrays) => new StringBuilder("{\"a\":").Append('[', arrays).Append(']', arrays).Append('}').ToString();
}
