// Every call of the disk fails in turn, once or from then on, with EIO, ENOSPC or a write that stops half way. Whatever
// the engine answers, it is a typed error; it acknowledges nothing that is not durable; reads go on; and the folder opens
// again, after a kill and after a power cut.

using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Crash;

public sealed class FailingCallTests
{
    private const int Seed = 11;
    private const int Steps = 60;

    [Theory]
    [InlineData(SimulatedFault.InputOutput, null, false)]
    [InlineData(SimulatedFault.InputOutput, null, true)]
    [InlineData(SimulatedFault.InputOutput, SimulatedOperation.Read, false)]
    [InlineData(SimulatedFault.DiskFull, null, true)]
    [InlineData(SimulatedFault.ShortWrite, SimulatedOperation.Write, false)]
    public async Task Whichever_call_fails_nothing_acknowledged_is_lost(SimulatedFault fault, SimulatedOperation? operation, bool sticky)
    {
        for (var nth = 1; ; nth++)
        {
            try
            {
                if (!await RunAsync(nth, fault, operation, sticky)) break;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"RunAsync({nth}, {fault}, {operation}, {sticky}): {e.Message}", e);
            }
        }
    }

    /// <returns>False when there was no n-th call.</returns>
    private static async Task<bool> RunAsync(int nth, SimulatedFault fault, SimulatedOperation? operation, bool sticky)
    {
        var files = new SimulatedFileSystem();
        files.Faults.FailNth(nth, fault, operation, sticky: sticky);
        await using var life = new EngineLife(Seed, files);
        var opened = await TryAsync(life.OpenAsync);
        for (var step = 0; opened && step < Steps; step++) await TryAsync(life.StepAsync);

        if (files.Faults.Struck == 0) return false;
        if (life.IsOpen) life.Ledger.Check(life.ReadAll());
        foreach (var after in (SimulatedFileSystem[])[files.ProcessCrashClone(), files.CrashClone(new Random(nth))])
        {
            await using var again = new EngineLife(Seed, after);
            await again.OpenAsync();
            again.CheckTables();
            life.Ledger.Check(again.ReadAll());
        }

        return true;
    }

    private static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (IngoDBException)
        {
            return false;
        }
    }
}
