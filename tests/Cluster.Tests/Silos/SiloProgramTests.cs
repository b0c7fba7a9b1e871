// What the silo program says when it cannot start: one sentence on stderr that names the thing, and an exit code.

using Cluster.Tests.Processes;
using IngoDB.TestKit.Processes;

namespace Cluster.Tests.Silos;

public sealed class SiloProgramTests
{
    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused_and_the_first_ends_well()
    {
        using var machine = await MachineLock.AcquireAsync(TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("ingodb-silo-").FullName;
        try
        {
            await using var first = SiloPrograms.Start(["--data", folder]);
            Assert.Contains(folder, await first.ReadyAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await using var second = SiloPrograms.Start(["--data", folder]);
            Assert.Equal(1, await second.ExitAsync(TestContext.Current.CancellationToken));
            Assert.Contains("node.folder_in_use", second.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
            Assert.Equal(0, await first.StopAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(2, "--sillos", "'--sillos=3' is not understood", "--sillos=3")]
    [InlineData(2, "--silos", "a number from 1 to 32", "--silos", "0")]
    [InlineData(2, "--data", "--data needs a value", "--data")]
    [InlineData(2, "IngoDB:Partitions", "IngoDB:Partitions is 0", "--data", "TEMP", "--IngoDB:Partitions=0")]
    [InlineData(1, "/proc", "/proc/ingodb", "--data", "/proc/ingodb")]
    public async Task A_start_that_cannot_work_says_why(int exitCode, string names, string sentence, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("ingodb-silo-").FullName;
        await using var silo = SiloPrograms.Start(arguments.Select(a => a == "TEMP" ? folder : a));
        Assert.Equal(exitCode, await silo.ExitAsync(TestContext.Current.CancellationToken));
        Assert.Contains(names, silo.Output, StringComparison.Ordinal);
        Assert.Contains(sentence, silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
