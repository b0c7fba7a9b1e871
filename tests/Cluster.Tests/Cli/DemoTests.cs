using System.Text.Json.Nodes;

namespace IngoDB.Cluster.Tests.Cli;

/// <summary>The README's first command, smaller: it checks its own answers, so the test checks what it says about them.</summary>
public sealed class DemoTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    [Fact]
    public async Task The_demo_finds_no_answer_that_differs_and_no_write_that_is_lost()
    {
        var folder = fixture.NewFolder("demo");
        var run = await CliProcess.RunAsync(folder, "demo", "--docs", "5000", "--json", "figures.json");
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        var figures = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "figures.json"), TestContext.Current.CancellationToken))!;

        Assert.Equal(0, (int)figures["answersWrong"]!);
        Assert.InRange((int)figures["answersChecked"]!, 2_000, 3_000);
        Assert.Equal((3, 16), ((int)figures["silos"]!, (int)figures["partitions"]!));

        Assert.Equal(0, (int)figures["crash"]!["lost"]!);
        Assert.Equal(0, (int)figures["crash"]!["damaged"]!);
        Assert.InRange((int)figures["crash"]!["acknowledged"]!, 2_000, int.MaxValue);

        Assert.Equal((0, 0), ((int)figures["failover"]!["lost"]!, (int)figures["failover"]!["wrong"]!));
        Assert.InRange((int)figures["failover"]!["acknowledged"]!, 400, int.MaxValue);
        Assert.InRange((int)figures["failover"]!["led"]!, 2, 6);

        Assert.Equal(5_000, (int)figures["filterFirst"]!["examined"]!);
        Assert.Equal(1, (int)figures["filterLearned"]!["returned"]!);
        Assert.InRange((double)figures["peakMemoryMegabytes"]!, 10, 1_500);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder, "*ingodb-demo*"));
    }

    [Fact]
    public async Task An_interrupted_demo_leaves_nothing_behind()
    {
        var folder = fixture.NewFolder("interrupted");
        using var demo = CliProcess.Start(folder, "demo", "--docs", "100000", "--json", "figures.json");
        await demo.WhenSaidAsync(line => line.Contains("data in", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        demo.Interrupt();
        var run = await demo.EndAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("interrupted", run.Error, StringComparison.Ordinal);
        var data = run.Error.Split('\n').First(line => line.Contains("data in", StringComparison.Ordinal)).Split("data in ")[1].Trim();
        Assert.False(Directory.Exists(data));
        Assert.False(File.Exists(Path.Combine(folder, "figures.json")));
    }
}
