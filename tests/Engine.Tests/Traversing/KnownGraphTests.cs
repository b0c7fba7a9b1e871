// The known answers of the real air routes and movies, out of an embedded engine: routes as documents, walked by their fields.

using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Traversing;

public sealed class KnownGraphTests : EngineFixture
{
    [Fact]
    public async Task Air_routes_and_movies_have_their_known_answers()
    {
        await Put("airports", SharedData.Read("airports.jsonl"));
        await Put("routes", SharedData.Read("routes.jsonl"));
        await Put("movies", SharedData.Read("movies.jsonl"));
        await Engine.FlushAsync();

        int[] reached = [98, 1_043, 2_780, 3_359, 3_442, 3_458, 3_461];
        for (var flights = 1; flights <= reached.Length; flights++) Assert.Equal(reached[flights - 1], Closure(flights).Count);

        foreach (var (from, to, flights, miles) in ((string, string, int, int)[])[("AUS", "WLG", 3, 7_856), ("AUS", "SYD", 2, 8_719), ("LHR", "AKL", 2, 11_443), ("ANC", "USH", 3, 9_355)])
        {
            Assert.Equal(2 * flights, (int)Assert.Single(Paths(from, to, weight: null, k: 1))["depth"].AsInt64());
            var nearest = Paths(from, to, "dist", k: 3);
            Assert.Equal(miles, nearest[0]["weight"].AsInt64());
            Assert.Equal(3, nearest.Distinct().Count());
            Assert.Equal(nearest.Select(path => path["weight"].AsInt64()).Order(), nearest.Select(path => path["weight"].AsInt64()));
        }

        // Kevin Bacon: 310 co-stars, 3,671 other movies one shared cast member away.
        var bacon = Filter.Any("cast", Filter.Eq("$", "Kevin Bacon"));
        using var movies = Engine.Scan(new(Engine.Collection("movies")) { Where = bacon });
        Assert.Equal(310, movies.ToList().SelectMany(m => m["cast"].AsArray().ToArray()).Distinct().Count() - 1);
        Assert.Equal(3_671, Read(new TraverseQuery { From = "movies", Start = bacon, Hops = [new("cast", new("movies", "cast"))], Select = ["title"] }).Count);
    }

    private HashSet<string> Closure(int flights)
    {
        // The first flight is the start; each further one joins where the last one landed with where the next takes off.
        var query = new TraverseQuery { From = "routes", Start = Filter.Eq("from", "AUS"), Hops = [new("to", new("routes", "from")) { Min = 0, Max = Math.Max(1, flights - 1) }], Select = ["to"] };
        using var walked = Engine.Query(query);
        var landed = new HashSet<string>();
        while (walked.MoveNext()) landed.Add(walked.Decode()["to"].AsString());
        if (flights == 1) landed = [.. Read(new TraverseQuery { From = "airports", Start = Filter.Eq("code", "AUS"), Hops = [new("code", new("routes", "from"))] }).Select(route => route["to"].AsString())];
        landed.Remove("AUS");
        return landed;
    }

    private List<Document> Paths(string from, string to, FieldPath? weight, int k) => Read(new PathQuery
    {
        From = "airports",
        Start = Filter.Eq("code", from),
        Goal = Filter.Eq("code", to),
        Hops = [new("code", new("routes", "from")), new("to", new("airports", "code"))],
        Depth = 8,
        Weight = weight,
        K = k,
    });

    private List<Document> Read(Query query)
    {
        using var stream = Engine.Query(query);
        return [.. stream.ToList().Select(d => d.Fields)];
    }

    private async Task Put(string collection, IReadOnlyList<StoredDocument> documents)
    {
        var id = Engine.Collection(collection);
        foreach (var some in documents.Chunk(1_000)) await Engine.WriteAsync([.. some.Select(d => EngineWrite.Upsert(id, d.Id, d.Fields))]);
    }
}
