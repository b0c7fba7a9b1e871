using System.Text.Json.Nodes;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Cli.Importing;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Importing;

/// <summary>Every line becomes a document or a reject with its number; an interrupted import goes on as if it had never stopped.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ingodb-import-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder.FullName, "cities.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Lines_become_documents_of_the_collection_named_like_the_file()
    {
        Write("""{"_id":"AUS","city":"Austin"}""", "", """{"_id":"SYD","city":"Sydney"}""");
        var run = await _cluster.RunAsync(["import", File], cancellationToken: Token);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.Contains("cities: 2 written, 0 skipped, 0 rejected, 3 lines", run.Error, StringComparison.Ordinal);
        Assert.Equal(["AUS", "SYD"], _cluster.Coordinator.DocumentsOf("cities").Select(document => document.Id.Text));
        Assert.Equal([File], _folder.GetFiles().Select(file => file.FullName));
    }

    [Fact]
    public async Task Bad_lines_are_counted_and_kept_with_number_and_reason()
    {
        Write("""{"_id":"a"}""", "not json", """{"_id":"b","x":1,"x":2}""", """{"_id":5}""", """{"_id":"c"}""");
        var run = await _cluster.RunAsync(["import", File], cancellationToken: Token);
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("2 written, 0 skipped, 3 rejected", run.Error, StringComparison.Ordinal);
        var rejects = ReadRejects();
        Assert.Equal([2, 3, 4], rejects.Select(reject => (int)reject["line"]!));
        Assert.Equal(["not json", """{"_id":"b","x":1,"x":2}""", """{"_id":5}"""], rejects.Select(reject => (string?)reject["text"]));
        Assert.Equal("document.duplicate_field", (string?)rejects[1]["code"]);
        Assert.Equal("document.bad_id", (string?)rejects[2]["code"]);
    }

    [Fact]
    public async Task What_the_database_refuses_is_a_reject_too()
    {
        Write("""{"_id":"a"}""", """{"_id":"b"}""");
        _cluster.Coordinator.OnWrite = id => id.Text == "b" ? FakeCollection.Refused("document.too_large", "16 MiB") : null;
        var run = await _cluster.RunAsync(["import", File], cancellationToken: Token);
        Assert.Equal(5, run.ExitCode);
        Assert.Equal("document.too_large", (string?)ReadRejects().Single()["code"]);
    }

    [Fact]
    public async Task A_field_can_be_the_id_and_stays_in_the_document()
    {
        Write("""{"code":"AUS"}""", """{"code":7}""", """{"city":"Nowhere"}""");
        var run = await _cluster.RunAsync(["import", File, "-c", "airports", "--id-field", "code"], cancellationToken: Token);
        Assert.Equal(5, run.ExitCode);
        Assert.Equal(["7", "AUS"], _cluster.Coordinator.DocumentsOf("airports").Select(document => document.Id.Text));
        Assert.Equal("AUS", _cluster.Coordinator.DocumentsOf("airports")[1]["code"].AsString());
        Assert.Equal("document.no_id", (string?)ReadRejects().Single()["code"]);
    }

    [Theory]
    [InlineData("fail", 4, "old")]
    [InlineData("skip", 0, "old")]
    [InlineData("replace", 0, "new")]
    public async Task A_document_that_is_there_already_is_handled_as_told(string onConflict, int exitCode, string city)
    {
        await _cluster.Database.Collection("cities").InsertAsync(Document.Of(("city", "old")), new DocumentId("AUS"), cancellationToken: Token);
        Write("""{"_id":"AUS","city":"new"}""");
        var run = await _cluster.RunAsync(["import", File, "--on-conflict", onConflict], cancellationToken: Token);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(city, _cluster.Coordinator.DocumentsOf("cities").Single()["city"].AsString());
    }

    [Fact]
    public async Task An_interrupted_import_resumes_without_loss_and_without_a_second_copy()
    {
        const int lines = 2_500;
        Write([.. Enumerable.Range(0, lines).Select(n => $$"""{"n":{{n}}}""")]);
        using var cancel = new CancellationTokenSource();
        // The first batch is answered; the second is written, but its answer is lost with the interruption.
        var written = 0;
        _cluster.Coordinator.OnWrite = _ =>
        {
            if (++written == 1_900) cancel.Cancel();
            return null;
        };
        var first = await _cluster.RunAsync(["import", File], cancellationToken: cancel.Token);
        Assert.Equal(1, first.ExitCode);
        Assert.Contains("--resume goes on from there", first.Error, StringComparison.Ordinal);
        Assert.NotNull(ImportState.Load(File));

        _cluster.Coordinator.OnWrite = null;
        var again = await _cluster.RunAsync(["import", File], cancellationToken: Token);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("import.unfinished", again.Error, StringComparison.Ordinal);

        var second = await _cluster.RunAsync(["import", File, "--resume"], cancellationToken: Token);
        Assert.Equal(0, second.ExitCode);
        Assert.Contains($"{lines} written, 0 skipped, 0 rejected, {lines} lines", second.Error, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, lines).Select(n => (long)n), _cluster.Coordinator.DocumentsOf("cities").Select(document => document["n"].AsInt64()));
        Assert.Null(ImportState.Load(File));
    }

    [Fact]
    public async Task A_batch_that_the_cluster_can_not_take_now_is_sent_again_as_the_same_documents()
    {
        Write([.. Enumerable.Range(0, 10).Select(n => $$"""{"n":{{n}}}""")]);
        for (var i = 0; i < 4; i++) _cluster.Coordinator.Throw(new UnavailableException("partition.unavailable", "down"));
        var import = _cluster.RunAsync(["import", File], cancellationToken: Token);
        await _cluster.Time.WhenSomebodyWaits(BatchSender.FirstWait);
        _cluster.Time.Advance(BatchSender.FirstWait);
        Assert.Equal(0, (await import).ExitCode);
        Assert.Equal(10, _cluster.Coordinator.DocumentsOf("cities").Count);
        Assert.Equal(5, _cluster.Coordinator.Writes.Count);
    }

    [Fact]
    public async Task A_missing_file_and_a_needless_resume_say_so()
    {
        Assert.Equal(3, (await _cluster.RunAsync(["import", File], cancellationToken: Token)).ExitCode);
        Write("{}");
        var run = await _cluster.RunAsync(["import", File, "--resume"], cancellationToken: Token);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("import.nothing_to_resume", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\r\n\r\nb", new[] { "a", "", "b" })]
    [InlineData("", new string[0])]
    [InlineData("\uFEFFa\n", new[] { "a" })]
    public async Task Lines_end_in_LF_or_CRLF_and_the_last_needs_none(string text, string[] lines)
    {
        var reader = new LineReader(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), 0, 0);
        var read = new List<string>();
        while (await reader.ReadAsync(Token) is { } line) read.Add(System.Text.Encoding.UTF8.GetString(line.Bytes.Span));
        Assert.Equal(lines, read);
    }

    private void Write(params string[] lines)
    {
        using var writer = new StreamWriter(File);
        writer.NewLine = "\n";
        foreach (var line in lines) writer.WriteLine(line);
    }

    private List<JsonNode> ReadRejects() => [.. System.IO.File.ReadLines(RejectsFile.PathFor(File)).Select(line => JsonNode.Parse(line)!)];
}
