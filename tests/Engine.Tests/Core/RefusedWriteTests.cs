// Everything that can be wrong with a write: refused with its code, a pointer to the place, what to do instead where that can be said,
// and nothing at all written. The same from JSON and from code, since both end in one validator.

using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class RefusedWriteTests : EngineFixture
{
    private static readonly string TooDeep = string.Concat(Enumerable.Repeat("""{"a":""", 70)) + "1" + new string('}', 70);
    private static readonly string ManyFields = string.Join(',', Enumerable.Range(0, 10_001).Select(i => $"\"f{i}\":1"));
    private static readonly string LongName = new('n', 1_025);
    private static readonly string DeepFilter = string.Concat(Enumerable.Repeat("""{"op":"not","arg":""", 65)) + """{"op":"exists","field":"a"}""" + new string('}', 65);
    private static readonly string WideFilter = """{"op":"or","args":[""" + string.Join(',', Enumerable.Repeat("""{"op":"exists","field":"a"}""", 250)) + "]}";
    private static readonly string ManyValues = string.Join(',', Enumerable.Range(0, 10_001));
    private static readonly string ManyWrites = string.Join(',', Enumerable.Repeat("""{"kind":"upsert","into":"things","document":{"_id":"b"}}""", 10_001));

    public static TheoryData<string, string, string> Refused => new()
    {
        { """{"kind":"insrt","into":"things","document":{}}""", "query.unknown_kind", "/kind" },
        { """{"kind":"insert","document":{}}""", "query.missing_key", "" },
        { """{"kind":"insert","into":"things","document":{},"ifVersion":"1"}""", "query.unknown_key", "/ifVersion" },
        { """{"kind":"insert","into":"things","document":[]}""", "query.wrong_type", "/document" },
        { """{"kind":"insert","into":"../things","document":{}}""", "query.bad_name", "/into" },
        { """{"kind":"insert","into":"system:x","document":{}}""", "write.reserved_collection", "/into" },
        { """{"kind":"insert","into":"things","document":{"_id":7}}""", "document.bad_id", "/document/_id" },
        { """{"kind":"insert","into":"things","document":{"_id":""}}""", "document.bad_id", "/document/_id" },
        { """{"kind":"insert","into":"things","document":{"_version":"7"}}""", "document.reserved_field", "/document/_version" },
        { """{"kind":"insert","into":"things","document":DEEP}""", "document.too_deep", "/document" },
        { """{"kind":"insert","into":"things","document":{MANY}}""", "document.too_many_fields", "/document" },
        { """{"kind":"insert","into":"things","document":{"LONG":1}}""", "document.name_too_long", "/document" },
        { """{"kind":"upsert","into":"things","document":{"_id":"a"},"ifMissing":true,"ifVersion":"5"}""", "query.conflicting_keys", "/ifMissing" },
        { """{"kind":"upsert","into":"things","document":{"_id":"a"},"ifVersion":"x"}""", "query.out_of_range", "/ifVersion" },
        { """{"kind":"replace","into":"things","document":{"a":1}}""", "query.missing_key", "/document" },
        { """{"kind":"patch","into":"things","id":"a"}""", "query.missing_key", "" },
        { """{"kind":"patch","into":"things","id":"a","set":{"_id":"b"}}""", "patch.reserved_field", "/set/_id" },
        { """{"kind":"patch","into":"things","id":"a","inc":{"n":"1"}}""", "patch.not_a_number", "/inc/n" },
        { """{"kind":"patch","into":"things","id":"a","set":{"tags[]":1}}""", "patch.bad_path", "/set/tags[]" },
        { """{"kind":"patch","into":"things","id":"a","steps":[{"op":"push","field":"x"}]}""", "query.missing_key", "/steps/0" },
        { """{"kind":"patch","into":"things","id":"a","steps":[{"op":"pish","field":"x","value":1}]}""", "query.unknown_value", "/steps/0/op" },
        { """{"kind":"delete","from":"things"}""", "query.missing_key", "" },
        { """{"kind":"bulk","writes":[]}""", "query.out_of_range", "/writes" },
        { """{"kind":"bulk","writes":[{"kind":"upsert","into":"things","document":{"_id":"ok"}},{"kind":"scan","from":"things"}]}""", "query.unknown_kind", "/writes/1/kind" },
        { """{"kind":"bulk","writes":[{"kind":"upsert","into":"things","document":{"_id":"ok"}},{"kind":"delete","from":"things","id":true}]}""", "document.bad_id", "/writes/1/id" },
        { """{"kind":"upsert","into":"things","document":{"_id":"a","_expires":"soon"}}""", "document.bad_expires", "/document/_expires" },
        { """{"kind":"updateWhere","into":"things","set":{"a":1}}""", "query.missing_key", "" },
        { """{"kind":"updateWhere","into":"things","where":{"op":"eqq","field":"a","value":1},"set":{"a":1}}""", "query.unknown_operator", "/where/op" },
        { """{"kind":"updateWhere","into":"things","where":{"op":"eq","field":"a","value":1},"set":{"a":1},"expected":"1"}""", "query.wrong_type", "/expected" },
        { """{"kind":"deleteWhere","from":"things","where":{"op":"eq","field":"a","value":1},"dryRun":1}""", "query.wrong_type", "/dryRun" },
        { """{"kind":"deleteWhere","from":"things","where":{"op":"eq","field":"a","value":1},"expected":-1}""", "query.out_of_range", "/expected" },
        { """{"kind":"deleteWhere","from":"things","where":FILTERDEEP}""", "query.too_deep", "/where" + string.Concat(Enumerable.Repeat("/arg", 64)) },
        { """{"kind":"deleteWhere","from":"things","where":{"op":"and","args":[FILTERWIDE,FILTERWIDE,FILTERWIDE,FILTERWIDE]}}""", "query.too_many_nodes", "/where/args/3/args/245" },
        { """{"kind":"deleteWhere","from":"things","where":{"op":"in","field":"a","values":[VALUES]}}""", "query.too_many_values", "/where/values" },
        { """{"kind":"bulk","writes":[WRITES]}""", "query.out_of_range", "/writes" },
        { """{"kind":"deleteWhere","from":"thinsg","where":{"op":"eq","field":"a","value":1}}""", "collection.not_found", "/from" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_write_that_makes_no_sense_is_refused_and_nothing_is_written(string json, string code, string pointer)
    {
        json = json.Replace("FILTERDEEP", DeepFilter, StringComparison.Ordinal).Replace("FILTERWIDE", WideFilter, StringComparison.Ordinal).Replace("VALUES", ManyValues, StringComparison.Ordinal).Replace("WRITES", ManyWrites, StringComparison.Ordinal)
            .Replace("DEEP", TooDeep, StringComparison.Ordinal).Replace("MANY", ManyFields, StringComparison.Ordinal).Replace("LONG", LongName, StringComparison.Ordinal);
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("a", 1))));
        var before = (Engine.Status.NewestVersion, Engine.Collections.Count);

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteAsync((Write)LiquidJson.Read(json)));

        Assert.Equal((code, pointer), (refused.Code, refused.Pointer));
        Assert.NotEmpty(refused.Message);
        Assert.Equal(before, (Engine.Status.NewestVersion, Engine.Collections.Count));
        Assert.Single(Scan());
    }

    [Fact]
    public async Task A_patch_that_makes_a_bad_document_is_refused_and_the_engine_goes_on()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("big", new string('x', 9 << 20)), ("n", 1))));
        var before = Engine.Get(Things, new("a"))!.Version;
        foreach (var (steps, code) in new (PatchStep[], string)[]
        {
            ([new(PatchOperator.Set, "_expires", 5)], "document.bad_expires"),
            ([new(PatchOperator.Rename, "n", "_expires")], "document.bad_expires"),
            ([new(PatchOperator.Push, "n", 1)], "patch.not_an_array"),
            ([new(PatchOperator.Inc, "big", 1)], "patch.not_a_number"),
            ([new(PatchOperator.Set, "more", new string('x', 9 << 20))], "document.too_large"),
        })
            Assert.Equal(code, (await Write(new EngineWrite(WriteKind.Patch, Things, new("a")) { Steps = steps })).ErrorCode);
        Assert.Equal(before, Engine.Get(Things, new("a"))!.Version);
        Assert.Equal(WriteStatus.Replaced, (await Write(new EngineWrite(WriteKind.Patch, Things, new("a")) { Steps = [new(PatchOperator.Set, "_expires", Value.From(Time.GetUtcNow().AddHours(1)))] })).Status);
        Assert.False(Engine.Status.Poisoned);
    }

    [Fact]
    public async Task A_word_that_is_nearly_right_is_suggested()
    {
        foreach (var (json, suggestion) in new[]
        {
            ("""{"kind":"insrt","into":"things","document":{}}""", "insert"),
            ("""{"kind":"updatewhere","into":"things","where":{},"set":{}}""", "updateWhere"),
            ("""{"kind":"upsert","into":"things","document":{},"ifVersoin":"1"}""", "ifVersion"),
            ("""{"kind":"deleteWhere","from":"things","where":{"op":"eq","field":"a","value":1},"expectd":1}""", "expected"),
        })
            Assert.Equal(suggestion, (await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteAsync((Write)LiquidJson.Read(json)))).Suggestion);
    }

    [Fact]
    public async Task What_is_too_large_is_refused_whole()
    {
        var large = Document.Of(("p", new string('x', 9 << 20)));
        var huge = Document.Of(("p", new string('x', 17 << 20)));
        Assert.Equal("document.too_large", (await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteAsync(new UpsertWrite { Into = "things", Id = "a", Document = huge }))).Code);
        var batch = new BulkWrite { Atomic = true, Writes = [new UpsertWrite { Into = "things", Id = "a", Document = large }, new UpsertWrite { Into = "others", Id = "b", Document = large }] };
        Assert.Equal("batch.too_large", (await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteAsync(batch))).Code);
        Assert.Empty(Scan());
    }

    [Fact]
    public async Task A_batch_over_collections_is_made_whole_or_not_at_all()
    {
        var batch = new BulkWrite
        {
            Atomic = true,
            Writes = [new InsertWrite { Into = "orders", Id = "o1", Document = Document.Of(("n", 1)) }, new InsertWrite { Into = "lines", Id = "o1/1", Document = Document.Of(("n", 2)) }, new PatchWrite { Into = "things", Id = "stock", Steps = [new(PatchOperator.Inc, "left", -1)] }],
        };
        var refused = await Engine.WriteAsync(batch);
        Assert.Equal(["batch.aborted", "batch.aborted", "document.missing"], refused.Results.Select(r => r.ErrorCode));
        Assert.Equal(0, Engine.Count(Engine.FindCollection("orders")!.Value, null));

        await Write(EngineWrite.Upsert(Things, new("stock"), Document.Of(("left", 5))));
        var made = await Engine.WriteAsync(batch);
        Assert.Single(made.Results.Select(r => r.Version).Distinct());
        await CrashAndOpen();
        Assert.Equal((1, 1, 4), (Engine.Count(Engine.FindCollection("orders")!.Value, null), Engine.Count(Engine.FindCollection("lines")!.Value, null), Engine.Get(Things, new("stock"))!["left"].AsInt64()));
    }
}
