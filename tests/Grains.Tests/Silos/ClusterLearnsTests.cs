// The partitions see little each; together they see enough: an expensive query has its index by the third run. The field is a
// nested one, since a table has code columns for top-level fields, and a scan of those is not expensive.

using IngoDB.Abstractions;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterLearnsTests(SiloFixture fixture)
{
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
}
