// Coming back after a kill. Before it, a hundred thousand new documents are put in batches, acknowledged and not flushed by us; then
// the process is killed, and a new one, warm but with nothing open, opens the folder. The figure ends with the first document read.
// Then all of the new ones are looked for: acknowledged means, in every durability class here, that they outlive the process.
namespace IngoDB.ProductBench;

/// <summary>Two halves of a phase, in two processes.</summary>
internal static class RecoveryPhase
{
    private const int Unflushed = 100_000;
    private const long SlotsBeyond = 20_000_000;

    public static void Prepare(Bench bench)
    {
        var batch = new ProductWrite[WritePhases.BatchSize];
        for (long at = 0; at < bench.Scaled(Unflushed); at += batch.Length)
        {
            for (var i = 0; i < batch.Length; i++) batch[i] = new(bench.Documents + SlotsBeyond + at + i, at + i);
            bench.Store.PutBatch(batch);
        }
    }

    public static IEnumerable<Measure> Reopen(Bench bench)
    {
        var timer = bench.Time();
        bench.OpenMain();
        var first = bench.Store.Get(0);
        var step = timer.Stop(bench.Scaled(Unflushed));
        bench.Check(first, 0);
        var lost = 0;
        for (var i = 0; i < bench.Scaled(Unflushed); i++)
            if (bench.Store.Get(bench.Documents + SlotsBeyond + i) != ProductFacts.Of(i)) lost++;
        if (lost > 0 && bench.Kind.Can(Abilities.Learns)) throw new WrongAnswerException($"{bench.Kind.Name} lost {lost} acknowledged documents");
        yield return new("recovery_s", step.Seconds, "s", step.CpuMicros);
        yield return new("recovery_lost_docs", lost, "docs");
    }
}
