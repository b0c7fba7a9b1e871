// Point reads. The keys are the original's; before each phase is timed, other keys are read. What was read is summed inside the
// time and compared with what is true outside of it, so that the check costs no engine a cache miss.
using System.Diagnostics;

namespace IngoDB.ProductBench;

/// <summary>Phases that read by id.</summary>
internal static class ReadPhases
{
    private const int Lookups = 20_000, Threads = 8, ReadsOfAThread = 25_000, Batch = 100, Page = 256, PagesUnderWay = 4, MixedRounds = 10, MixedOperations = 10_000;
    private const double PureBoxSeconds = 2, BatchBoxSeconds = 1, AbsentBoxSeconds = 1, MixedBoxSeconds = 4, ThreadsBoxSeconds = 4;

    public static IEnumerable<Measure> Gets(Bench bench)
    {
        WarmUp(bench);
        var (store, n) = (bench.Store, bench.Documents);
        var (ticks, slots, facts) = (new long[Lookups], new long[Lookups], new ProductFacts[Lookups]);
        for (var i = 0; i < Lookups; i++) slots[i] = (i * 7919L + 1013) % n;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var timer = bench.Time();
        for (var i = 0; i < Lookups; i++)
        {
            var began = Stopwatch.GetTimestamp();
            facts[i] = store.Get(slots[i]);
            ticks[i] = Stopwatch.GetTimestamp() - began;
        }

        var step = timer.Stop(Lookups);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        for (var i = 0; i < Lookups; i++) bench.Check(facts[i], slots[i]);
        Array.Sort(ticks);
        yield return new("get_p50_us", Micros(ticks[Lookups / 2]), "us", step.CpuMicros, SumOf(facts));
        yield return new("get_p99_us", Micros(ticks[Lookups * 99 / 100]), "us", step.CpuMicros);
        yield return new("get_alloc_bytes", Math.Round((double)allocated / Lookups, 1), "B");
    }

    public static IEnumerable<Measure> Pure(Bench bench)
    {
        WarmUp(bench);
        return bench.Store.Outstanding == 1 ? PureInTurn(bench) : PureAtOnceAsync(bench).GetAwaiter().GetResult();
    }

    private static IEnumerable<Measure> PureInTurn(Bench bench)
    {
        var (store, n, sum, done) = (bench.Store, bench.Documents, 0L, 0L);
        var timer = bench.Time();
        for (; done < 2 * n && !((done & 1023) == 0 && timer.Elapsed > bench.Box(PureBoxSeconds)); done++) sum += Sum(store.Get((done * 7919 + 2027) % n));
        var step = timer.Stop(done);
        CheckSum(bench, sum, done, i => (i * 7919 + 2027) % n);
        yield return new("pure_reads", step.PerSecond, "ops/s", step.CpuMicros);
    }

    /// <summary>The same keys, shared out among as many callers as the engine has calls under way.</summary>
    private static async Task<IEnumerable<Measure>> PureAtOnceAsync(Bench bench)
    {
        var (store, n, next) = (bench.Store, bench.Documents, 0L);
        var timer = bench.Time();
        var done = await Task.WhenAll(Enumerable.Range(0, store.Outstanding).Select(_ => Task.Run(async () =>
        {
            long count = 0;
            for (; timer.Elapsed < bench.Box(PureBoxSeconds); count++)
            {
                var slot = (Interlocked.Increment(ref next) * 7919 + 2027) % n;
                bench.Check(await store.GetAsync(slot).ConfigureAwait(false), slot);
            }

            return count;
        }))).ConfigureAwait(false);
        var step = timer.Stop(done.Sum());
        return [new("pure_reads", step.PerSecond, "ops/s", step.CpuMicros)];
    }

    public static IEnumerable<Measure> EightThreads(Bench bench)
    {
        WarmUp(bench);
        var (store, n, each) = (bench.Store, bench.Documents, bench.Scaled(ReadsOfAThread));
        var (sums, counts, box) = (new long[Threads], new long[Threads], bench.Box(ThreadsBoxSeconds));
        using var start = new Barrier(Threads + 1);
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            store.Get(t);
            start.SignalAndWait();
            var (sum, i, began) = (0L, 0L, Stopwatch.GetTimestamp());
            for (; i < each && !((i & 255) == 0 && Stopwatch.GetElapsedTime(began) > box); i++) sum += Sum(store.Get((i * 7919L + t * 1013) % n));
            (sums[t], counts[t]) = (sum, i);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        start.SignalAndWait();
        var timer = bench.Time();
        foreach (var thread in threads) thread.Join();
        var step = timer.Stop(counts.Sum());
        for (var t = 0; t < Threads; t++) CheckSum(bench, sums[t], counts[t], i => (i * 7919 + t * 1013) % n);
        yield return new("reads_8t", step.PerSecond, "ops/s", step.CpuMicros);
    }

