// What is known of the real data, as aggregates and includes through a client: the same numbers that counts give one by one.

using IngoDB.Client;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

/// <summary>Groups and includes over airports, routes and movies.</summary>
internal static class KnownAggregates
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task CheckAsync(IngoDatabase database)
    {
        await MoviesAsync(database);
        await AirportsAsync(database);
        await IncludesAsync(database);
    }

    private static async Task MoviesAsync(IngoDatabase database)
    {
        var movies = database.Collection<Movie>("movies").Query();
        var years = await movies.GroupBy(m => m.Year).Select(g => new { Year = g.Key, Movies = g.Count() }).OrderByDescending(r => r.Movies).Take(2).ToListAsync(Cancellation);
        Assert.Equal([(1917, 914L), (1918, 814L)], years.Select(r => (r.Year, r.Movies)));

        var genres = await movies.GroupByElements(m => m.Genres).Select(g => new { Genre = g.Key, Movies = g.Count() }).OrderByDescending(r => r.Movies).Take(3).ToListAsync(Cancellation);
        Assert.Equal([("Drama", 14_062L), ("Comedy", 10_498), ("Silent", 7_131)], genres.Select(r => (r.Genre, r.Movies)));

        var cast = await movies.GroupByElements(m => m.Cast).Select(g => new { Name = g.Key, Movies = g.Count() }).OrderByDescending(r => r.Movies).Take(4).ToListAsync(Cancellation);
        Assert.Equal([("Harold Lloyd", 190L), ("Hoot Gibson", 157), ("Charles Starrett", 137), ("John Wayne", 135)], cast.Select(r => (r.Name, r.Movies)));

        // All of them, over many pages: as many as there are distinct elements, none twice, in the order of names.
        var all = await movies.GroupByElements(m => m.Cast).Select(g => new { Name = g.Key, Movies = g.Count() }).ToListAsync(Cancellation);
        var one = await movies.AggregateAsync(g => new { Names = g.CountDistinctElements(m => m.Cast), First = g.Min(m => m.Year), Last = g.Max(m => m.Year) }, Cancellation);
        Assert.Equal((one.Names, 133_326L), (all.Count, all.Sum(r => r.Movies)));
        Assert.Equal(all.Select(r => r.Name).Order(StringComparer.Ordinal), all.Select(r => r.Name));
        Assert.Equal((1900, 2023), (one.First, one.Last));
    }

    private static async Task AirportsAsync(IngoDatabase database)
    {
        var countries = await database.Collection<Airport>("airports").Query().GroupBy(a => a.Country).Select(g => new { Country = g.Key, Airports = g.Count() }).OrderByDescending(r => r.Airports).Take(3).ToListAsync(Cancellation);
        Assert.Equal([("US", 586L), ("CN", 217), ("CA", 205)], countries.Select(r => (r.Country, r.Airports)));

        var degrees = await database.Collection<Route>("routes").Query().GroupBy(r => r.From)
            .Select(g => new { From = g.Key, Out = g.Count(), Longest = g.Max(r => r.Dist), Mean = g.Average(r => r.Dist), Targets = g.CountDistinct(r => r.To) }).Having(r => r.Out >= 270).OrderByDescending(r => r.Out).ToListAsync(Cancellation);
        Assert.Equal([("FRA", 310L), ("IST", 309), ("CDG", 293), ("AMS", 283), ("MUC", 270)], degrees.Take(5).Select(r => (r.From, r.Out)));
        Assert.All(degrees, r => Assert.Equal(r.Out, r.Targets));
        Assert.All(degrees, r => Assert.InRange(r.Mean!.Value, 1, r.Longest));
    }

    private static async Task IncludesAsync(IngoDatabase database)
    {
        var airports = database.Collection<Airport>("airports");
        var routes = await database.Collection<Route>("routes").Where(r => r.From == "AUS").OrderBy(r => r.Dist)
            .Include(r => r.To, airports, a => a.Code, r => r.Airports).ToListAsync(Cancellation);
        Assert.Equal(98, routes.Count);
        Assert.All(routes, route => Assert.Equal(route.To, Assert.Single(route.Airports!).Code));

        // The other way round, by id and with a limit: airports with a few of the routes that begin there.
        var get = new GetQuery { From = "airports", Ids = [new("AUS"), new("FRA")], Select = ["city"], Include = [new("_id", new("routes", "from"), "routes") { Select = ["to"], Where = Filter.Gt("dist", 1_000), Limit = 3 }] };
        var found = await database.QueryAsync(get, cancellationToken: Cancellation);
        Assert.Equal(["AUS", "FRA"], found.Select(airport => airport.Id.Text));
        Assert.All(found, airport => Assert.Equal(["city", "routes"], airport.Fields.Select(field => field.Key)));
        Assert.All(found, airport => Assert.Equal(3, airport["routes"].AsArray().Length));
    }

    private sealed record Movie(Guid Id, string Title, int Year, string[] Cast, string[] Genres);

    private sealed record Airport(string Id, string Code, string Country);

    private sealed record Route(string From, string To, int Dist)
    {
        public Airport[]? Airports { get; init; }
    }
}
