using IngoDB.Abstractions;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Commands;

/// <summary>What people say to learning on the command line arrives as the operation of that name.</summary>
public sealed class LearnCommandTests
{
    private readonly FakeCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("learn off", "learning.set", """{"learning":"off"}""")]
    [InlineData("learn suggest -c movies", "learning.set", """{"learning":"suggest","collection":"movies"}""")]
    [InlineData("learn budget --bytes 1000 --upkeep-share 0.5", "learning.set", """{"bytesMax":1000,"upkeepShareMax":0.5}""")]
    [InlineData("learn budget --bytes -1", "learning.set", """{"bytesMax":null}""")]
    [InlineData("learn pin movies genre+year", "indexes.pin", """{"collection":"movies","path":"genre+year"}""")]
    [InlineData("learn unban movies year", "indexes.unban", """{"collection":"movies","path":"year"}""")]
    [InlineData("learn advance", "learning.advance", "{}")]
    public async Task People_tell_learning_what_to_do(string line, string operation, string argument)
    {
        var run = await _cluster.RunAsync(line.Split(' '), cancellationToken: Token);
        Assert.Equal((0, ""), (run.ExitCode, run.Out));
        var asked = Assert.Single(_cluster.Coordinator.Admin);
        Assert.Equal((operation, argument), (asked.Operation, DocumentJson.ToJson(SingleDocument.Read(asked.Argument) ?? Document.Empty)));
    }

    [Fact]
    public async Task What_was_learned_is_a_text_that_can_be_applied()
    {
        Assert.Equal("{\"act\":\"build\",\"path\":\"year\"}\n", (await _cluster.RunAsync(["learn", "log"], cancellationToken: Token)).Out);
        Assert.Equal("{ }\n", (await _cluster.RunAsync(["learn", "export"], cancellationToken: Token)).Out);
        Assert.Equal(0, (await _cluster.RunAsync(["learn", "apply", "-", "--exact"], input: "{ }", cancellationToken: Token)).ExitCode);
        Assert.Equal("""{"design":"{ }","exact":true}""", DocumentJson.ToJson(SingleDocument.Read(_cluster.Coordinator.Admin[^1].Argument)!));
    }
}
