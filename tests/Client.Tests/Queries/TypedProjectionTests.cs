using System.Linq.Expressions;
using System.Text.Json.Serialization;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Queries;

/// <summary>A projection asks for the fields it takes and makes objects of them; it computes nothing, and nothing goes round the database.</summary>
public sealed class TypedProjectionTests
{
    private readonly FakeCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_what_the_projection_takes_is_asked_for()
    {
        var films = await FilledAsync();
        var query = films.Where(f => f.Year > 1970).OrderBy(f => f.Year).Select(f => new { f.Title, f.Year, Town = f.Studio.City });
        Assert.Equal(["title", "year", "studio.city"], query.ToAst().Select!.Select(path => path.Text));
        Assert.Equal([("Alien", 1979, "Shepperton"), ("Aliens", 1986, "")], (await query.ToListAsync(Token)).Select(f => (f.Title, f.Year, f.Town ?? "")));
    }

    [Fact]
    public async Task Members_records_and_nested_objects_can_be_made()
    {
        var films = await FilledAsync();
        Assert.Equal(["Alien", "Aliens", "Gertie"], (await films.Query().Select(f => f.Title).ToListAsync(Token)).Order());
        Assert.Equal([new Line("alien", 1979)], await films.Where(f => f.Year == 1979).Select(f => new Line(f.Id, f.Year)).ToListAsync(Token));
        var card = Assert.Single(await films.Where(f => f.Id == "alien").Select(f => new Card { Title = f.Title, Rest = new Rest(f.Rating, f.Cast), From = "imdb" }).ToListAsync(Token));
        Assert.Equal(("Alien", 8.5, "imdb"), (card.Title, card.Rest.Rating, card.From));
        Assert.Equal(["Tom Skerritt", "Sigourney Weaver"], card.Rest.Cast);
        var first = await films.Where(f => f.Id == "alien").Select(f => new { First = f.Cast[0], Double = (double)f.Year, f.Colour }).FirstOrDefaultAsync(Token);
        Assert.Equal(("Tom Skerritt", 1979.0, Colour.BlackAndWhite), (first!.First, first.Double, first.Colour));
    }

    [Fact]
    public async Task What_a_document_does_not_have_is_the_default_of_its_type()
    {
        await _cluster.Database.Collection("films").UpsertAsync(Document.Of(("extra", true)), new DocumentId("bare"), cancellationToken: Token);
        var bare = Assert.Single(await _cluster.Database.Collection<Film>("films").Query().Select(f => new { f.Id, f.Title, f.Year, f.Rating, f.Cast }).ToListAsync(Token));
        Assert.Equal(("bare", null, 0, null, null), (bare.Id, bare.Title, bare.Year, bare.Rating, bare.Cast));
    }

    [Fact]
    public async Task A_value_of_another_type_is_told_by_its_path()
    {
        await _cluster.Database.Collection("films").UpsertAsync(Document.Of(("year", "old")), new DocumentId("odd"), cancellationToken: Token);
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _cluster.Database.Collection<Film>("films").Query().Select(f => f.Year).ToListAsync(Token));
        Assert.Equal(("document.not_this_type", "/year"), (error.Code, error.Pointer));
    }

    [Fact]
    public async Task Fields_of_plain_documents_are_selected_by_indexer()
    {
        await FilledAsync();
        var years = await _cluster.Database.Collection("films").Where(f => f["year"] > 1980).Select(f => new { Year = f["year"] }).ToListAsync(Token);
        Assert.Equal(1986, Assert.Single(years).Year.AsInt64());
    }

    [Fact]
    public void What_computes_is_refused_with_what_to_do_instead()
    {
        var films = _cluster.Database.Collection<Film>("films").Query();
        Refused(f => f.Year + 1);
        Refused(f => f.Title.ToUpperInvariant());
        Refused(f => new { f });
        Refused(f => new { Age = 2026 - f.Year });
        Refused(f => f.Year > 1970 ? f.Title : "");
        Refused(f => 5);

        void Refused<TResult>(Expression<Func<Film, TResult>> projection)
        {
            var error = Assert.Throws<InvalidRequestException>(() => films.Select(projection));
            Assert.Equal("query.unsupported_expression", error.Code);
            Assert.NotNull(error.Suggestion);
            Assert.NotNull(error.Example);
        }
    }

    [Fact]
    public void Behind_a_projection_nothing_can_be_filtered_any_more()
    {
        var titles = _cluster.Database.Collection<Film>("films").Query().Select(f => new { f.Title });
        Assert.Contains("before Select", Assert.Throws<InvalidRequestException>(() => titles.Where(t => t.Title == "Alien")).Suggestion);
    }

    private async Task<IngoDB.Client.Collections.IngoCollection<Film>> FilledAsync()
    {
        var films = _cluster.Database.Collection<Film>("films");
        await films.UpsertManyAsync(
        [
            new() { Id = "alien", Title = "Alien", Year = 1979, Rating = 8.5, Cast = ["Tom Skerritt", "Sigourney Weaver"], Studio = new("Shepperton"), Colour = Colour.BlackAndWhite },
            new() { Id = "aliens", Title = "Aliens", Year = 1986 },
            new() { Id = "gertie", Title = "Gertie", Year = 1914 },
        ], cancellationToken: Token);
        return films;
    }

    public enum Colour
    {
        Colour,
        BlackAndWhite,
    }

    public sealed record Studio(string City);

    public sealed record Line(string Id, int Year);

    public sealed record Rest(double? Rating, List<string> Cast);

    public sealed record Card
    {
        public string Title { get; init; } = "";

        public Rest Rest { get; init; } = new(null, []);

        public string From { get; init; } = "";
    }

    public sealed record Film
    {
        public string Id { get; set; } = "";

        public string Title { get; init; } = "";

        public int Year { get; init; }

        public double? Rating { get; init; }

        public List<string> Cast { get; init; } = [];

        public Studio Studio { get; init; } = new("");

        [JsonPropertyName("colouring")]
        public Colour Colour { get; init; }
    }
}
