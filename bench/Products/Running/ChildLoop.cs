// The child's side: one engine in one process, so that peak memory and processor time are its own. It warms the runtime up with
// a small run of everything in another folder, opens the real one, and then does what its parent says, a line at a time:
//
//     parent                child
//                           @ready
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
    public const string Ready = "ready", Prepare = "prepare-recovery", Reopen = "reopen", Exit = "exit";
    private const long WarmUpDocuments = 20_000;

    public static int Run(StoreKind kind, string folder, long documents, bool durable, bool reopen, string? connection)
    {
        WarmUp(kind, folder, durable, reopen, connection);
        ProcFiles.ResetPeakMemory();
        using var bench = new Bench(kind, folder, documents, durable, isWarmUp: false, connection);
        if (!reopen) bench.OpenMain();
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
                foreach (var _ in phase.Run(bench))
                {
                    // Its figures are of no interest.
                }
            }

            if (kind.Can(Abilities.Recovers)) RecoveryPhase.Prepare(bench);
            bench.Dispose();
            if (reopen) _ = RecoveryPhase.Reopen(bench).ToList();
        }

        Directory.Delete(warmUpFolder, recursive: true);
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(Mark + line);
        Console.Out.Flush();
    }
}
