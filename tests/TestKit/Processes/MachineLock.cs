using IngoDB.Engine.Files;

namespace IngoDB.TestKit.Processes;

/// <summary>
/// Tests that start real processes run one at a time on a machine, over all test projects: a cluster beside a kill test
/// would measure only how busy the machine is. The kernel frees the lock when its owner dies.
/// </summary>
public static class MachineLock
{
    public static async Task<IDisposable> AcquireAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), "ingodb-tests.lock");
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (LocalFileSystem.Instance.TryLock(path) is { } held) return held;
            await retry.WaitForNextTickAsync(cancellationToken);
        }
    }
}
