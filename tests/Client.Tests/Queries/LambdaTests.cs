#pragma warning disable CA1862 // Comparing by case is what people write; here it is refused.

using System.Linq.Expressions;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Queries;

/// <summary>A lambda either means the same in the database, or is refused with its own text. It never runs in the client.</summary>
public sealed class LambdaTests
{
    private readonly IngoDatabase _db = new FakeCluster().Database;

    public static TheoryData<Expression<Func<Movie, bool>>, string> Translated
    {
        get
        {
            var captured = 1970;
            int[] years = [1977, 1979];
            return new()
            {
                { m => m.Year > 1970, """{"op":"gt","field":"year","value":1970}""" },
                { m => m.Year > captured + 1, """{"op":"gt","field":"year","value":1971}""" },
                { m => 1970 <= m.Year, """{"op":"gte","field":"year","value":1970}""" },
                { m => m.Title == "Alien" && m.Year == 1979 && m.Seen, """{"op":"and","args":[{"op":"eq","field":"title","value":"Alien"},{"op":"eq","field":"year","value":1979},{"op":"eq","field":"seen","value":true}]}""" },
                { m => m.Year < 1950 || !(m.Year > 2000), """{"op":"or","args":[{"op":"lt","field":"year","value":1950},{"op":"not","arg":{"op":"gt","field":"year","value":2000}}]}""" },
                { m => m.Cast.Contains("Harrison Ford"), """{"op":"any","field":"cast","where":{"op":"eq","field":"$","value":"Harrison Ford"}}""" },
                { m => m.Genres.Contains("Drama"), """{"op":"any","field":"genres","where":{"op":"eq","field":"$","value":"Drama"}}""" },
                { m => m.Cast.Any(name => name.StartsWith("Har", StringComparison.Ordinal)), """{"op":"any","field":"cast","where":{"op":"prefix","field":"$","value":"Har"}}""" },
                { m => m.Roles.Any(role => role.Actor == "Sigourney Weaver"), """{"op":"any","field":"roles","where":{"op":"eq","field":"actor","value":"Sigourney Weaver"}}""" },
                { m => years.Contains(m.Year), """{"op":"in","field":"year","values":[1977,1979]}""" },
                { m => m.Cast.Count == 0, """{"op":"size","field":"cast","high":0,"low":0}""" },
                { m => m.Genres.Length > 2, """{"op":"size","field":"genres","low":3}""" },
                { m => m.Studio.City == "Shepperton", """{"op":"eq","field":"studio.city","value":"Shepperton"}""" },
                { m => m.Cast[0] == "Tom Skerritt", """{"op":"eq","field":"cast[0]","value":"Tom Skerritt"}""" },
                { m => m.Rating == null, """{"op":"or","args":[{"op":"eq","field":"rating","value":null},{"op":"missing","field":"rating"}]}""" },
                { m => m.Rating!.Value > 7.5, """{"op":"gt","field":"rating","value":7.5}""" },
                { m => m.Colour == Colour.BlackAndWhite, """{"op":"eq","field":"colour","value":"BlackAndWhite"}""" },
                { m => m.Imdb == "tt0078748", """{"op":"eq","field":"imdb.id","value":"tt0078748"}""".Replace("imdb.id", "[\\\"imdb.id\\\"]", StringComparison.Ordinal) },
                { m => m.Id == "alien", """{"op":"eq","field":"_id","value":"alien"}""" },
                { m => m.Cast.All(name => name.Contains('a') || name == "x"), """{"op":"not","arg":{"op":"any","field":"cast","where":{"op":"not","arg":{"op":"or","args":[{"op":"contains","field":"$","value":"a"},{"op":"eq","field":"$","value":"x"}]}}}}""" },
                { m => m.Rating.HasValue, """{"op":"and","args":[{"op":"ne","field":"rating","value":null},{"op":"exists","field":"rating"}]}""" },
                { m => string.IsNullOrEmpty(m.Imdb), """{"op":"or","args":[{"op":"in","field":"[\"imdb.id\"]","values":[null,""]},{"op":"missing","field":"[\"imdb.id\"]"}]}""" },
                { m => Regex.IsMatch(m.Title, "^A.*n$", RegexOptions.IgnoreCase), """{"op":"matches","field":"title","value":"^A.*n$","fold":true}""" },
                { m => m.Title.Equals("Alien", StringComparison.Ordinal), """{"op":"eq","field":"title","value":"Alien"}""" },
                { m => m.Title.Contains("lie"), """{"op":"contains","field":"title","value":"lie"}""" },
            };
        }
    }

