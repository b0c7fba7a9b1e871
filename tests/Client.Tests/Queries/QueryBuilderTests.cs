using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;
using static IngoDB.Model.CompareOperator;

namespace IngoDB.Client.Tests.Queries;

/// <summary>A query is data: what the builder says is exactly what goes over the wire and what the command line takes.</summary>
public sealed class QueryBuilderTests
{
    private readonly IngoDatabase _db = new FakeCluster().Database;

    [Fact]
    public void A_built_query_is_the_JSON_that_a_person_would_write()
    {
        var query = _db.Collection("movies")
            .Where("year", Gte, 1970).Where("year", Lt, 1980)
            .Where(Filter.Any("cast", Filter.Eq("$", "Harrison Ford")))
            .OrderByDescending("year").ThenBy("title")
            .Skip(10).Take(20).Select("title", "year");
        Assert.Equal(
            """
            {"kind":"scan","from":"movies","where":{"op":"and","args":[{"op":"gte","field":"year","value":1970},{"op":"lt","field":"year","value":1980},{"op":"any","field":"cast","where":{"op":"eq","field":"$","value":"Harrison Ford"}}]},"sort":[{"field":"year","dir":"desc"},{"field":"title"}],"select":["title","year"],"limit":20,"skip":10}
            """,
            query.ToJson());
    }

    [Fact]
    public void JSON_and_builder_give_the_same_tree()
    {
        var query = _db.Collection("movies").Where("year", Gt, 1970).OrderBy("year").Take(3);
        Assert.Equal(query.ToJson(), LiquidJson.Write(LiquidJson.Read(query.ToJson())));
    }

    [Fact]
    public void A_traversal_is_built_hop_by_hop()
    {
        var walk = _db.Traverse("airports").Start(new DocumentId("AUS"))
            .Hop("_id", "routes", "from", where: Filter.Lt("dist", 800))
            .Hop("to", "airports", "_id").Unique(UniqueMode.Global).Select("city").Distinct().Take(50);
        Assert.Equal(
            """
            {"kind":"traverse","from":"airports","start":{"op":"in","field":"_id","values":["AUS"]},"hops":[{"field":"_id","to":{"collection":"routes","field":"from"},"where":{"op":"lt","field":"dist","value":800}},{"field":"to","to":{"collection":"airports","field":"_id"}}],"select":["city"],"distinct":true,"limit":50}
            """,
            walk.ToJson());
    }

    [Fact]
    public void Steps_give_new_queries_and_leave_the_old_one_alone()
    {
        var all = _db.Collection("movies").Query();
        var some = all.Where("year", Gt, 1970).Take(5);
        Assert.Null(all.ToAst().Where);
        Assert.Null(all.ToAst().Limit);
        Assert.Equal(5, some.ToAst().Limit);
    }

    [Fact]
    public void A_new_order_replaces_the_old_one_and_ThenBy_refines_it()
    {
        var query = _db.Collection("m").Query().OrderBy("a").OrderByDescending("b").ThenBy("c", NullsOrder.Last);
        Assert.Equal([new SortKey("b", Descending: true), new SortKey("c", false, NullsOrder.Last)], query.ToAst().Sort);
    }

    [Fact]
    public async Task A_bad_query_is_refused_before_it_leaves()
    {
        var cluster = new FakeCluster();
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => cluster.Database.Collection("movies").Query().Take(10_001).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal("/limit", error.Pointer);
        Assert.Empty(cluster.Coordinator.Queries);
    }

    [Fact]
    public async Task A_count_of_a_part_is_refused()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _db.Collection("m").Query().Take(3).CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal("query.count_of_part", error.Code);
    }
}
