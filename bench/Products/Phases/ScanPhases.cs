// The three queries of the original. The first is run cold in this process (the warm-up used another, small store), then the
// engine may learn; the second figure is the first run after its index is there, with at most two executions before it. What
// the learning took is a row of its own.
using System.Diagnostics;

namespace IngoDB.ProductBench;

/// <summary>Phases that query.</summary>
internal static class ScanPhases
{
    // As often as fits into a quarter of a second, and five times at least: a query of 30 us that ran five times says how the runtime compiles.
    private const int RepetitionsMin = 5, RepetitionsMax = 5_000;

    private static readonly TimeSpan RepeatedFor = TimeSpan.FromSeconds(0.25);

    public static IEnumerable<Measure> Electronics(Bench bench)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var (first, answer) = Run(bench, store => store.Electronics(), bench.Expected.Electronics(), "electronics by price");
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        yield return new("scan_first_s", first.Seconds, "s", first.CpuMicros, answer.ToString(), Note: bench.Store.LatestAccess);
        yield return new("scan_row_alloc_bytes", Math.Round((double)allocated / answer.Rows, 1), "B");
        var learning = bench.Time();
        if (!bench.Store.Learn())
        {
            Run(bench, store => store.Electronics(), bench.Expected.Electronics(), "electronics by price, again");
            bench.Store.Learn();
        }

        if (bench.Kind.Can(Abilities.Learns)) yield return new("index_build_s", learning.Stop(1).Seconds, "s");
        var (second, again) = Run(bench, store => store.Electronics(), bench.Expected.Electronics(), "electronics by price, learned");
        yield return new("scan_second_s", second.Seconds, "s", second.CpuMicros, again.ToString(), Note: bench.Store.LatestAccess);
    }

    public static IEnumerable<Measure> BestRated(Bench bench)
    {
        var expected = bench.Expected.BestRated(20);
        var (first, answer) = Run(bench, store => store.BestRated(20), expected, "best rated");
        yield return new("compound_first_s", first.Seconds, "s", first.CpuMicros, answer.ToString());
        bench.Store.Learn();
        var best = Median(bench, store => store.BestRated(20), expected, "best rated");
        yield return new("compound_top20_s", best.Seconds, "s", best.CpuMicros, Note: bench.Store.LatestAccess);
    }

    public static IEnumerable<Measure> Cheapest(Bench bench)
    {
        var expected = bench.Expected.Cheapest(10);
        var (_, answer) = Run(bench, store => store.Cheapest(10), expected, "cheapest electronics");
        bench.Store.Learn();
        var cheapest = Median(bench, store => store.Cheapest(10), expected, "cheapest electronics");
        yield return new("ordered_top10_s", cheapest.Seconds, "s", cheapest.CpuMicros, answer.ToString(), Note: bench.Store.LatestAccess);
    }

    public static IEnumerable<Measure> Categories(Bench bench)
    {
        var expected = bench.Expected.Categories();
        var (first, answer) = Run(bench, store => store.Categories(), expected, "categories");
        yield return new("groups_first_s", first.Seconds, "s", first.CpuMicros, answer.ToString());
        var median = Median(bench, store => store.Categories(), expected, "categories");
        yield return new("groups_s", median.Seconds, "s", median.CpuMicros, answer.ToString(), Note: bench.Store.LatestAccess);
    }

    /// <summary>The median of the times, and the mean of the processor's: its clock is too coarse for one short query.</summary>
    private static (double Seconds, double CpuMicros) Median(Bench bench, Func<IProductStore, Answer> query, Answer expected, string what)
    {
        var (steps, began) = (new List<Step>(), Stopwatch.GetTimestamp());
        while (steps.Count < RepetitionsMin || (steps.Count < RepetitionsMax && Stopwatch.GetElapsedTime(began) < RepeatedFor)) steps.Add(Run(bench, query, expected, what).Step);
        return (steps.Select(step => step.Seconds).Order().ElementAt(steps.Count / 2), steps.Average(step => step.CpuMicros));
    }

    private static (Step Step, Answer Answer) Run(Bench bench, Func<IProductStore, Answer> query, Answer expected, string what)
    {
        var timer = bench.Time();
        var answer = query(bench.Store);
        var step = timer.Stop(1);
        bench.Check(answer, expected, what);
        return (step, answer);
    }
}
