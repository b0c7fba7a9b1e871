namespace IngoDB.Engine.Files;

/// <summary>The clock of the machine that goes on while it sleeps (CLOCK_BOOTTIME of Linux, clock_gettime(2)): the one for promises about time to other machines.</summary>
public static class BootClock
{
    /// <summary>Since the machine was started, to a hundred nanoseconds; null where there is no such clock.</summary>
    public static TimeSpan? Now => Posix.SinceBoot();
}
