// The C# of docs/language.md: each method is the example of the same name, and its lines are those of the page. A query is
// compared with the JSON of the page and then asked; a write is done.

using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace Grains.Tests.Language;

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExampleAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

internal sealed record Movie
{
    public string Id { get; set; } = "";

    public string Title { get; init; } = "";

    public int Year { get; init; }

    public double? Rating { get; init; }

    public string? Director { get; init; }

    public List<string> Genres { get; init; } = [];

    public List<Role> Cast { get; init; } = [];

    public Studio? Studio { get; init; }

    public DateTimeOffset? Released { get; init; }

    [JsonPropertyName("aka.de")]
    public string? German { get; init; }
}

internal sealed record Role(string Actor, string Name);

internal sealed record Studio(string Name, string City);

internal sealed class LanguageExamples(IngoDatabase db)
{
    private readonly IngoCollection<Movie> movies = db.Collection<Movie>("movies");
    private readonly DocumentCollection films = db.Collection("films");

    /// <summary>The lines of this file.</summary>
    public static string Source() => File.ReadAllText(Here());

    private static string Here([CallerFilePath] string path = "") => path;

    [Example("get")]
    public object Get() =>
        movies.GetManyAsync([new("alien"), new("nosferatu"), new("nowhere")]);

    [Example("scan")]
    public object Scan() =>
        movies.Where(m => m.Year == 1979).OrderBy(m => m.Title).Take(20).Select(m => new { m.Title, m.Year });

    [Example("eq")]
    public object Eq() =>
        movies.Where(m => m.Director == "Ridley Scott").Select(m => m.Title);

    [Example("ne")]
    public object Ne() =>
        movies.Where(m => m.Director != "Ridley Scott").Select(m => m.Director);

    [Example("gt, gte, lt, lte")]
    public object Gt() =>
        movies.Where(m => m.Rating >= 8.1 && m.Year < 1980).Select(m => new { m.Rating, m.Year });

    [Example("range")]
    public object Range() =>
        movies.Where(Filter.Range("year", 1970, 1980)).Select(m => m.Year);

    [Example("in, nin")]
    public object In()
    {
        int[] years = [1922, 1927];
        return
            movies.Where(m => years.Contains(m.Year)).Select(m => m.Title);
    }

    [Example("gt and lte")]
    public object Between() =>
        movies.Where(m => m.Year > 1922 && m.Year <= 1979).Select(m => m.Year);

    [Example("nin")]
    public object NotIn() =>
        db.Collection("movies").Where(Filter.And(new InFilter("genres[0]", ["Horror", "Sci-Fi"], Negated: true), Filter.Exists("studio"))).Select("genres");

    [Example("Several indexes")]
    public object Either() =>
        movies.Where(m => m.Director == "Ridley Scott" || m.Genres.Contains("Western")).Select(m => m.Title);

    [Example("exists, missing")]
    public object Exists() =>
        movies.Where(Filter.And(Filter.Exists("rating"), new ExistsFilter("director", Negated: true))).Select(m => m.Rating);

    [Example("Null and missing")]
    public object Null() =>
        movies.Where(m => m.Rating == null).Select(m => m.Title);

    [Example("prefix")]
    public object Prefix() =>
        movies.Where(m => m.Title.StartsWith("al", StringComparison.OrdinalIgnoreCase)).Select(m => m.Title);

    [Example("contains")]
    public object Contains() =>
        movies.Where(m => m.Title.Contains("of")).Select(m => m.Title);

    [Example("matches")]
    public object Matches() =>
        movies.Where(m => System.Text.RegularExpressions.Regex.IsMatch(m.Title, "^(Blade|Star) ")).Select(m => m.Title);

    [Example("type")]
    public object Type() =>
        movies.Where(new TypeFilter("released", TypeName.Date)).Select(m => m.Released);

    [Example("size")]
    public object Size() =>
        movies.Where(m => m.Genres.Count > 1).Select(m => m.Genres);

    [Example("any")]
    public object Any() =>
        movies.Where(m => m.Cast.Any(role => role.Actor == "Harrison Ford" && role.Name != "Han Solo")).Select(m => m.Title);

    [Example("Any of plain elements")]
    public object AnyPlain() =>
        movies.Where(m => m.Genres.Contains("Horror")).Select(m => m.Title);

    [Example("and, or, not")]
    public object Logic() =>
        movies.Where(m => (m.Year < 1930 || m.Rating > 8.3) && !m.Genres.Contains("Western")).Select(m => new { m.Year, m.Rating });

