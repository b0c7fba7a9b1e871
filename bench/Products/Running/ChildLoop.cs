// The child's side: one engine in one process, so that peak memory and processor time are its own. It warms the runtime up with
// a small run of everything in another folder, opens the real one, and then does what its parent says, a line at a time:
//
//     parent                child
//                           @ready
//                           @missing: a library that does not load here       (instead; the engine is left out)
//     update                @[{"Phase":"update",...},...]      or @!message
//     exit                  (ends)
//
// Lines without the mark are an engine's own chatter and are passed over.
using System.Text.Json;

namespace IngoDB.ProductBench;

/// <summary>Runs phases on request.</summary>
internal static class ChildLoop
{
    public const char Mark = '@', Failure = '!';
    public const string Ready = "ready", Missing = "missing: ", Prepare = "prepare-recovery", Reopen = "reopen", Exit = "exit";
    private const long WarmUpDocuments = 50_000;
    private const int WarmUpIngests = 3, WarmUpScans = 4;
    private static readonly TimeSpan PauseTime = TimeSpan.FromMilliseconds(300);

    public static int Run(StoreKind kind, string folder, long documents, bool durable, bool reopen, string? connection)
    {
        try
        {
            WarmUp(kind, folder, durable, reopen, connection);
        }
        catch (DllNotFoundException e)
        {
            Say(Missing + e.Message.Split('\n').FirstOrDefault(line => line.Contains("required by", StringComparison.Ordinal), e.Message.Split('\n')[0]));
            return 0;
        }

        ProcFiles.ResetPeakMemory();
        using var bench = new Bench(kind, folder, documents, durable, isWarmUp: false, connection);
        if (!reopen)
        {
            bench.OpenMain();
            bench.WarmSilo(bench.Store, oneByOne: false);
        }

        Say(Ready);
        while (Console.In.ReadLine() is { } line && line != Exit)
        {
            try
            {
                Say(JsonSerializer.Serialize(Perform(bench, line)));
            }
            catch (Exception e)
            {
                Say($"{Failure}{e.ToString().ReplaceLineEndings(" | ")}");
            }
        }

        return 0;
    }

    private static List<Measure> Perform(Bench bench, string what)
    {
        GC.Collect();
        if (what == Reopen) return [.. RecoveryPhase.Reopen(bench)];
        if (what != Prepare) return [.. AllPhases.InOrder.Single(phase => phase.Name == what).Run(bench)];
        RecoveryPhase.Prepare(bench);
        return [];
    }

    private static void WarmUp(StoreKind kind, string folder, bool durable, bool reopen, string? connection)
    {
        var warmUpFolder = Path.Combine(folder, "warm-up");
        using (var bench = new Bench(kind, warmUpFolder, WarmUpDocuments, durable, isWarmUp: true, connection))
        {
            bench.OpenMain();
            foreach (var phase in AllPhases.InOrder)
            {
                if (!kind.Can(phase.Needs) || (reopen && phase.Name is not ("ingest" or "update" or "settle" or "get"))) continue;
                // A scan is timed once: the runtime must have compiled it well before, which it does in steps, between calls.
                for (var rounds = phase.Needs == Abilities.Scans && !reopen ? WarmUpScans : 1; rounds > 0; rounds--)
                {
                    _ = phase.Run(bench).ToList(); // its figures are of no interest
                    if (phase.Needs == Abilities.Scans) Pause();
                }
            }

            // The write paths are short here and long in the run: without these, the runtime would still be compiling them.
            if (kind.Can(Abilities.Writes | Abilities.Settles) && !reopen)
                for (var i = 0; i < WarmUpIngests; i++)
                {
                    Pause();
                    _ = WritePhases.RandomIngest(bench).ToList();
                }

            if (kind.Can(Abilities.Recovers)) RecoveryPhase.Prepare(bench);
            bench.Dispose();
            if (reopen) _ = RecoveryPhase.Reopen(bench).ToList();
        }

        Directory.Delete(warmUpFolder, recursive: true);
        Pause();
    }

    /// <summary>The runtime compiles well what was called often, but in the background and only when nothing new was called for a tenth of a second.</summary>
    public static void Pause()
    {
        using var never = new ManualResetEventSlim();
        never.Wait(PauseTime);
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(Mark + line);
        Console.Out.Flush();
    }
}
