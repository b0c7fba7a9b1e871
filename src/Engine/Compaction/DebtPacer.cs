// Compaction shares the machine with those who pay for it. While little is owed, it works as long as it rests; the
// more bytes wait to be merged, the shorter the rests, and from so many flushes of debt on there are none. The pace
// follows the machine by itself: what is measured is the time that a stretch took, not a guess of what a disk can do.
//
//   rest after a stretch = time it took × (1 - debt / debt at which there is no rest)
//
// Somebody who waits for all of it ends the resting. Writers are slowed by WriteThrottle and by the flushes they wait for, never by this.

using IngoDB.Engine.Cursors;

namespace IngoDB.Engine.Compaction;

/// <summary>Rests between stretches, less the more is owed. For one run.</summary>
/// <param name="debtBytes">What the strategy would rewrite now.</param>
/// <param name="flushBytes">A flushed memtable, the unit of debt.</param>
/// <param name="isAwaited">Whether somebody waits for the work.</param>
internal sealed class DebtPacer(TimeProvider time, long debtBytes, long flushBytes, Func<bool>? isAwaited = null) : IBackgroundPacer
{
    private const int FlushesOfDebtWithoutRest = 8;
    private static readonly TimeSpan RestMax = TimeSpan.FromMilliseconds(100);

    private long _began = time.GetTimestamp();

    public async ValueTask PaceAsync(long bytes, CancellationToken cancellationToken)
    {
        var rest = isAwaited?.Invoke() == true ? TimeSpan.Zero : RestAfter(time.GetElapsedTime(_began));
        if (rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken).ConfigureAwait(false);
        _began = time.GetTimestamp();
    }

    /// <summary>How long to rest after having worked for a while.</summary>
    public TimeSpan RestAfter(TimeSpan worked)
    {
        var pressure = debtBytes / (double)(Math.Max(1, flushBytes) * FlushesOfDebtWithoutRest);
        var rest = worked * Math.Clamp(1 - pressure, 0, 1);
        return rest < RestMax ? rest : RestMax;
    }
}
