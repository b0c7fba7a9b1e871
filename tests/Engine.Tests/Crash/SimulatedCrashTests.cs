// 2,000 crash points of the whole engine. Each life runs until a chosen operation of its disk, then the power goes (or
// the process is killed), in the middle of a write, a flush, a compaction, an index build or a recovery; what was not
// synced is kept, lost, torn and reordered by chance. Then: it opens, and the ledger holds. The next life
// begins there.

using IngoDB.Engine;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Crash;

public sealed class SimulatedCrashTests
{
    private const int CrashPoints = 2000;
    private const int DeathsPerLife = 5;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_refused_appears_at_2000_crash_points()
    {
        for (var seed = 0; seed < CrashPoints / DeathsPerLife; seed++) await LiveAsync(seed, Durability.Durable);
    }

    [Fact]
    public async Task A_buffered_write_survives_a_kill_and_what_was_read_after_it_survives_a_power_cut()
    {
        for (var seed = 0; seed < 60; seed++) await LiveAsync(seed, Durability.Buffered);
    }

    private static async Task LiveAsync(int seed, Durability durability)
    {
        var random = new Random(seed);
        var files = new SimulatedFileSystem();
        var ledger = new DurabilityChecker();
        for (var death = 0; death < DeathsPerLife; death++)
        {
            try
            {
                files.CrashAfter(files.MutatingOperations + 1 + random.Next(random.Next(2) == 0 ? 40 : 400));
                await RunUntilCrashAsync(new EngineLife((seed * DeathsPerLife) + death, files, durability, ledger));
                files = durability == Durability.Buffered || random.Next(4) == 0 ? files.ProcessCrashClone() : files.CrashClone(random);
                if (random.Next(3) == 0) continue; // The next life begins in the wreck: it may die in recovery.
                await CheckAsync(files, ledger);
                files = files.CrashClone(random);
                await CheckAsync(files, ledger);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"LiveAsync({seed}, {durability}), death {death}, at '{files.Faults.LastOperation}': {e.Message}", e);
            }
        }
    }

    private static async Task RunUntilCrashAsync(EngineLife life)
    {
        await using (life)
        {
            try
            {
                await life.OpenAsync();
                while (true) await life.StepAsync();
            }
            catch (Exception) when (life.Files.HasCrashed)
            {
                // However the engine says it: the power is gone.
            }
        }
    }

    /// <summary>It opens, the ledger holds, and what was read here is there for ever.</summary>
    private static async Task CheckAsync(SimulatedFileSystem files, DurabilityChecker ledger)
    {
        await using var life = new EngineLife(0, files);
        await life.OpenAsync();
        life.CheckTables();
        var actual = life.ReadAll();
        ledger.Check(actual);
        ledger.Settle(actual);
    }
}
