using System.Globalization;
using System.Text.Json.Nodes;

namespace IngoDB.Cluster.Tests.Cli;

/// <summary>A sound folder is called sound; one changed byte anywhere in a table is found, named by file and offset.</summary>
public sealed class VerifyTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    private const int Documents = 5_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Damage_is_found_and_named()
    {
        var folder = fixture.NewFolder("verify");
        await File.WriteAllLinesAsync(Path.Combine(folder, "some.jsonl"), Enumerable.Range(0, Documents).Select(n => string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{n}}}""")), Token);
        Assert.Equal(0, (await CliProcess.RunAsync(folder, "import", "some.jsonl", "--data", "data")).ExitCode);
        Assert.Equal(0, (await CliProcess.RunAsync(folder, "query", """{"kind":"scan","from":"some","limit":1}""", "--data", "data")).ExitCode); // the second start writes the log's rows as tables

        var sound = await CliProcess.RunAsync(folder, "verify", "data");
        Assert.True(sound.ExitCode == 0, sound.Out + sound.Error);
        // What is remembered of the import's requests lies beside their documents: one row for each of five batches in each of 16 partitions.
        Assert.Equal(Documents + 5 * 16, sound.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => (int)JsonNode.Parse(line)!["rows"]!));

        var table = Directory.EnumerateFiles(Path.Combine(folder, "data"), "*.sst", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var bytes = await File.ReadAllBytesAsync(table, Token);
        bytes[bytes.Length / 3] ^= 0x10;
        await File.WriteAllBytesAsync(table, bytes, Token);

        var damaged = await CliProcess.RunAsync(folder, "verify", "data", "-o", "jsonl");
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("DAMAGED: 1 findings in 1 of 16 folders", damaged.Error, StringComparison.Ordinal);
        var finding = damaged.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).Single(report => !(bool)report["sound"]!)["findings"]![0]!;
        Assert.Equal(Path.GetFileName(table), Path.GetFileName((string)finding["file"]!));
        Assert.InRange((long)finding["offset"]!, 0, bytes.Length);
    }

    [Fact]
    public async Task A_folder_without_data_is_not_called_sound()
        => Assert.Equal(3, (await CliProcess.RunAsync(fixture.NewFolder("empty"), "verify", ".")).ExitCode);
}
