namespace IngoDB.Replication.Events;

/// <summary>When something happened, on the two clocks that there are.</summary>
/// <param name="Steady">Goes forward only, also in suspend (CLOCK_BOOTTIME); its zero says nothing. For silence and leases.</param>
/// <param name="WallMilliseconds">Since 1970; jumps and is wrong. For versions only, and no promise depends on it.</param>
public readonly record struct Moment(TimeSpan Steady, long WallMilliseconds)
{
    /// <summary>Before everything on a steady clock: "never".</summary>
    public static TimeSpan LongAgo { get; } = TimeSpan.FromDays(-36_500);
}
