using System.Text.Json.Nodes;

namespace IngoDB.Cluster.Tests.Cli;

/// <summary>Real data through the real program into three silo processes, and the answers that are known.</summary>
public sealed class ImportAndQueryTests(RealDataFixture data) : IClassFixture<RealDataFixture>
{
    [Theory]
    [InlineData("""{"kind":"aggregate","from":"routes","where":{"op":"eq","field":"from","value":"AUS"},"compute":{"n":{"fn":"count"}}}""", 98)]
    [InlineData("""{"kind":"aggregate","from":"airports","where":{"op":"eq","field":"country","value":"US"},"compute":{"n":{"fn":"count"}}}""", 586)]
    [InlineData("""{"kind":"aggregate","from":"movies","where":{"op":"eq","field":"year","value":1917},"compute":{"n":{"fn":"count"}}}""", 914)]
    [InlineData("""{"kind":"aggregate","from":"movies","where":{"op":"any","field":"cast","where":{"op":"eq","field":"$","value":"Harrison Ford"}},"compute":{"n":{"fn":"count"}}}""", 95)]
    [InlineData("""{"kind":"aggregate","from":"movies","where":{"op":"any","field":"genres","where":{"op":"eq","field":"$","value":"Drama"}},"compute":{"n":{"fn":"count"}}}""", 14_062)]
    [InlineData("""{"kind":"aggregate","from":"movies","where":{"op":"size","field":"cast","low":0,"high":0},"compute":{"n":{"fn":"count"}}}""", 869)]
    public async Task Counts_are_those_that_are_known(string query, int expected)
        => Assert.Equal(expected, (int)JsonNode.Parse((await data.QueryAsync(query)).Out)!["n"]!);

    [Fact]
    public async Task The_longest_routes_come_first()
    {
        var run = await data.QueryAsync("""{"kind":"scan","from":"routes","sort":[{"field":"dist","dir":"desc"},{"field":"from"}],"limit":2,"select":["from","to","dist"]}""");
        Assert.Equal([("JFK", "SIN", 9_526), ("SIN", "JFK", 9_526)], Lines(run.Out).Select(route => ((string)route["from"]!, (string)route["to"]!, (int)route["dist"]!)));
    }

    [Fact]
    public async Task A_walk_finds_the_airports_that_are_two_flights_away_and_not_one()
    {
        var hops = string.Join(",", Enumerable.Repeat("""{"field":"_id","to":{"collection":"routes","field":"from"}},{"field":"to","to":{"collection":"airports","field":"_id"}}""", 2));
        var run = await data.QueryAsync($$"""{"kind":"traverse","from":"airports","start":{"op":"eq","field":"_id","value":"AUS"},"hops":[{{hops}}],"select":["code"]}""");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(1_043 - 98, Lines(run.Out).Count());
    }

    [Fact]
    public async Task Every_document_of_a_scan_is_printed_once()
    {
        var run = await data.QueryAsync("""{"kind":"scan","from":"airports","select":["city"]}""", "--stats");
        Assert.Equal(3_504, Lines(run.Out).Select(airport => (string)airport["_id"]!).Distinct().Count());
        Assert.Contains("3504 returned", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_codes_are_those_of_the_manual()
    {
        Assert.Equal(2, (await data.QueryAsync("""{"kind":"scan","from":"movies","where":{"op":"equals","field":"year","value":1}}""")).ExitCode);
        Assert.Equal(2, (await data.RunAsync("query", "--colour")).ExitCode);
        Assert.Equal(2, (await data.RunAsync("frobnicate")).ExitCode);
        Assert.Equal(3, (await data.QueryAsync("""{"kind":"scan","from":"moveis"}""")).ExitCode);
        Assert.Equal(3, (await data.QueryAsync("""{"kind":"get","from":"airports","ids":["XXXX"]}""")).ExitCode);
        Assert.Equal(3, (await data.RunAsync("status", "--cluster", "nowhere")).ExitCode);
        Assert.Equal(4, (await data.QueryAsync("""{"kind":"insert","into":"airports","document":{"_id":"AUS"}}""")).ExitCode);
    }

    private static IEnumerable<JsonNode> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
}
