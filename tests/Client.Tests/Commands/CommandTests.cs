using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Commands;

/// <summary>Data on stdout, everything said about it on stderr, and an exit code that scripts can rely on.</summary>
public sealed class CommandTests
{
    private const string AllMovies = """{"kind":"scan","from":"movies","sort":[{"field":"year"}]}""";

    private readonly FakeCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_of_JSON_are_what_a_pipe_gets()
    {
        await FillAsync();
        var run = await _cluster.RunAsync(["query", AllMovies], cancellationToken: Token);
        Assert.Equal(
            """
            {"_id":"alien","_version":"1000001","title":"Alien","year":1979}
            {"_id":"aliens","_version":"1000002","title":"Aliens","year":1986,"cast":["Sigourney Weaver","Michael Biehn"]}

            """.ReplaceLineEndings("\n"), run.Out);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_JSON_array_is_one_value_even_when_it_is_empty()
    {
        await FillAsync();
        var run = await _cluster.RunAsync(["query", AllMovies, "-o", "json"], cancellationToken: Token);
        Assert.Equal(
            """
            [
            {"_id":"alien","_version":"1000001","title":"Alien","year":1979},
            {"_id":"aliens","_version":"1000002","title":"Aliens","year":1986,"cast":["Sigourney Weaver","Michael Biehn"]}
            ]

            """.ReplaceLineEndings("\n"), run.Out);
        Assert.Equal("[]\n", (await _cluster.RunAsync(["query", """{"kind":"scan","from":"nothing"}""", "-o", "json"], cancellationToken: Token)).Out);
    }

    [Fact]
    public async Task A_table_is_what_a_person_gets()
    {
        await FillAsync();
        var run = await _cluster.RunAsync(["query", AllMovies, "--stats"], tty: true, cancellationToken: Token);
        Assert.Equal(
            """

              _id      title    year   cast
            ─────────────────────────────────────────────────────────────────
              alien    Alien    1979
              aliens   Aliens   1986   ["Sigourney Weaver","Michael Biehn"]


            """.ReplaceLineEndings("\n"), string.Join('\n', run.Out.Split('\n').Select(line => line.TrimEnd())));
        Assert.StartsWith("2 returned, 2 examined, 1 pages", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_may_come_from_stdin_or_a_file()
    {
        await FillAsync();
        Assert.Equal(2, (await _cluster.RunAsync(["query", "-"], input: AllMovies, cancellationToken: Token)).Out.Count(c => c == '\n'));
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, AllMovies, Token);
            Assert.Equal(2, (await _cluster.RunAsync(["query", file], cancellationToken: Token)).Out.Count(c => c == '\n'));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_bad_request_says_what_where_and_how_instead()
    {
        var run = await _cluster.RunAsync(["query", """{"kind":"scan","from":"movies","where":{"op":"equals","field":"year","value":1}}"""], cancellationToken: Token);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.StartsWith("error query.unknown_operator at /where/op\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("  try: eq", run.Error, StringComparison.Ordinal);
        Assert.Contains("  example: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query", "--colour")]
    [InlineData("frobnicate")]
    [InlineData("import")]
    [InlineData("query", "{}", "-o", "xml")]
    [InlineData("status", "--cluster", "a", "--data", "b")]
    public async Task A_wrong_command_line_is_exit_code_2_and_points_to_help(params string[] arguments)
    {
        var run = await _cluster.RunAsync(arguments, cancellationToken: Token);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("error usage\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
    }

    [Fact]
    public async Task Exit_codes_tell_not_found_conflict_failure_and_partial_apart()
    {
        await FillAsync();
        Assert.Equal(3, (await _cluster.RunAsync(["query", """{"kind":"get","from":"movies","ids":["nope"]}"""], cancellationToken: Token)).ExitCode);
        Assert.Equal(3, (await _cluster.RunAsync(["query", "no-such-file.json"], cancellationToken: Token)).ExitCode);
        Assert.Equal(4, (await _cluster.RunAsync(["query", """{"kind":"insert","into":"movies","document":{"_id":"alien"}}"""], cancellationToken: Token)).ExitCode);
        _cluster.Coordinator.MissingPartitions = [3];
        Assert.Equal(1, (await _cluster.RunAsync(["query", AllMovies], cancellationToken: Token)).ExitCode);
        var partial = await _cluster.RunAsync(["query", AllMovies, "--partial"], cancellationToken: Token);
        Assert.Equal(5, partial.ExitCode);
        Assert.Contains("partitions 3 could not be asked", partial.Error, StringComparison.Ordinal);
        Assert.Equal(2, partial.Out.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_count_is_printed_as_the_value_it_is()
    {
        await FillAsync();
        var run = await _cluster.RunAsync(["query", """{"kind":"aggregate","from":"movies","compute":{"n":{"fn":"count"}}}"""], cancellationToken: Token);
        Assert.Equal("{\"n\":2}\n", run.Out);
    }

    [Fact]
    public async Task Plans_indexes_and_status_are_documents_too()
    {
        Assert.Equal("{\"access\":\"primary scan\",\"measured\":false}\n", (await _cluster.RunAsync(["explain", AllMovies], cancellationToken: Token)).Out);
        Assert.Equal("{\"access\":\"primary scan\",\"measured\":true}\n", (await _cluster.RunAsync(["explain", AllMovies, "--run"], cancellationToken: Token)).Out);
        Assert.Equal("{\"silos\":1}\n", (await _cluster.RunAsync(["status"], cancellationToken: Token)).Out);
        Assert.Equal("{\"collection\":\"movies\",\"path\":\"year\",\"state\":\"ready\"}\n", (await _cluster.RunAsync(["indexes"], cancellationToken: Token)).Out);
        Assert.Equal(2, (await _cluster.RunAsync(["explain", """{"kind":"delete","from":"movies","id":"alien"}"""], cancellationToken: Token)).ExitCode);
    }

    private async Task FillAsync()
    {
        var movies = _cluster.Database.Collection("movies");
        await movies.InsertAsync(Document.Of(("title", "Alien"), ("year", 1979)), new DocumentId("alien"), cancellationToken: Token);
        await movies.InsertAsync(Document.Of(("title", "Aliens"), ("year", 1986), ("cast", Value.From("Sigourney Weaver", "Michael Biehn"))), new DocumentId("aliens"), cancellationToken: Token);
    }
}
