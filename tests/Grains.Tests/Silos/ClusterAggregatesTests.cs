// Sixteen partitions on one silo or three: an aggregate is what the model says over all documents, in pages of any size, and its cursor
// is worth as much as the results that it stands for.

using CsCheck;
using IngoDB.Abstractions;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests;

namespace Grains.Tests.Silos;

public sealed class ClusterAggregatesTests(SiloFixture fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Aggregates_of_every_kind_agree_with_the_model(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        var documents = ValueGenerators.Document.Array[300].Single(_ => true, "0000KuxHBAp1").Select((fields, i) => (Id: new DocumentId($"k{i}"), Fields: fields)).ToList();
        await database.UpsertAsync(collection, documents);
        var model = await database.QueryAsync(new ScanQuery { From = collection });
        Assert.Equal(300, model.Count);
        await Gen.Select(AggregateGenerators.Of(collection), Gen.Bool).SampleAsync(async story =>
        {
            var (query, small) = story;
            var expected = ReferenceAggregate.Of(model, query).Select(result => ReferenceAggregate.Exact(result.Fields));
            Assert.Equal(expected, (await AllAsync(database, query, small ? 4 << 10 : 0)).Select(ReferenceAggregate.Exact));
        }, iter: 60, threads: 1);
    }

    [Fact]
    public async Task Pages_follow_each_other_and_a_forgotten_aggregate_is_computed_again()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 3_000).Select(i => (new DocumentId($"{i:D4}"), Document.Of(("group", i % 700), ("n", i), ("text", new string('x', 60))))));
        var query = new AggregateQuery { From = collection, By = ["group", "text"], Compute = [new("total", new(AccumulatorFunction.Sum, "n")), new("rows", new(AccumulatorFunction.Count))], Sort = [new("total", Descending: true)] };

        var first = await database.PageAsync(query, pageBytes: 4 << 10);
        await database.UpsertAsync(collection, [(new("new"), Document.Of(("group", 1), ("n", 1_000_000)))]);
        var second = await database.PageAsync(query with { Cursor = first.Cursor }, pageBytes: 4 << 10);
        var again = await database.PageAsync(query with { Cursor = first.Cursor }, pageBytes: 4 << 10);
        Assert.Equal(second.Page, again.Page);

        var all = new List<StoredDocument>(DocumentPageReader.DecodeAll(first.Page));
        for (var page = second; ; page = await database.PageAsync(query with { Cursor = page.Cursor }, pageBytes: 4 << 10))
        {
            all.AddRange(DocumentPageReader.DecodeAll(page.Page));
            if (page.Cursor is null) break;
            Assert.InRange(page.Cursor.Length, 1, 512);
        }

        var expected = Enumerable.Range(0, 3_000).GroupBy(i => i % 700).Select(group => (long)group.Sum()).OrderDescending();
        Assert.Equal(expected, all.Select(result => result["total"].AsInt64()));
        Assert.Equal("cursor.invalid", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.PageAsync(query with { Limit = 7, Cursor = first.Cursor }))).Code);
    }

    [Fact]
    public async Task A_budget_gives_a_partial_result_that_names_it()
    {
        var database = await fixture.OfAsync(1);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 2_000).Select(i => (new DocumentId($"{i:D4}"), Document.Of(("group", i % 3)))));
        var query = new AggregateQuery { From = collection, By = ["group"], Compute = [new("n", new(AccumulatorFunction.Count, "group"))], Budget = new(Documents: 20) };

        var page = await database.PageAsync(query);

        Assert.Equal("docs", page.StoppedBy);
        Assert.InRange(DocumentPageReader.DecodeAll(page.Page).Sum(result => result["n"].AsInt64()), 1, 20 * 16);
    }

    [Fact]
    public async Task Every_page_of_an_aggregate_that_a_budget_ended_says_so()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 3_000).Select(i => (new DocumentId($"{i:D4}"), Document.Of(("group", $"{i:D4} {new string('x', 60)}")))));
        var query = new AggregateQuery { From = collection, By = ["group"], Compute = [new("n", new(AccumulatorFunction.Count))], Budget = new(Documents: 50) };

        var (pages, groups) = (0, 0);
        for (PageReply? page = null; page is null || page.Cursor is not null; pages++)
        {
            page = await database.PageAsync(query with { Cursor = page?.Cursor }, pageBytes: 4 << 10);
            Assert.Equal("docs", page.StoppedBy);
            if (page.Page.Length > 0) groups += DocumentPageReader.DecodeAll(page.Page).Count;
        }

        Assert.True(pages > 3);
        Assert.InRange(groups, 50, 50 * 16);

        // The client reads on to the last of them: more than fits on a page of the size that it asks for.
        var client = (await fixture.ClientOfAsync(3)).Database();
        var all = await client.QueryAsync(query with { Budget = new(Documents: 180) }, cancellationToken: TestContext.Current.CancellationToken);
        var first = await database.PageAsync(query with { Budget = new(Documents: 180) });
        Assert.NotNull(first.Cursor);
        Assert.Equal("docs", all.StoppedBy);
        Assert.True(all.Count > DocumentPageReader.DecodeAll(first.Page).Count);
    }

    private static async Task<List<Document>> AllAsync(TestDatabase database, AggregateQuery query, int pageBytes)
    {
        if (query.By.Count > 0) return [.. (await database.QueryAsync(query, pageBytes)).Select(result => result.Fields)];
        var page = await database.PageAsync(query, pageBytes);
        return page.Value is null ? [] : [SingleDocument.Read(page.Value)!];
    }
}
