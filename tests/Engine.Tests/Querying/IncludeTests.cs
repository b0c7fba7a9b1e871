// What an include attaches is what nested loops find: over any values on both sides, with and without an index on the target, with
// filters, projections and limits, for scans and gets.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Querying;

public sealed class IncludeTests : EngineFixture
{
    private static readonly string[] Fields = ["a", "b", "c", "d"];

    private static Gen<Include> Includes { get; } = Gen.Select(Path(withId: true), Gen.Int[0, 2].Select(i => new[] { "things", "others", "nowhere" }[i]), Path(withId: true), FilterGenerators.Filter, Gen.Int[0, 5]).Select((field, collection, target, where, options) =>
        new Include(field, new(collection, target), "attached") { Where = options % 2 == 0 ? null : where, Limit = options < 3 ? null : options, Select = options == 4 ? ["a", "b"] : null });

    [Fact]
    public async Task Includes_attach_what_nested_loops_find()
    {
        var others = Engine.Collection("others");
        var random = new Random(11);
        var documents = Gen.Select(ValueGenerators.Id, ValueGenerators.Document).Array[160].Single(_ => true, "0000KuxHBAp1");
        foreach (var (id, document) in documents)
            await Write(EngineWrite.Upsert(random.Next(2) == 0 ? Things : others, id, document.Without(FieldNames.Expires).With("d", random.Next(3) == 0 ? Value.From([id.ToValue(), random.Next(5)]) : documents[random.Next(documents.Length)].Item1.ToValue())));
        await CheckAsync();
        await Engine.FlushAsync();
        foreach (var path in (string[])["a", "b[]", "d[]"]) Engine.DefineIndex(others, path, "test");
        await Engine.BuildIndexesAsync();
        await CheckAsync();
    }

    [Fact]
    public async Task What_is_too_large_for_one_page_is_refused_and_says_what_helps()
    {
        for (var i = 0; i < 9; i++) await Write(EngineWrite.Upsert(Things, new($"large-{i}"), Document.Of(("key", 1), ("bytes", Value.From(new byte[8 << 20])))));
        var query = new GetQuery { From = "things", Ids = [new("large-0")], Select = ["key"], Include = [new("key", new("things", "key"), "same")] };

        Assert.Equal("include.too_large", Assert.Throws<InvalidRequestException>(() => Ask(query)).Code);
        Assert.Equal(9, Ask(query with { Include = [query.Include[0] with { Select = ["key"] }] })[0]["same"].AsArray().Length);
    }

    [Fact]
    public void Two_includes_under_one_name_and_one_under_a_name_of_the_database_are_refused()
    {
        var include = new Include("a", new("things", "b"), "x");
        Assert.Equal("query.duplicate_name", Assert.Throws<InvalidRequestException>(() => Ask(new ScanQuery { From = "things", Include = [include, include] })).Code);
        Assert.Equal("/include/0/as", Assert.Throws<InvalidRequestException>(() => Ask(new ScanQuery { From = "things", Include = [include with { As = "_id" }] })).Pointer);
    }

    private async Task CheckAsync()
    {
        var all = new Dictionary<string, List<StoredDocument>> { ["things"] = Ask(new ScanQuery { From = "things" }), ["others"] = Ask(new ScanQuery { From = "others" }), ["nowhere"] = [] };
        await Gen.Select(FilterGenerators.Filter, FilterGenerators.Sort, Includes.Array[1, 2], Gen.Bool).SampleAsync(story =>
        {
            var (where, sort, some, projected) = story;
            Include[] includes = [.. some.Select((include, i) => include with { As = "attached" + i })];
            var scan = new ScanQuery { From = "things", Where = where, Sort = sort };
            var expected = ReferenceInclude.Of(Ask(scan), includes, name => all[name]);
            if (projected) expected = [.. expected.Select(document => document with { Fields = Document.Of([.. document.Fields.Where(field => field.Key == "a").Concat(document.Fields.Where(field => field.Key.StartsWith("attached", StringComparison.Ordinal))).Select(field => (field.Key, field.Value))]) })];
            Assert.Equal(expected.ConvertAll(DocumentJson.ToJson), Ask(scan with { Include = includes, Select = projected ? ["a"] : null }).ConvertAll(DocumentJson.ToJson));
            return Task.CompletedTask;
        }, iter: 120, threads: 1);
    }

    private static Gen<FieldPath> Path(bool withId) => Gen.Int[0, withId ? 4 : 3].Select(i => i == 4 ? (FieldPath)"_id" : Fields[i]);

    private List<StoredDocument> Ask(Query query)
    {
        using var stream = Engine.Query(query);
        return stream.ToList();
    }
}
