// How long a get takes while everything is being merged. A second thread writes documents again as they are, so that the merge
// has something to do and every answer stays what it was, and merges; engines that merge nothing are only written to.
using System.Diagnostics;

namespace IngoDB.ProductBench;

/// <summary>Phases about the slowest.</summary>
internal static class LatencyPhases
{
    private const double Seconds = 2;
    private const int BatchesBetweenMerges = 50;

    public static IEnumerable<Measure> GetsUnderMerges(Bench bench)
    {
        var (store, n) = (bench.Store, bench.Documents);
        using var enough = new CancellationTokenSource();
        Exception? failed = null;
        var merging = new Thread(() =>
        {
            try
            {
                for (long round = 0; !enough.IsCancellationRequested; round++)
                {
                    Rewrite(bench, round, enough.Token);
                    store.MergeEverything();
                }
            }
            catch (Exception e)
            {
                failed = e;
            }
        });
        var timer = bench.Time();
        merging.Start();
        var ticks = new List<long>(1 << 22);
        var (random, began) = (new Random(3), Stopwatch.GetTimestamp());
        var limit = (long)(bench.Box(Seconds).TotalSeconds * Stopwatch.Frequency);
        for (var latest = began; latest - began < limit;)
        {
            var slot = random.NextInt64(n);
            var start = Stopwatch.GetTimestamp();
            var facts = store.Get(slot);
            latest = Stopwatch.GetTimestamp();
            ticks.Add(latest - start);
            bench.Check(facts, slot);
        }

        var step = timer.Stop(ticks.Count);
        enough.Cancel();
        merging.Join();
        if (failed is not null) throw new InvalidOperationException($"{bench.Kind.Name} could not merge", failed);
        ticks.Sort();
        yield return new("compaction_get_p50_us", ReadPhases.Micros(ticks[ticks.Count / 2]), "us", step.CpuMicros);
        yield return new("compaction_get_p99_us", ReadPhases.Micros(ticks[(int)(ticks.Count * 0.99)]), "us", step.CpuMicros);
        yield return new("compaction_get_p999_us", ReadPhases.Micros(ticks[(int)(ticks.Count * 0.999)]), "us", step.CpuMicros);
        yield return new("compaction_get_max_us", ReadPhases.Micros(ticks[^1]), "us", step.CpuMicros);
    }

    private static void Rewrite(Bench bench, long round, CancellationToken enough)
    {
        var batch = new ProductWrite[WritePhases.BatchSize];
        for (var b = 0; b < BatchesBetweenMerges && !enough.IsCancellationRequested; b++)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                var slot = ((round * BatchesBetweenMerges + b) * batch.Length + i) * 7919 % bench.Documents;
                batch[i] = new(slot, bench.Expected.NumberAt(slot));
            }

            bench.Store.PutBatch(batch);
        }
    }
}
