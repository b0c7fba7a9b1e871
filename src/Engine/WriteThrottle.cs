// Writers are slowed long before they are stopped. Compaction owes work (debt, in bytes that the strategy would
// rewrite now); up to a soft limit nobody notices, beyond it each write waits a little longer, so that ingest settles
// at the speed of compaction instead of running into a wall. The wall is the number of sealed memtables: there a
// write waits for a flush, and after a while gets Busy.
//
//   delay  0 ────────────┐          linear          ┌──── DelayMax
//          0        soft limit                  4 × soft limit          debt
//
// Who is a little faster than flushes are would hit the wall once for each of them and stand for as long as one takes, two
// hundred milliseconds. So when all sealed memtables but one are there, writers pause after each piece of the active one: a
// millisecond at first, and so long at its end that a flush has time to catch up.

namespace IngoDB.Engine;

/// <summary>How long the next write waits; pure.</summary>
internal static class WriteThrottle
{
    public static readonly TimeSpan DelayMax = TimeSpan.FromMilliseconds(20);
    /// <summary>Near the wall of sealed memtables writers pause each time they have written so much.</summary>
    public const long PauseEveryBytes = 256 << 10;

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(12);
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

    /// <param name="activeBytes">How full the active memtable is.</param>
    /// <param name="memtableBytes">When it is sealed.</param>
    public static TimeSpan PauseOf(long activeBytes, long memtableBytes)
    {
        var filled = Math.Clamp(activeBytes / (double)memtableBytes, 0, 1);
        return PauseMin + ((PauseMax - PauseMin) * (filled * filled));
    }
}
