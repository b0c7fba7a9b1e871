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
}
