using System.Globalization;
using System.Text.Json.Nodes;

namespace IngoDB.Cluster.Tests.Cli;

/// <summary>Ctrl-C in the middle of an import, and --resume: every line is there, none twice.</summary>
public sealed class ImportInterruptedTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    private const int Lines = 120_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_interrupted_import_goes_on_where_it_was()
    {
        var folder = fixture.NewFolder("import");
        await File.WriteAllLinesAsync(Path.Combine(folder, "numbers.jsonl"), Enumerable.Range(0, Lines).Select(n => string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{n}},"text":"line {{n}} of an import that is interrupted"}""")), Token);

        using var import = CliProcess.Start(folder, "import", "numbers.jsonl", "--data", "data");
        await WhenAcknowledgedAsync(folder);
        import.Interrupt();
        var first = await import.EndAsync();
        Assert.True(first.ExitCode == 1, first.Error);
        Assert.Contains("--resume goes on from there", first.Error, StringComparison.Ordinal);

        Assert.Equal(2, (await CliProcess.RunAsync(folder, "import", "numbers.jsonl", "--data", "data")).ExitCode);
        var second = await CliProcess.RunAsync(folder, "import", "numbers.jsonl", "--data", "data", "--resume");
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Contains($"{Lines} written, 0 skipped, 0 rejected", second.Error, StringComparison.Ordinal);

        var count = await CliProcess.RunAsync(folder, "query", """{"kind":"aggregate","from":"numbers","compute":{"n":{"fn":"count"}}}""", "--data", "data");
        Assert.Equal(Lines, (int)JsonNode.Parse(count.Out)!["n"]!);
    }

    /// <summary>The import's own note of its progress says that a batch has been answered for.</summary>
    private static async Task WhenAcknowledgedAsync(string folder)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var note = Path.Combine(folder, "numbers.jsonl.import.json");
        while (!File.Exists(note) || JsonNode.Parse(await File.ReadAllTextAsync(note, Token)) is not { } state || (long)state["ackedLine"]! == 0)
            await retry.WaitForNextTickAsync(Token);
    }
}
