// 50 times SIGKILL, on a real disk: a child writes with four writers as fast as it can, through flushes and compactions,
// and dies in the middle of it. Then its folder is opened and compared with what it had been told. Every
// third wreck is left to the next child, which then recovers on its own and may die in that.

using IngoDB.Engine;
using IngoDB.Engine.Files;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using IngoDB.TestKit.Processes;

namespace IngoDB.Tests.Crash;

public sealed class KillTests
{
    private const int Kills = 50;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_in_50_kills()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var machine = await MachineLock.AcquireAsync(cancellation);
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        var ledger = new DurabilityChecker();
        long firstValue = 1;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = new ChildProcess(folder.Path, firstValue, ledger, kill % 2 == 0 ? ["buffered"] : []);
            await child.KillAfterAsync(random.Next(3) == 0 ? random.Next(20) : random.Next(1500), cancellation);
            firstValue = Math.Max(firstValue, child.LastValue) + 1000;
            if (kill % 3 == 2) continue;

            var actual = await ReadAllAsync(folder.Path);
            ledger.Check(actual);
            ledger.Settle(actual);
        }

        Assert.True(ledger.Count > 100);
    }

    [Fact, Trait("Defect", "14")]
    public async Task A_folder_belongs_to_one_process_until_it_dies()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var machine = await MachineLock.AcquireAsync(cancellation);
        using var folder = new TemporaryFolder();
        using var child = new ChildProcess(folder.Path, 1, new DurabilityChecker());
        await child.HearAsync(cancellation);
        Assert.Equal("engine.locked", (await Assert.ThrowsAsync<UnavailableException>(() => ReadAllAsync(folder.Path))).Code);
        await child.KillAfterAsync(1, cancellation);
        Assert.NotNull(await ReadAllAsync(folder.Path));
    }

    internal static async Task<Dictionary<string, long>> ReadAllAsync(string folder)
    {
        await using var engine = await StorageEngine.OpenAsync(folder, new EngineOptions { Files = LocalFileSystem.Instance, BackgroundWork = false });
        if (engine.FindCollection("ledger") is not { } collection) return [];
        using var all = engine.Scan(new ScanRequest(collection));
        return all.ToList().ToDictionary(d => d.Id.Text, d => d["value"].AsInt64());
    }
}
