// The real binary, the real kernel, and a system call that fails: the only way to see an error that the runtime would
// swallow (docs/storage-rules.md F1: FileStream.Flush(true) returns normally after EIO). strace makes the n-th call
// of a thread and every later one fail. After it: no acknowledgement, a clear error, reads go on, and after a
// restart without strace nothing acknowledged is missing.

using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using IngoDB.TestKit.Processes;

namespace IngoDB.Tests.Crash;

public sealed class SyncFailureTests
{
    [Theory]
    [InlineData("fdatasync", "EIO", 30)]
    [InlineData("fdatasync", "ENOSPC", 35)]
    [InlineData("fdatasync", "EROFS", 42)]
    [InlineData("pwrite64", "ENOSPC", 60)]
    [InlineData("pwrite64", "EIO", 25)]
    public async Task A_failed_call_ends_all_acknowledgements_and_loses_none(string call, string error, int nth)
    {
        Requires.Linux();
        Requires.Tool("strace", "apt-get install -y strace");
        var cancellation = TestContext.Current.CancellationToken;
        using var machine = await MachineLock.AcquireAsync(cancellation);
        using var folder = new TemporaryFolder();
        var ledger = new DurabilityChecker();
        string[] strace = ["strace", "-f", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:error={error}:when={nth}+"];

        using var child = new ChildProcess(folder["db"], 1, ledger, wrapper: strace);
        var exit = await child.HearTheRestAsync(cancellation);

        Assert.True(exit == 0, child.Errors);
        Assert.True(child.Acknowledged > 0);
        Assert.Equal(0, child.AcknowledgedAfterFailure);
        Assert.Equal(["engine.poisoned", "write.unknown_outcome"], child.Failures.Distinct().Order());
        Assert.Matches(@"^reads (\d+) of \1$", child.Reads);
        ledger.Check(await KillTests.ReadAllAsync(folder["db"]));
    }
}
