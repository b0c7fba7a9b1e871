// Puts that are acknowledged after a sync, with one caller, 64 and 1,024 at the same time: an empty store of its own, opened
// durable. Callers wait without a thread where the engine can do that, else each is a thread. The figure has to be seen beside
// what the disk can do, so the rate of a bare fdatasync after 4 KiB into a preallocated file is measured too.
using System.Diagnostics;

namespace IngoDB.ProductBench;

/// <summary>Phases that wait for the disk.</summary>
internal static class DurablePhases
{
    private const double Seconds = 1, IngestSeconds = 1.5;
    private const long SlotsOfACaller = 1_000_000;
    private const int StackBytes = 256 << 10;

    public static IEnumerable<Measure> Puts(Bench bench)
    {
        yield return Ingest(bench);
        yield return new("fdatasync_per_s", DiskProbe.SyncsPerSecond(bench.Folder, bench.Box(0.5)), "ops/s", Durable: true);
        foreach (var callers in (int[])[1, 64, 1024])
        {
            if (bench.IsWarmUp && callers > 64) yield break;
            using var store = bench.Open($"durable-{callers}", durable: true);
            bench.WarmSilo(store, oneByOne: true);
            var timer = bench.Time();
            var done = bench.Kind.Can(Abilities.AsyncPuts) ? PutAsync(store, callers, bench.Box(Seconds)) : PutOnThreads(store, callers, bench.Box(Seconds));
            var step = timer.Stop(done);
            yield return new($"durable_{callers}", step.PerSecond, "docs/s", step.CpuMicros, Durable: true);
        }
    }

    /// <summary>Batches of 1,000 in key order, each acknowledged after a sync.</summary>
    private static Measure Ingest(Bench bench)
    {
        using var store = bench.Open("durable-ingest", durable: true);
        bench.WarmSilo(store, oneByOne: false);
        var timer = bench.Time();
        var step = timer.Stop(WritePhases.PutBatches(store, bench.Documents, i => new(i, i), () => timer.Elapsed > bench.Box(IngestSeconds)));
        return new("ingest_durable", step.PerSecond, "docs/s", step.CpuMicros, Durable: true);
    }

    public static long PutAsync(IProductStore store, int callers, TimeSpan box)
    {
        var began = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller)))).GetAwaiter().GetResult().Sum();

        async Task<long> CallAsync(int caller)
        {
            long done = 0;
            for (; Stopwatch.GetElapsedTime(began) < box; done++) await store.PutAsync(new(caller * SlotsOfACaller + done, done)).ConfigureAwait(false);
            return done;
        }
    }

    private static long PutOnThreads(IProductStore store, int callers, TimeSpan box)
    {
        var (began, total) = (Stopwatch.GetTimestamp(), 0L);
        var threads = Enumerable.Range(0, callers).Select(caller => new Thread(() =>
        {
            long done = 0;
            for (; Stopwatch.GetElapsedTime(began) < box; done++) store.Put(new(caller * SlotsOfACaller + done, done));
            Interlocked.Add(ref total, done);
        }, StackBytes)).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return total;
    }
}
