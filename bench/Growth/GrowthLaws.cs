// The laws, as slopes on double logarithmic paper: 1 is "ten times as many documents, ten times the cost", 0 is "the same".
// Total costs (of N operations, of a scan) and costs of one operation are told apart. What reads at random places may rise where
// the data outgrow a cache of the processor (CacheSteps.cs): its slope is taken outside of these steps, and over all sizes together it
// may become so many times dearer and no more.
namespace IngoDB.GrowthBench;

/// <summary>One measured cost, in seconds.</summary>
internal readonly record struct GrowthPoint(string Operation, long Documents, double Seconds);

/// <param name="SlopeMax">The upper end of the slope's confidence interval lies at or below it.</param>
/// <param name="RatioMax">Where the processor's caches have a say: between the smallest and the largest size, instead of the slope across the steps.</param>
internal sealed record GrowthLaw(string Operation, string Law, double SlopeMax, double? RatioMax = null);

internal static class GrowthLaws
{
    public static IReadOnlyList<GrowthLaw> All { get; } =
    [
        new("ingest of N", "O(N log N/M)", 1.08),
        new("N updates", "O(N log N/M)", 1.08),
        new("settle after N updates", "O(N) a level", 1.10),
        new("get", "O(log N)", 0.08, RatioMax: 3),
        new("absent key", "O(log N)", 0.08, RatioMax: 3),
        new("100 keys, a key", "O(1)", 0.05, RatioMax: 3),
        new("count by two fields", "O(N)", 1.05),
        new("first ten without index", "O(N)", 1.05),
        new("range of 100 ids", "O(log N + R)", 0.08, RatioMax: 3),
        new("index build", "O(N)", 1.05),
        new("one of N by index", "O(log N + R)", 0.08, RatioMax: 3),
        new("first ten by index", "O(k)", 0.05),
        new("snapshot", "O(1)", 0.05),
        new("open", "O(tables)", 0.30),
        new("open with 20,000 in the log", "O(log)", 0.30),
    ];
}
