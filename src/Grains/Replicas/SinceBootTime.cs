using IngoDB.Engine.Files;

namespace IngoDB.Grains.Replicas;

/// <summary>
/// The system's time, whose timestamps go on while the machine sleeps (CLOCK_BOOTTIME). A lease is a promise about time that passes for everybody, and so is how old a copy
/// is; the clock that other timestamps come from stands still in a machine that is suspended, and who wakes up would believe in a lease that is long over, or to be fresh.
/// </summary>
internal sealed class SinceBootTime : TimeProvider
{
    /// <summary>Whether this machine has such a clock.</summary>
    public static bool IsThere => BootClock.Now is not null;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => BootClock.Now!.Value.Ticks;
}
