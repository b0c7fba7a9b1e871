using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace IngoDB.Cluster.Tests.Cli;

/// <summary>Silos as child processes: one may be killed and comes back with its data, and all stop in order when asked.</summary>
public sealed class ClusterUpTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_silo_comes_back_with_its_data_and_all_stop_in_order()
    {
        var folder = fixture.NewFolder("up");
        using var cluster = CliProcess.Start(folder, "cluster", "up", "--silos", "3", "--copies", "3", "--data", "data");
        for (var silo = 1; silo <= 3; silo++) await SaidAsync(cluster, $"ingodb-{silo} is ready");
        await File.WriteAllLinesAsync(Path.Combine(folder, "some.jsonl"), Enumerable.Range(0, 3_000).Select(n => string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{n}}}""")), Token);
        Assert.Equal(0, (await CliProcess.RunAsync(folder, "import", "some.jsonl")).ExitCode);

        var started = await SaidAsync(cluster, "ingodb-2 started as process ");
        using (var victim = Process.GetProcessById(int.Parse(started.Split(' ')[^1], CultureInfo.InvariantCulture))) victim.Kill();
        await SaidAsync(cluster, "ingodb-2 ended");
        // The others have copies of everything, and are asked before it is back.
        Assert.Equal(0, (await CliProcess.RunAsync(folder, "import", "some.jsonl", "--collection", "again")).ExitCode);
        await cluster.WhenSaidAsync(line => line.Contains("partitions open", StringComparison.Ordinal) && line.Contains("start 2", StringComparison.Ordinal), Token);

        var count = await CliProcess.RunAsync(folder, "query", """{"kind":"aggregate","from":"some","compute":{"n":{"fn":"count"}}}""");
        Assert.True(count.ExitCode == 0, count.Error);
        Assert.Equal(3_000, (int)JsonNode.Parse(count.Out)!["n"]!);

        cluster.Terminate();
        var end = await cluster.EndAsync();
        Assert.Equal(0, end.ExitCode);
        Assert.Equal(Path.Combine(folder, "data", "cluster"), end.Out.Trim());
        Assert.Equal(["ingodb-3 stopped", "ingodb-2 stopped", "ingodb-1 stopped"], end.Error.Split('\n').Where(line => line.EndsWith(" stopped", StringComparison.Ordinal)));
    }

    private static Task<string> SaidAsync(CliProcess cluster, string words) => cluster.WhenSaidAsync(line => line.StartsWith(words, StringComparison.Ordinal), Token);
}
