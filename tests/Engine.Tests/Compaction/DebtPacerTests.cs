using IngoDB.Engine.Compaction;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Compaction;

public sealed class DebtPacerTests
{
    private const long Flush = 32 << 20;

    [Theory]
    [InlineData(0, 40)]
    [InlineData(2, 30)]
    [InlineData(4, 20)]
    [InlineData(8, 0)]
    [InlineData(80, 0)]
    public void The_more_is_owed_the_shorter_the_rest(int flushesOwed, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new DebtPacer(new FakeTimeProvider(), flushesOwed * Flush, Flush).RestAfter(TimeSpan.FromMilliseconds(40)));

    [Fact]
    public void No_rest_is_long() =>
        Assert.Equal(TimeSpan.FromMilliseconds(100), new DebtPacer(new FakeTimeProvider(), 0, Flush).RestAfter(TimeSpan.FromMinutes(1)));

    [Fact]
    public async Task It_goes_on_when_the_rest_is_over()
    {
        var time = new FakeTimeProvider();
        var pacer = new DebtPacer(time, 0, Flush);
        time.Advance(TimeSpan.FromMilliseconds(50));

        var paused = pacer.PaceAsync(1 << 20, CancellationToken.None).AsTask();
        Assert.False(paused.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(50));
        await paused;

        Assert.True(pacer.PaceAsync(1 << 20, CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }
}
