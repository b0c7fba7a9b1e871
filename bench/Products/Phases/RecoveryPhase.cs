// Coming back after a kill. Before it, a hundred thousand documents are written again as they are, acknowledged and not flushed
// by us; then the process is killed, and a new one, warm but with nothing open, opens the folder. The figure ends with the first
// document read; then a thousand others are checked.
namespace IngoDB.ProductBench;

/// <summary>Two halves of a phase, in two processes.</summary>
internal static class RecoveryPhase
{
    private const long Unflushed = 100_000;

    public static void Prepare(Bench bench)
    {
        var batch = new ProductWrite[WritePhases.BatchSize];
        for (long at = 0; at < Math.Min(Unflushed, bench.Documents); at += batch.Length)
        {
            for (var i = 0; i < batch.Length; i++) batch[i] = new((at + i) % bench.Documents, bench.Expected.NumberAt((at + i) % bench.Documents));
            bench.Store.PutBatch(batch);
        }
    }

    public static IEnumerable<Measure> Reopen(Bench bench)
    {
        var timer = bench.Time();
        bench.OpenMain();
        var first = bench.Store.Get(0);
        var step = timer.Stop(Unflushed);
        bench.Check(first, 0);
        for (var i = 0; i < 1000; i++)
        {
            var slot = i * 7919L % bench.Documents;
            bench.Check(bench.Store.Get(slot), slot);
        }

        yield return new("recovery_s", step.Seconds, "s", step.CpuMicros);
    }
}
