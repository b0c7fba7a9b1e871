// The partitions see little each; together they see enough: an expensive query has its index by the third run. The field is a
// nested one, since a table has code columns for top-level fields, and a scan of those is not expensive.

using System.Globalization;
using System.Text.RegularExpressions;
using IngoDB.Abstractions;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterLearnsTests(SiloFixture fixture)
{
    [Theory, InlineData(1, 1), InlineData(1, 16), InlineData(3, 16)]
    public async Task The_index_comes_with_the_first_run_at_which_what_it_would_have_saved_reaches_its_cost(int silos, int partitions)
    {
        var database = await fixture.OfAsync(silos, partitions);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 100_000).Select(i => (new DocumentId($"{i:D6}"), Document.Of(("a", Document.Of(("kind", i % 1_000)))))));
        await database.AdminAsync("database.flush");
        var (query, runs, indexes) = (new ScanQuery { From = collection, Where = Filter.Eq("a.kind", 7) }, 0, Array.Empty<Value>());
        while (indexes.Length == 0)
        {
            Assert.InRange(++runs, 1, 20);
            Assert.Equal(100, (await database.QueryAsync(query)).Count);
            await database.AdminAsync("learning.advance", Of(collection));
            indexes = (await database.AdminAsync("indexes.list", Document.Of(("collection", collection))))["indexes"].AsArray().ToArray();
        }

        var cause = Regex.Match(Assert.Single(indexes).AsDocument()["cause"].AsString(), @"^(?<runs>\d+) runs.* (?<saved>[\d,]+) row reads, building it costs (?<cost>[\d,]+)");
        double Number(string group) => double.Parse(cause.Groups[group].Value, NumberStyles.Number, CultureInfo.InvariantCulture);
        Assert.True(cause.Success, Assert.Single(indexes).AsDocument()["cause"].AsString());
        Assert.Equal(runs, Number("runs") / partitions);
        Assert.InRange(Number("cost"), Number("saved") * (runs - 1) / runs, Number("saved"));
    }

    [Fact]
    public async Task A_selective_query_over_all_partitions_gets_its_index_and_says_why()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 20_000).Select(i => (new DocumentId($"{i:D5}"), Document.Of(("a", Document.Of(("kind", i % 1_000))), ("n", i)))));
        await database.AdminAsync("database.flush");
        var query = new ScanQuery { From = collection, Where = Filter.Eq("a.kind", 7) };

        var first = await database.PageAsync(query);
        Assert.Equal(20_000, first.DocumentsExamined);
        for (var run = 2; run <= 3; run++) await database.QueryAsync(query);
        await database.AdminAsync("database.settle");

        var index = Assert.Single((await database.AdminAsync("indexes.list", Document.Of(("collection", collection))))["indexes"].AsArray().ToArray()).AsDocument();
        Assert.Equal(("a.kind", "ready"), (index["path"].AsString(), index["state"].AsString()));
        Assert.Contains("eq(a.kind)", index["cause"].AsString(), StringComparison.Ordinal);

        var last = await database.PageAsync(query);
        Assert.InRange(last.DocumentsExamined, 20, 40);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (i * 1_000L) + 7), DocumentPageReader.DecodeAll(last.Page).Select(d => d["n"].AsInt64()));
        Assert.NotEmpty((await database.AdminAsync("patterns.list", Document.Of(("collection", collection))))["patterns"].AsArray().ToArray());
    }

    [Fact]
    public async Task People_say_no_and_yes_to_the_whole_cluster_and_it_writes_down_what_it_decided()
    {
        var (database, collection, query) = await FilledAsync();
        await OrderAsync(database, "learning.set", collection, ("learning", "suggest"));
        for (var run = 0; run < 3; run++) await database.QueryAsync(query);
        await database.AdminAsync("learning.advance", Of(collection));
        Assert.Empty(await RowsAsync(database, "indexes.list", "indexes", collection));
        Assert.Equal(["set", "suggest"], (await RowsAsync(database, "learning.log", "decisions", collection)).Select(decision => decision["act"].AsString()));
        Assert.Contains("suggest", (await ExplainedAsync(database, query))["notBuiltBecause"].AsString(), StringComparison.Ordinal);

        await OrderAsync(database, "indexes.pin", collection, ("path", "a.kind"));
        await database.AdminAsync("database.settle");
        Assert.Equal("pinned", Assert.Single(await RowsAsync(database, "indexes.list", "indexes", collection))["trial"].AsString());
        Assert.InRange((await database.PageAsync(query)).DocumentsExamined, 5, 10);

        await OrderAsync(database, "indexes.ban", collection, ("path", "a.kind"));
        Assert.Empty(await RowsAsync(database, "indexes.list", "indexes", collection));
        Assert.Equal(5_000, (await database.PageAsync(query)).DocumentsExamined);
        var rules = Assert.Single(await RowsAsync(database, "learning.rules", "rules", collection));
        Assert.Equal("a.kind", Assert.Single(rules["bans"].AsArray().ToArray()).AsString());
        await Assert.ThrowsAsync<InvalidRequestException>(() => OrderAsync(database, "indexes.pin", collection, ("path", "a+a")));
        await Assert.ThrowsAsync<InvalidRequestException>(() => OrderAsync(database, "learning.set", collection, ("learning", "maybe")));
    }

    [Fact]
    public async Task What_was_learned_goes_to_another_database_as_a_file()
    {
        var (database, collection, query) = await FilledAsync();
        await OrderAsync(database, "indexes.pin", collection, ("path", "a.kind"));
        await OrderAsync(database, "indexes.ban", collection, ("path", "n"));
        var design = (await database.AdminAsync("learning.export", Of(collection)))["design"].AsString();
        Assert.Contains("\"pinned\": true", design, StringComparison.Ordinal);

        var other = database.In("replayed");
        await other.UpsertAsync("first", [(new("k"), Document.Of(("n", 1)))]); // the first write makes a database
        await other.AdminAsync("learning.apply", Document.Of(("design", design)));
        Assert.Equal(design, (await other.AdminAsync("learning.export", Of(collection)))["design"].AsString());
        await other.UpsertAsync(collection, [(new("k"), Document.Of(("a", Document.Of(("kind", 7)))))]);
        await other.AdminAsync("database.settle");
        Assert.Single(await other.QueryAsync(query));
        await OrderAsync(other, "indexes.pin", collection, ("path", "other"));
        await other.AdminAsync("learning.apply", Document.Of(("design", design), ("exact", true)));
        Assert.Equal("a.kind", Assert.Single(await RowsAsync(other, "indexes.list", "indexes", collection))["path"].AsString());
    }

    private async Task<(TestDatabase Database, string Collection, ScanQuery Query)> FilledAsync()
    {
        var (database, collection) = (await fixture.OfAsync(3), TestDatabase.NewCollection());
        await database.UpsertAsync(collection, Enumerable.Range(0, 5_000).Select(i => (new DocumentId($"{i:D5}"), Document.Of(("a", Document.Of(("kind", i % 1_000))), ("n", i)))));
        await database.AdminAsync("database.flush");
        return (database, collection, new() { From = collection, Where = Filter.Eq("a.kind", 7) });
    }

    private static async Task<Document> ExplainedAsync(TestDatabase database, Query query)
        => SingleDocument.Read((await database.PageAsync(query, explain: ExplainMode.Plan)).Value)!["learning"].AsArray().Span[0].AsDocument();

    private static async Task<List<Document>> RowsAsync(TestDatabase database, string operation, string what, string collection)
        => [.. (await database.AdminAsync(operation, Of(collection)))[what].AsArray().ToArray().Select(row => row.AsDocument())];

    private static Task OrderAsync(TestDatabase database, string operation, string collection, params (string Name, Value Value)[] arguments)
        => database.AdminAsync(operation, arguments.Aggregate(Of(collection), (argument, one) => argument.With(one.Name, one.Value)));

    private static Document Of(string collection) => Document.Of(("collection", collection));
}
