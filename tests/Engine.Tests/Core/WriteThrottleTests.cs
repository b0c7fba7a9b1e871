using IngoDB.Engine;

namespace IngoDB.Tests.Core;

public sealed class WriteThrottleTests
{
    private const long Flush = 32L << 20;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(16, 0)]
    [InlineData(40, 10)]
    [InlineData(64, 20)]
    [InlineData(1000, 20)]
    public void A_write_waits_longer_the_more_compaction_owes(int debtInFlushes, int milliseconds)
        => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), WriteThrottle.DelayOf(debtInFlushes * Flush, Flush));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(16, 3.75)]
    [InlineData(32, 12)]
    [InlineData(64, 12)]
    public void Near_the_wall_of_sealed_memtables_a_pause_is_longer_the_fuller_the_active_one_is(int activeMegabytes, double milliseconds)
        => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), WriteThrottle.PauseOf((long)activeMegabytes << 20, Flush));

    [Fact]
    public void All_pauses_of_one_memtable_are_longer_than_a_flush_takes_and_none_is_a_stall()
    {
        var all = TimeSpan.Zero;
        for (var bytes = 0L; bytes < Flush; bytes += WriteThrottle.PauseEveryBytes)
        {
            var pause = WriteThrottle.PauseOf(bytes, Flush);
            Assert.InRange(pause, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20));
            all += pause;
        }

        Assert.InRange(all, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2));
    }
}
