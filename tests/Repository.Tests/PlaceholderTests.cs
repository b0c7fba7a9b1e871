namespace IngoDB.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void The_runner_finds_this_project() => Assert.NotEmpty(typeof(PlaceholderTests).Assembly.GetTypes());
}
