// A get that finds its document in memory takes a microsecond, and leaving the grain's turn for it costs more than that. A
// get that waits for the disk must not hold the turn, since others queue behind it. Which of the two it will be is known
// only afterwards; but a partition whose gets were slow a moment ago (a cold cache, a busy disk) is slow now.

namespace IngoDB.Grains.Partitions;

/// <summary>Whether gets are answered on the turn: yes, until one was slow, and then not for a while. Pure but for what it remembers; thread-safe.</summary>
internal sealed class TurnPatience
{
    public static TimeSpan SlowFrom { get; } = TimeSpan.FromMicroseconds(200);

    public static TimeSpan Pause { get; } = TimeSpan.FromMilliseconds(100);

    private long _elsewhereUntil = long.MinValue;

    /// <param name="now">A moment on any one clock.</param>
    public bool HoldsTurn(TimeSpan now) => now.Ticks >= Volatile.Read(ref _elsewhereUntil);

    /// <param name="took">How long one get took on the turn.</param>
    public void Took(TimeSpan took, TimeSpan now)
    {
        if (took >= SlowFrom) Volatile.Write(ref _elsewhereUntil, (now + Pause).Ticks);
    }
}