    public static IEnumerable<Measure> Hundreds(Bench bench)
    {
        WarmUp(bench);
        var (store, n, done, sum) = (bench.Store, bench.Documents, 0L, 0L);
        var (slots, facts) = (new long[Batch], new ProductFacts[Batch]);
        var timer = bench.Time();
        while (done < 2 * n && timer.Elapsed < bench.Box(BatchBoxSeconds))
        {
            for (var i = 0; i < Batch; i++) slots[i] = ((done + i) * 7919 + 3001) % n;
            store.GetMany(slots, facts);
            foreach (var found in facts) sum += Sum(found);
            done += Batch;
        }

        var step = timer.Stop(done);
        CheckSum(bench, sum, done, i => (i * 7919 + 3001) % n);
        yield return new("multiget100_ns", step.NanosEach, "ns", step.CpuMicros);
        if (store.Outstanding > 1) yield return PagesAtOnceAsync(bench).GetAwaiter().GetResult();
    }

    /// <summary>Behind a network: 256 keys in a call, four calls under way.</summary>
    private static async Task<Measure> PagesAtOnceAsync(Bench bench)
    {
        var (store, n, next) = (bench.Store, bench.Documents, 0L);
        var timer = bench.Time();
        var done = await Task.WhenAll(Enumerable.Range(0, PagesUnderWay).Select(_ => Task.Run(async () =>
        {
            var (slots, facts, count) = (new long[Page], new ProductFacts[Page], 0L);
            for (; timer.Elapsed < bench.Box(BatchBoxSeconds); count += Page)
            {
                var from = Interlocked.Add(ref next, Page);
                for (var i = 0; i < Page; i++) slots[i] = ((from + i) * 7919 + 3001) % n;
                await store.GetManyAsync(slots, facts).ConfigureAwait(false);
                for (var i = 0; i < Page; i++) bench.Check(facts[i], slots[i]);
            }

            return count;
        }))).ConfigureAwait(false);
        var step = timer.Stop(done.Sum());
        return new("multiget256", step.PerSecond, "docs/s", step.CpuMicros);
    }

    public static IEnumerable<Measure> Absent(Bench bench)
    {
        var (store, n, done) = (bench.Store, bench.Documents, 0L);
        for (var i = 0; i < bench.Scaled(20_000); i++) store.HasAbsent((i * 104729L + 77) % n);
        var timer = bench.Time();
        for (; done < n && !((done & 255) == 0 && timer.Elapsed > bench.Box(AbsentBoxSeconds)); done++)
            if (store.HasAbsent((done * 7919 + 4001) % n)) throw new WrongAnswerException($"{bench.Kind.Name} found what was never written");
        var step = timer.Stop(done);
        yield return new("absent_ns", step.NanosEach, "ns", step.CpuMicros);
    }

    /// <summary>One put of a new id to four gets.</summary>
    public static IEnumerable<Measure> Mixed(Bench bench)
    {
        WarmUp(bench);
        var (store, n, sum, operations) = (bench.Store, bench.Documents, 0L, 0L);
        var timer = bench.Time();
        for (; operations < bench.Scaled(MixedRounds * MixedOperations) && !((operations & 255) == 0 && timer.Elapsed > bench.Box(MixedBoxSeconds)); operations++)
        {
            var i = operations;
            if (i % 5 == 0) store.Put(new(n + 10_000 + i, n + 10_000 + i));
            else sum += Sum(store.Get(i * 7919 % n));
        }

        var step = timer.Stop(operations);
        CheckSum(bench, sum, operations, i => i % 5 == 0 ? -1 : i * 7919 % n);
        yield return new("mixed", step.PerSecond, "ops/s", step.CpuMicros, Durable: bench.Durable);
    }

    public static double Micros(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private static void WarmUp(Bench bench)
    {
        for (var i = 0; i < bench.Scaled(20_000); i++) bench.Store.Get((i * 104729L + 77) % bench.Documents);
    }

    private static long Sum(ProductFacts facts) => facts.PriceCents * 1000L + facts.Stock;

    private static string SumOf(ProductFacts[] facts) => facts.Sum(Sum).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void CheckSum(Bench bench, long sum, long count, Func<long, long> slotOf)
    {
        var expected = 0L;
        for (long i = 0; i < count; i++)
            if (slotOf(i) is >= 0 and var slot) expected += Sum(ProductFacts.Of(bench.Expected.NumberAt(slot)));
        if (sum != expected) throw new WrongAnswerException($"{bench.Kind.Name}: {count} gets add up to {sum}, expected {expected}");
    }
}
