using IngoDB.Model;

namespace IngoDB.Tests.Liquid;

/// <summary>The answers that the page beside the real data gives, from the plainest reading of the semantics.</summary>
public sealed class KnownAnswerTests
{
    [Fact]
    public void Movies()
    {
        var movies = SharedData.Read("movies.jsonl");
        Assert.Equal(36_273, movies.Count);
        Assert.Equal(914, Count(movies, Filter.Eq("year", 1917L)));
        Assert.Equal(914, Count(movies, Filter.Range("year", 1917L, 1918L)));
        Assert.Equal(814, Count(movies, Filter.Eq("year", 1918.0)));
        Assert.Equal(14_062, Count(movies, Filter.Any("genres", Filter.Eq("$", "Drama"))));
        Assert.Equal(95, Count(movies, Filter.Any("cast", Filter.Eq("$", "Harrison Ford"))));
        Assert.Equal(190, Count(movies, Filter.Any("cast", Filter.In("$", "Harold Lloyd"))));
        Assert.Equal(47, Count(movies, Filter.Any("cast", new TextFilter(TextOperator.Matches, "$", "^Kevin Bacon$"))));
        Assert.Equal(869, Count(movies, new SizeFilter("cast", null, 0)));
        Assert.Equal(588, Count(movies, new SizeFilter("genres", 0, 0)));
    }

    [Fact]
    public void Airports_and_routes()
    {
        var airports = SharedData.Read("airports.jsonl");
        Assert.Equal(3_504, airports.Count);
        Assert.Equal([586, 217, 205], new[] { "US", "CN", "CA" }.Select(country => Count(airports, Filter.Eq("country", country))));
        var routes = SharedData.Read("routes.jsonl");
        Assert.Equal(50_637, routes.Count);
        Assert.Equal(98, Count(routes, Filter.Eq("from", "AUS")));
        Assert.Equal([310, 309, 293], new[] { "FRA", "IST", "CDG" }.Select(code => Count(routes, Filter.Eq("from", code))));
        var longest = routes.Order(new ScanOrder([new SortKey("dist", Descending: true)])).First().Fields;
        Assert.Equal(Value.From(9526L), longest["dist"]);
    }

    private static int Count(IReadOnlyList<StoredDocument> documents, Filter filter) => documents.Count(document => FilterEvaluator.Matches(filter, document));
}
