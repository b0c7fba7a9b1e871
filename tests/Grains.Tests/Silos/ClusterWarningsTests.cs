// A field that no document has: all partitions together know, wherever the one document lies that has it.

using IngoDB.Client.Queries;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterWarningsTests(SiloFixture fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_field_that_no_document_has_is_a_warning_and_one_that_a_single_document_has_is_none(int silos)
    {
        var database = (await fixture.OfAsync(silos)).In($"warned-{silos}");
        await database.UpsertAsync("films", Enumerable.Range(0, 200).Select(i => (new DocumentId($"{i:D3}"), Document.Of(("title", $"Film {i}"), ("year", i), ("padding", new string('p', 200))))));
        for (var i = 0; i < 20; i++) await database.UpsertAsync("films", [(new($"rare-{i}"), Document.Of(("title", "rare"), ($"rare{i}", i)))]);

        for (var i = 0; i < 20; i++) Assert.Empty((await database.PageAsync(new ScanQuery { From = "films", Where = Filter.Eq($"rare{i}", i) })).Warnings);
        var query = new ScanQuery { From = "films", Where = Filter.Not(Filter.Eq("titel", "x")), Sort = [new("yeer")] };
        var page = await database.PageAsync(query, pageBytes: 4 << 10);
        Assert.Equal(
            ["No document of this database has a field 'titel' (/where/arg/field); the nearest that there is: 'title'.", "No document of this database has a field 'yeer' (/sort/0/field); the nearest that there is: 'year'."],
            page.Warnings);
        Assert.NotNull(page.Cursor);
        Assert.Empty((await database.PageAsync(query with { Cursor = page.Cursor }, pageBytes: 4 << 10)).Warnings);
        Assert.Single((await database.PageAsync(new AggregateQuery { From = "films", Compute = [new("n", new(AccumulatorFunction.Count)), new("s", new(AccumulatorFunction.Sum, "yeer"))] })).Warnings);
        Assert.Single((await database.PageAsync(new TraverseQuery { From = "films", Start = Filter.Eq("year", 3), Hops = [new Hop("title", new("films", "tilte"))] })).Warnings);
    }

    [Fact]
    public async Task The_client_shows_them()
    {
        var films = (await fixture.ClientOfAsync(3)).Database("warned-client").Collection("films");
        await films.UpsertAsync(Document.Of(("title", "Alien")), new DocumentId("alien"), cancellationToken: TestContext.Current.CancellationToken);
        QueryResult<StoredDocument> result = await (await fixture.ClientOfAsync(3)).Database("warned-client").QueryAsync(new ScanQuery { From = "films", Where = Filter.Ne("titel", "x") }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Single(result);
        Assert.Contains("'title'", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }
}
