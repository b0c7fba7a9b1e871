using IngoDB.Grains.Partitions;

namespace Grains.Tests.Coordination;

public sealed class TurnPatienceTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void The_turn_is_held_until_a_get_was_slow_and_again_after_a_while()
    {
        var patience = new TurnPatience();
        var now = TimeSpan.FromHours(1);
        Assert.True(patience.HoldsTurn(TimeSpan.Zero));
        patience.Took(TurnPatience.SlowFrom - Tick, now);
        Assert.True(patience.HoldsTurn(now));
        patience.Took(TurnPatience.SlowFrom, now);
        Assert.False(patience.HoldsTurn(now));
        Assert.False(patience.HoldsTurn(now + TurnPatience.Pause - Tick));
        Assert.True(patience.HoldsTurn(now + TurnPatience.Pause));
    }
}
