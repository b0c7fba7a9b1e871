using System.Text.Json.Nodes;

namespace IngoDB.Cluster.Tests.Cli;

/// <summary>The life of a collection, and writes to many documents, from the command line against three silo processes.</summary>
public sealed class CollectionsTests(RealDataFixture data) : IClassFixture<RealDataFixture>
{
    [Fact]
    public async Task A_collection_is_made_listed_renamed_and_dropped()
    {
        Assert.Equal(0, (await data.RunAsync("collections", "create", "short-lived", "--ttl-seconds", "3600", "--buffered", "true")).ExitCode);
        Assert.Equal(4, (await data.RunAsync("collections", "create", "short-lived")).ExitCode);
        var listed = Lines((await data.RunAsync("collections", "list")).Out).Single(row => (string)row["name"]! == "short-lived");
        Assert.Equal((3600, true), ((int)listed["ttlSeconds"]!, (bool)listed["buffered"]!));

        Assert.Equal(0, (await data.RunAsync("collections", "rename", "short-lived", "renamed")).ExitCode);
        Assert.Equal(2, (await data.RunAsync("collections", "drop", "renamed")).ExitCode);
        Assert.Contains("renamed", (await data.RunAsync("collections", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await data.RunAsync("collections", "drop", "renamed", "--yes")).ExitCode);
        Assert.DoesNotContain("renamed", (await data.RunAsync("collections", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(3, (await data.RunAsync("collections", "stats", "renamed")).ExitCode);
    }

    [Fact]
    public async Task Statistics_of_real_airports_are_right()
    {
        var stats = JsonNode.Parse((await data.RunAsync("collections", "stats", "airports", "-o", "jsonl")).Out)!;
        Assert.Equal(3_504, (int)stats["documents"]!);
        var country = stats["fields"]!.AsArray().Single(field => (string)field!["field"]! == "country")!;
        Assert.Equal(1.0, (double)country["presence"]!);
        Assert.InRange((int)country["distinct"]!, 200, 260);
    }

    [Fact]
    public async Task Many_documents_are_written_by_filter()
    {
        for (var i = 0; i < 6; i++) await data.QueryAsync($$$"""{"kind":"upsert","into":"many","document":{"_id":"m{{{i}}}","n":{{{i}}}}}""");
        var dry = JsonNode.Parse((await data.QueryAsync("""{"kind":"deleteWhere","from":"many","where":{"op":"gte","field":"n","value":3},"dryRun":true}""")).Out)!;
        Assert.Equal((3, 0), ((int)dry["matched"]!, (int)dry["modified"]!));
        Assert.Equal(4, (await data.QueryAsync("""{"kind":"deleteWhere","from":"many","where":{"op":"gte","field":"n","value":3},"expected":2}""")).ExitCode);
        var done = JsonNode.Parse((await data.QueryAsync("""{"kind":"updateWhere","into":"many","where":{"op":"gte","field":"n","value":3},"inc":{"n":10},"expected":3}""")).Out)!;
        Assert.Equal((3, 3), ((int)done["matched"]!, (int)done["modified"]!));
        Assert.Equal(3, (int)JsonNode.Parse((await data.QueryAsync("""{"kind":"aggregate","from":"many","where":{"op":"gte","field":"n","value":13},"compute":{"n":{"fn":"count"}}}""")).Out)!["n"]!);
    }

    private static IEnumerable<JsonNode> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
}
