// Ingest in key order and in a random one, single updates, and what is left to do after them. Making and encoding the documents
// is inside the times. An engine that would take minutes for its updates is timed until the box is full; the rest is then
// applied in batches, outside the time, so that all engines stand in the same state.
using System.Diagnostics;

namespace IngoDB.ProductBench;

/// <summary>Phases that write.</summary>
internal static class WritePhases
{
    public const int BatchSize = 1000;
    private const int BatchesUnderWay = 4;
    private const double IngestBoxSeconds = 30, UpdateBoxSeconds = 6, RandomBoxSeconds = 3;

    public static IEnumerable<Measure> Ingest(Bench bench)
    {
        bench.WrittenBefore = ProcFiles.WrittenBytes();
        var timer = bench.Time();
        var done = bench.Store.Outstanding == 1
            ? PutBatches(bench.Store, bench.Documents, i => new(i, i), () => timer.Elapsed > bench.Box(IngestBoxSeconds))
            : PutSeveralBatchesAsync(bench.Store, bench.Documents).GetAwaiter().GetResult();
        var step = timer.Stop(done);
        PutBatches(bench.Store, bench.Documents - done, i => new(done + i, done + i), () => false);
        yield return new("ingest", step.PerSecond, "docs/s", step.CpuMicros, Durable: bench.Durable);
    }

    public static IEnumerable<Measure> Update(Bench bench)
    {
        var (store, n) = (bench.Store, bench.Documents);
        var box = (long)(bench.Box(UpdateBoxSeconds).TotalSeconds * Stopwatch.Frequency);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var timer = bench.Time();
        var (began, longest, done) = (Stopwatch.GetTimestamp(), 0L, 0L);
        for (var latest = began; done < n && latest - began < box; done++)
        {
            store.Put(new(ExpectedState.UpdatedSlot(done, n), done + n));
            var now = Stopwatch.GetTimestamp();
            longest = Math.Max(longest, now - latest);
            latest = now;
        }

        var step = timer.Stop(done);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        PutBatches(store, n - done, i => new(ExpectedState.UpdatedSlot(done + i, n), done + i + n), () => false);
        yield return new("update", step.PerSecond, "docs/s", step.CpuMicros, Durable: bench.Durable);
        yield return new("stall_max_ms", longest * 1000.0 / Stopwatch.Frequency, "ms", Durable: bench.Durable);
        yield return new("put_alloc_bytes", Math.Round((double)allocated / done, 1), "B", Durable: bench.Durable);
    }

    public static IEnumerable<Measure> Settle(Bench bench)
    {
        var writes = bench.Kind.Can(Abilities.Writes);
        if (!writes) bench.Store.Load(bench.Expected);
        var timer = bench.Time();
        bench.Store.Settle();
        var step = timer.Stop(bench.Documents);
        var resting = bench.Time();
        bench.Store.Rest();
        var rest = resting.Stop(bench.Documents);
        if (writes)
        {
            yield return new("settle", step.Seconds, "s", step.CpuMicros);
            yield return new("rest_s", rest.Seconds, "s", rest.CpuMicros);
            yield return new("write_amp", (ProcFiles.WrittenBytes() - bench.WrittenBefore) / (2.0 * bench.Documents * Product.EncodedBytes), "x");
        }

        foreach (var size in SizePhases.Disk(bench)) yield return size;
    }

    public static IEnumerable<Measure> RandomIngest(Bench bench)
    {
        var order = Enumerable.Range(0, (int)bench.Documents).ToArray();
        new Random(7).Shuffle(order);
        using var store = bench.Open($"random-{bench.NextStore()}", bench.Durable);
        var timer = bench.Time();
        var done = PutBatches(store, order.Length, i => new(order[i], order[i]), () => timer.Elapsed > bench.Box(RandomBoxSeconds));
        var step = timer.Stop(done);
        yield return new("ingest_random", step.PerSecond, "docs/s", step.CpuMicros, Durable: bench.Durable);
    }

    /// <summary>A client of a cluster has some batches under way; no two of them hold the same document.</summary>
    public static async Task<long> PutSeveralBatchesAsync(IProductStore store, long count)
    {
        long next = -1;
        await Task.WhenAll(Enumerable.Range(0, BatchesUnderWay).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) * BatchSize is var from && from < count)
                await store.PutBatchAsync([.. Enumerable.Range(0, (int)Math.Min(BatchSize, count - from)).Select(i => new ProductWrite(from + i, from + i))]).ConfigureAwait(false);
        }))).ConfigureAwait(false);
        return count;
    }

    /// <summary>How many were put before <paramref name="enough"/>.</summary>
    public static long PutBatches(IProductStore store, long count, Func<long, ProductWrite> write, Func<bool> enough)
    {
        var batch = new ProductWrite[BatchSize];
        long done = 0;
        while (done < count && !enough())
        {
            var size = (int)Math.Min(BatchSize, count - done);
            for (var i = 0; i < size; i++) batch[i] = write(done + i);
            store.PutBatch(batch.AsSpan(0, size));
            done += size;
        }

        return done;
    }
}
