using IngoDB.Engine.Advising;

namespace IngoDB.Tests.Advising;

public sealed class DemandRhythmTests
{
    private const int Day = 24, Week = 168;

    [Fact]
    public void What_came_at_one_hour_of_three_days_is_expected_at_that_hour_of_the_fourth_and_of_the_three_the_least()
    {
        var rhythm = With((1_000, 70), (1_000 + Day, 50), (1_000 + (2 * Day), 90));
        Assert.Equal(50, rhythm.Expected(1_000 + (3 * Day)));
        Assert.Equal(0, rhythm.Expected(1_001 + (3 * Day)));
        Assert.Equal(50, rhythm.Expected(999 + (3 * Day), hours: 2));
    }

    [Fact]
    public void Two_mondays_make_a_third_and_two_days_make_nothing()
    {
        var rhythm = With((1_000, 70), (1_000 + Week, 60));
        Assert.Equal(60, rhythm.Expected(1_000 + (2 * Week)));
        Assert.Equal(0, With((1_000, 70), (1_000 + Day, 60)).Expected(1_000 + (2 * Day)));
    }

    [Fact]
    public void What_is_older_than_fifteen_days_is_forgotten_and_one_hour_adds_up()
    {
        var rhythm = With((1_000, 70), (1_000, 5), (1_000 + (16 * Day), 1));
        Assert.Equal([new HourDemand(1_000 + (16 * Day), 1)], rhythm.Hours);
        Assert.Equal(75, With((1_000, 70), (1_000, 5)).Hours.Single().Saved);
    }

    private static DemandRhythm With(params (long Hour, double Saved)[] demands)
        => demands.Aggregate(new DemandRhythm("a", []), (rhythm, demand) => rhythm.Note(demand.Hour, demand.Saved));
}
