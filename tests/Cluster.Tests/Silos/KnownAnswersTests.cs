// Documents that nobody here wrote, through a real client and real silo processes, and answers that were known before.

using Cluster.Tests.Processes;
using IngoDB.Client;
using IngoDB.Model;
using IngoDB.Tests;

namespace Cluster.Tests.Silos;

public sealed class KnownAnswersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Routes_airports_and_movies_have_the_answers_that_are_known(int silos)
    {
        SharedData.PathOf("movies.jsonl");
        await using var cluster = await ProcessCluster.StartAsync(silos);
        var database = cluster.Database;
        var routes = SharedData.Read("routes.jsonl");
        await ImportAsync(database, "routes", routes);
        await ImportAsync(database, "movies", SharedData.Read("movies.jsonl"));
        await ImportAsync(database, "airports", Airports(routes));

        await CountsAsync(database);
        await MoviesAsync(database);
        await ReachableAsync(database);
        await KnownAggregates.CheckAsync(database);
        await PathsAsync(database);
    }

    private static async Task CountsAsync(IngoDatabase database)
    {
        Assert.Equal(3_504, await database.Collection("airports").CountAsync(Cancellation));
        Assert.Equal(50_637, await database.Collection("routes").CountAsync(Cancellation));
        Assert.Equal(36_273, await database.Collection("movies").CountAsync(Cancellation));
        foreach (var (country, airports) in new[] { ("US", 586), ("CN", 217), ("CA", 205) })
            Assert.Equal(airports, await database.Collection("airports").Where(Filter.Eq("country", country)).CountAsync(Cancellation));
        foreach (var (code, degree) in new[] { ("AUS", 98), ("FRA", 310), ("IST", 309), ("CDG", 293), ("AMS", 283), ("MUC", 270) })
            Assert.Equal(degree, (await database.Collection("routes").Where(Filter.Eq("from", code)).ToListAsync(Cancellation)).Count);

        var longest = await database.Collection("routes").Query().OrderByDescending("dist").ThenBy("from").Take(2).ToListAsync(Cancellation);
        Assert.Equal([("JFK", "SIN", 9526L), ("SIN", "JFK", 9526L)], longest.Select(r => (r["from"].AsString(), r["to"].AsString(), r["dist"].AsInt64())));
    }

    private static async Task MoviesAsync(IngoDatabase database)
    {
        var movies = database.Collection("movies");
        foreach (var (year, count) in new[] { (1917, 914), (1918, 814) }) Assert.Equal(count, await movies.Where(Filter.Eq("year", year)).CountAsync(Cancellation));
        foreach (var (genre, count) in new[] { ("Drama", 14_062), ("Comedy", 10_498), ("Silent", 7_131) }) Assert.Equal(count, await movies.Where(Filter.Any("genres", Filter.Eq("$", genre))).CountAsync(Cancellation));
        foreach (var (actor, count) in new[] { ("Harrison Ford", 95), ("Harold Lloyd", 190), ("John Wayne", 135), ("Kevin Bacon", 47) }) Assert.Equal(count, await movies.Where(Filter.Any("cast", Filter.Eq("$", actor))).CountAsync(Cancellation));
        Assert.Equal(869, await movies.Where(new SizeFilter("cast", 0, 0)).CountAsync(Cancellation));
        Assert.Equal(588, await movies.Where(new SizeFilter("genres", 0, 0)).CountAsync(Cancellation));

        // Everything in order, over many pages: as many as there are, none twice.
        var all = await movies.Query().OrderBy("title").Select("title").ToListAsync(Cancellation);
        Assert.Equal((36_273, 36_273), (all.Count, all.Select(m => m.Id).Distinct().Count()));

        // One shared cast member away from Kevin Bacon's 47 movies: 3,671 others.
        var coStars = await database.Traverse("movies").Start(Filter.Any("cast", Filter.Eq("$", "Kevin Bacon"))).Hop("cast", "movies", "cast").ToListAsync(Cancellation);
        Assert.Equal(3_671, coStars.Count);
    }

    private static async Task ReachableAsync(IngoDatabase database)
    {
        int[] known = [98, 1_043, 2_780, 3_359, 3_442, 3_458, 3_461, 3_461];
        for (var hops = 1; hops <= known.Length; hops++)
        {
            var reached = await database.Traverse("airports").Start(new DocumentId("AUS")).Hop("to", "airports", "_id", max: hops).Select("code").ToListAsync(Cancellation);
            Assert.Equal(known[hops - 1], reached.Count);
        }

        // The same through the routes as documents: an airport's code → routes from there → the airports they lead to.
        var oneStep = await database.Traverse("airports").Start(new DocumentId("AUS")).Hop("code", "routes", "from").Hop("to", "airports", "code").ToListAsync(Cancellation);
        Assert.Equal(98, oneStep.Count);
    }

    private static async Task PathsAsync(IngoDatabase database)
    {
        foreach (var (from, to, flights, miles) in new[] { ("AUS", "WLG", 3, 7_856), ("AUS", "SYD", 2, 8_719), ("LHR", "AKL", 2, 11_443), ("ANC", "USH", 3, 9_355) })
        {
            var paths = database.Paths("airports").Start(new DocumentId(from)).Goal(new DocumentId(to)).Hop("_id", "routes", "from").Hop("to", "airports", "_id").MaxDepth(8);
            Assert.Equal(2 * flights, (int)(await paths.ToListAsync(Cancellation))[0]["depth"].AsInt64());
            var nearest = await paths.Weight("dist").Take(3).ToListAsync(Cancellation);
            Assert.Equal(miles, nearest[0]["weight"].AsInt64());
            Assert.Equal(3, nearest.Count);
        }

        // Co-stars of Kevin Bacon: an edge for each movie of his with one of those that share a cast member.
        var bacon = database.Traverse("movies").Start(Filter.Any("cast", Filter.Eq("$", "Kevin Bacon"))).Hop("cast", "movies", "cast");
        Assert.Equal(3_671, (await bacon.Emit(EmitMode.Leaves).Select("title").ToListAsync(Cancellation)).Count);
        var edges = await bacon.Emit(EmitMode.Edges).ToListAsync(Cancellation);
        Assert.Equal(3_671, edges.Count);
        Assert.Equal(3_671, edges.Select(edge => edge["to"].AsDocument()["_id"]).Distinct().Count());
    }

    /// <summary>Airports under their code, with where one can fly from there.</summary>
    private static IEnumerable<StoredDocument> Airports(IReadOnlyList<StoredDocument> routes)
    {
        var to = routes.ToLookup(r => r["from"].AsString(), r => r["to"]);
        foreach (var airport in SharedData.Read("airports.jsonl"))
            yield return airport with { Id = new(airport["code"].AsString()), Fields = airport.Fields.With("to", Value.From([.. to[airport["code"].AsString()]])) };
    }

    private static async Task ImportAsync(IngoDatabase database, string collection, IEnumerable<StoredDocument> documents)
    {
        (await database.Collection(collection).UpsertManyAsync(documents, cancellationToken: Cancellation)).EnsureApplied();
    }
}
