// Writers are slowed long before they are stopped. Compaction owes work (debt, in bytes that the strategy would
// rewrite now); up to a soft limit nobody notices, beyond it each write waits a little longer, so that ingest settles
// at the speed of compaction instead of running into a wall. The wall is the number of sealed memtables: there a
// write waits for a flush, and after a while gets Busy.
//
//   delay  0 ────────────┐          linear          ┌──── DelayMax
//          0        soft limit                  4 × soft limit          debt

namespace IngoDB.Engine;

/// <summary>How long the next write waits; pure.</summary>
internal static class WriteThrottle
{
    public static readonly TimeSpan DelayMax = TimeSpan.FromMilliseconds(20);
    private const int FlushesOfDebtWithoutDelay = 16;
    private const int FullDelayFactor = 4;

    /// <param name="debtBytes">What compaction would rewrite now.</param>
    /// <param name="flushBytes">Size of a memtable.</param>
    public static TimeSpan DelayOf(long debtBytes, long flushBytes)
    {
        var soft = (double)flushBytes * FlushesOfDebtWithoutDelay;
        if (debtBytes <= soft) return TimeSpan.Zero;
        return DelayMax * Math.Min(1, (debtBytes - soft) / (soft * (FullDelayFactor - 1)));
    }
}