    [Example("Paths")]
    public object Paths() =>
        movies.Where(m => m.Studio!.City == "London" && m.Cast[0].Actor == "Sigourney Weaver" && m.German != null).Select(m => new { m.Studio!.Name, m.German });

    [Example("sort")]
    public object Sort() =>
        movies.Query().OrderByDescending("rating", NullsOrder.Last).ThenBy(m => m.Title).Take(4).Select(m => new { m.Title, m.Rating });

    [Example("skip and limit")]
    public object Skip() =>
        movies.Query().OrderBy(m => m.Year).Skip(2).Take(2).Select(m => m.Year);

    [Example("budget")]
    public object Budget() =>
        movies.Query().OrderBy(m => m.Year).WithBudget(new Budget(Milliseconds: 2000, Documents: 100_000)).Take(1).Select(m => m.Year);

    [Example("count")]
    public object Count() =>
        movies.Where(m => m.Year < 1970).CountAsync();

    [Example("aggregate")]
    public object Aggregate() =>
        movies.Query().GroupByElements(m => m.Genres)
            .Select(g => new { Genre = g.Key, Films = g.Count(), Best = g.Max(m => m.Rating), Directors = g.CountDistinct(m => m.Director) })
            .Having(r => r.Films >= 2).OrderByDescending(r => r.Films);

    [Example("include")]
    public object Include() =>
        db.Collection("routes").Where(Filter.Eq("from", "AUS")).Include("to", "airports", "_id", "there").Select("to");

    [Example("path")]
    public object Path() =>
        db.Paths("airports").Start(Filter.Eq("_id", "AUS")).Goal(Filter.Eq("_id", "WLG")).Hop("_id", "routes", "from").Hop("to", "airports", "_id").Weight("dist").MaxDepth(8);

    [Example("hops")]
    public object Hops() =>
        db.Traverse("movies").Start(Filter.Eq("_id", "alien")).Hop("director", "movies", "director").Select("title");

    [Example("Several hops, repeated")]
    public object Routes() =>
        db.Traverse("airports").Start(new DocumentId("AUS")).Hop("_id", "routes", "from", where: Filter.Lt("dist", 2000)).Hop("to", "airports", "_id");

    [Example("Where edges lead, each place once")]
    public object Places() =>
        db.Traverse("routes").Start(Filter.Eq("from", "AUS")).Hop("to", "routes", "from", min: 0, max: 6).Select("to").Distinct();

    [Example("Whole paths")]
    public object WholePaths() =>
        db.Traverse("airports").Start(new DocumentId("AUS")).Hop("_id", "routes", "from").Hop("to", "airports", "_id").Emit(EmitMode.Paths);

    [Example("insert")]
    public object Insert() =>
        films.InsertAsync(Document.Of(("title", "Dune"), ("year", 1984), ("tags", Value.ArrayOf("desert"))), new DocumentId("dune"));

    [Example("upsert")]
    public object Upsert() =>
        films.UpsertAsync(Document.Of(("title", "Solaris"), ("year", 1972)), new DocumentId("solaris"));

    [Example("replace")]
    public object Replace() =>
        films.ReplaceAsync(Document.Of(("title", "Solaris"), ("year", 2002)), new DocumentId("solaris"));

    [Example("patch")]
    public object PatchOne() =>
        films.PatchAsync(new("dune"), new Patch().Set("studio.city", "Mexico City").Inc("year", 37).Push("tags", "spice").Unset("rating"));

    [Example("What the patch made of it")]
    public object Patched() =>
        films.GetManyAsync([new("dune")]);

    [Example("delete")]
    public object Delete() =>
        films.DeleteAsync(new("solaris"));

    [Example("bulk")]
    public object Bulk() =>
        films.BulkAsync([
            new UpsertWrite { Into = "films", Id = new("stalker"), Document = Document.Of(("title", "Stalker"), ("year", 1979)) },
            new DeleteWrite { Into = "films", Id = new("nowhere") },
        ]);

    [Example("updateWhere")]
    public object UpdateWhere() =>
        films.UpdateWhereAsync(Filter.Lt("year", 2000), new Patch().Set("old", true), expected: 1);

    [Example("deleteWhere")]
    public object DeleteWhere() =>
        films.DeleteWhereAsync(Filter.Eq("old", true), dryRun: true);
}