    public static TheoryData<Expression<Func<Movie, bool>>> Refused => new()
    {
        m => m.Title.Length > 3,
        m => m.Title.Trim() == "alien",
        m => m.Year + 1 > 1970,
        m => m.Year > m.Id.Length,
        m => m.Cast.Any(name => name.EndsWith("Ford", StringComparison.Ordinal)),
        m => m.Title.StartsWith("a", StringComparison.CurrentCulture),
        m => m.Title.ToLowerInvariant() == "alien",
        m => string.Compare(m.Title, "M", StringComparison.Ordinal) > 0,
        m => m.Cast.First() == "x",
        m => Regex.IsMatch(m.Title, "a", RegexOptions.Multiline),
        m => Local(m.Year),
        m => m.NotStored == 3,
        m => true,
    };

    [Theory]
    [MemberData(nameof(Translated), DisableDiscoveryEnumeration = true)]
    public void What_has_a_meaning_becomes_a_filter(Expression<Func<Movie, bool>> lambda, string expected)
        => Assert.Equal(
            LiquidJson.Write(LiquidJson.Read($$"""{"kind":"scan","from":"movies","where":{{expected}}}""")),
            _db.Collection<Movie>("movies").Where(lambda).ToJson());

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void What_has_none_is_refused_by_name(Expression<Func<Movie, bool>> lambda)
    {
        var error = Assert.Throws<InvalidRequestException>(() => _db.Collection<Movie>("movies").Where(lambda));
        Assert.Equal("query.unsupported_expression", error.Code);
        Assert.NotNull(error.Suggestion);
        Assert.NotNull(error.Example);
    }

    [Fact]
    public void A_refusal_says_what_to_use_instead()
    {
        Says("Regex.IsMatch", m => m.Title.EndsWith('n'));
        Says("OrdinalIgnoreCase", m => m.Title.ToLowerInvariant() == "alien");
        Says("side of the constant", m => m.Year + 1 > 1970);
        Says("UTF-8 bytes", m => string.Compare(m.Title, "M", StringComparison.Ordinal) > 0);
        Says("Any(x", m => m.Cast.First() == "x");
        Says("culture", m => m.Title.StartsWith("a", StringComparison.CurrentCulture));
        Says("a field of its own", m => m.Title == m.Id);

        void Says(string what, Expression<Func<Movie, bool>> condition)
            => Assert.Contains(what, Assert.Throws<InvalidRequestException>(() => _db.Collection<Movie>("movies").Where(condition)).Suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_plain_documents_can_be_compared_by_indexer()
        => Assert.Equal(
            """{"kind":"scan","from":"movies","where":{"op":"gt","field":"year","value":1970}}""",
            _db.Collection("movies").Where(m => m["year"] > 1970).ToJson());

    [Fact]
    public void Sort_keys_are_members_too()
        => Assert.Equal(["studio.city", "_id"], _db.Collection<Movie>("movies").Query().OrderBy(m => m.Studio.City).ThenByDescending(m => m.Id).ToAst().Sort.Select(key => key.Field.Text));

    private static bool Local(int year) => year > 0;

    public enum Colour
    {
        Colour,
        BlackAndWhite,
    }

    public sealed record Studio(string City);

    public sealed record Role(string Actor, string Name);

    public sealed record Movie
    {
        public string Id { get; set; } = "";

        public string Title { get; init; } = "";

        public int Year { get; init; }

        public bool Seen { get; init; }

        public double? Rating { get; init; }

        public Colour Colour { get; init; }

        public List<string> Cast { get; init; } = [];

        public string[] Genres { get; init; } = [];

        public List<Role> Roles { get; init; } = [];

        public Studio Studio { get; init; } = new("");

        [JsonPropertyName("imdb.id")]
        public string? Imdb { get; init; }

        [JsonIgnore]
        public int NotStored { get; init; }
    }
}
