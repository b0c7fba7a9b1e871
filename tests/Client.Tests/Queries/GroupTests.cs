using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Queries;

/// <summary>An aggregate built from lambdas is an AggregateQuery and nothing else; what could only be computed here is refused.</summary>
public sealed class GroupTests
{
    private readonly IngoDatabase _db = new FakeCluster().Database;

    private Client.Collections.IngoCollection<Movie> Movies => _db.Collection<Movie>("movies");

    [Fact]
    public void Groups_by_a_member_say_what_is_computed_of_each()
    {
        var query = Movies.Where(m => m.Year >= 1970).GroupBy(m => m.Year)
            .Select(g => new { Year = g.Key, Movies = g.Count(), Rating = g.Average(m => m.Rating), Best = g.Max(m => m.Rating), Studios = g.CountDistinct(m => m.Studio.Name) })
            .Having(r => r.Movies > 10 && r.Rating != null).OrderByDescending(r => r.Movies).ThenBy(r => r.Year).Take(5);
        Assert.Equal(
            """
            {"kind":"aggregate","from":"movies","where":{"op":"gte","field":"year","value":1970},"by":["year"],"compute":{"movies":{"fn":"count"},"rating":{"fn":"avg","field":"rating"},"best":{"fn":"max","field":"rating"},"studios":{"fn":"distinct","field":"studio.name"}},"having":{"op":"and","args":[{"op":"gt","field":"movies","value":10},{"op":"and","args":[{"op":"ne","field":"rating","value":null},{"op":"exists","field":"rating"}]}]},"sort":[{"field":"movies","dir":"desc"},{"field":"year"}],"limit":5}
            """,
            query.ToJson());
    }

    [Fact]
    public void A_key_of_several_members_is_taken_apart_and_a_nested_one_is_found_where_it_stands()
    {
        var query = Movies.Query().GroupBy(m => new { m.Year, Where = m.Studio.Name })
            .Select(g => new { Studio = g.Key.Where, g.Key.Year, Total = g.Sum(m => m.Rating) }).OrderBy(r => r.Studio);
        Assert.Equal("""{"kind":"aggregate","from":"movies","by":["year","studio.name"],"compute":{"total":{"fn":"sum","field":"rating"}},"sort":[{"field":"studio.name"}]}""", query.ToJson());
    }

    [Fact]
    public void Elements_of_an_array_are_groups_and_values()
    {
        var query = Movies.Query().GroupByElements(m => m.Genres).Select(g => new { Genre = g.Key, Films = g.Count(m => m.Rating), Actors = g.CountDistinctElements(m => m.Cast) });
        Assert.Equal("""{"kind":"aggregate","from":"movies","by":["genres[]"],"compute":{"films":{"fn":"count","field":"rating"},"actors":{"fn":"distinct","field":"cast[]"}}}""", query.ToJson());
    }

    [Fact]
    public void What_would_be_computed_here_is_refused()
    {
        var groups = Movies.Query().GroupBy(m => m.Year);
        Refused(() => groups.Select(g => new { Twice = g.Count() * 2 }));
        Refused(() => groups.Select(g => g.Count()));
        Refused(() => groups.Select(g => new { Sum = g.Sum(m => m.Rating + 1) }));
        Refused(() => groups.Select(g => new { Other = DateTime.UnixEpoch }));
        Assert.Equal("query.group_of_part", Assert.Throws<InvalidRequestException>(() => Movies.Query().Take(5).GroupBy(m => m.Year)).Code);
    }

    [Fact]
    public void An_include_names_the_other_collection_and_the_member_that_receives()
    {
        var query = Movies.Query().Include(m => m.Studio.Name, _db.Collection<Studio>("studios"), s => s.Name, m => m.Studios);
        Assert.Equal("""{"kind":"scan","from":"movies","include":[{"field":"studio.name","to":{"collection":"studios","field":"name"},"as":"studios"}]}""", query.ToJson());
    }

    private static void Refused(Action build) => Assert.Equal("query.unsupported_expression", Assert.Throws<InvalidRequestException>(build).Code);

    private sealed record Studio(string Name);

    private sealed record Movie(string Id, int Year, double? Rating, Studio Studio, string[] Genres, string[] Cast)
    {
        public Studio[]? Studios { get; init; }
    }
}
