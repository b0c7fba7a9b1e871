// Would a W of its own for each level pay? By the prices of ScalingChoice a level costs A for each run that gets look into and B for each byte that it rewrites, and
// how many levels of which W there are is free as long as their fan-outs multiply to the same: a linear program with one constraint, whose best corner is one W.
// So it can pay only where gets stop on their way down. How much, is computed here for all ratios of reads and writes.

using IngoDB.Engine.Compaction;

namespace IngoDB.Tests.Compaction;

public sealed class ScalingPerLevelTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.06)]
    [InlineData(0.8, 0.14)]
    [InlineData(0.9, 0.19)]
    public void One_W_for_all_levels_costs_little_more_than_the_best_for_each(double foundAbove, double atMost)
    {
        var gains = Enumerable.Range(-30, 61).Select(tenths => Math.Pow(10, tenths / 10.0)).Select(readsPerWrite => Gain(readsPerWrite, foundAbove)).ToList();
        Assert.InRange(gains.Max(), 0, atMost + 1e-9);
        Assert.True(atMost == 0 || gains.Max() > atMost / 2, "The bound is no looser than it has to be.");
    }

    /// <summary>What is saved when the upper and the lower half of the levels have the best W each; that share of gets is answered in the upper half.</summary>
    private static double Gain(double reads, double foundAbove)
    {
        (double Share, double Reads)[] halves = [(0.5, reads), (0.5, reads * (1 - foundAbove))];
        var one = Shapes().Min(w => halves.Sum(half => half.Share * CostOfLevel(w, half.Reads)));
        return 1 - (halves.Sum(half => half.Share * Shapes().Min(w => CostOfLevel(w, half.Reads))) / one);
    }

    /// <summary>For as much growth as a fan-out of e gives.</summary>
    private static double CostOfLevel(int w, double reads)
    {
        var (fanOut, runs, rewriting) = w <= 0 ? (2 - w, 1.0, (2 - w) / 2.0) : (2 + w, (2 + w) / 2.0, 1.0);
        return ((reads * runs) + rewriting) / Math.Log(fanOut);
    }

    private static IEnumerable<int> Shapes() => Enumerable.Range(ScalingChoice.Min, ScalingChoice.Max - ScalingChoice.Min + 1);
}
