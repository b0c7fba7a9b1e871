using IngoDB.Engine.Advising;

namespace IngoDB.Tests.Advising;

public sealed class LinearBanditTests
{
    private static readonly double[] s_filter = LinearBandit.Context(promise: 0.9, rows: 100_000, writeShare: 0.1, "filter");
    private static readonly double[] s_sort = LinearBandit.Context(promise: 0.9, rows: 100_000, writeShare: 0.1, "sort");

    [Fact]
    public void Promises_are_believed_until_they_are_broken() => Assert.Equal(1, LinearBandit.Trust(BanditState.Empty, s_filter));

    [Fact]
    public void Broken_promises_are_trusted_less_and_those_of_another_kind_hardly()
    {
        var state = Learn(BanditState.Empty, s_filter, reward: 0, times: 8);
        var (filter, sort) = (LinearBandit.Trust(state, s_filter), LinearBandit.Trust(state, s_sort));
        Assert.InRange(filter, 0.1, 0.35);
        Assert.True(sort > 2 * filter, $"{sort} against {filter}");
    }

    [Fact]
    public void Kept_promises_win_trust_back()
    {
        var broken = Learn(BanditState.Empty, s_filter, reward: 0, times: 8);
        var kept = Learn(broken, s_filter, reward: 0.9, times: 30);
        Assert.True(LinearBandit.Trust(kept, s_filter) > 0.7);
    }

    [Fact]
    public void Whatever_was_learned_trust_multiplies_by_a_tenth_to_one()
    {
        Assert.Equal(1, LinearBandit.Trust(Learn(BanditState.Empty, s_filter, reward: 50, times: 100), s_filter));
        Assert.Equal(0.1, LinearBandit.Trust(Learn(BanditState.Empty, s_filter, reward: -50, times: 100), s_filter));
    }

    [Fact]
    public void What_is_not_known_yet_gets_a_bonus_that_shrinks()
    {
        var little = LinearBandit.Trust(Learn(BanditState.Empty, s_filter, reward: 0.3, times: 3), s_filter);
        var much = LinearBandit.Trust(Learn(BanditState.Empty, s_filter, reward: 0.3, times: 300), s_filter);
        Assert.True(little > much);
        Assert.InRange(much, 0.3 / 0.9, 0.4);
    }

    private static BanditState Learn(BanditState state, double[] context, double reward, int times)
    {
        for (var i = 0; i < times; i++) state = LinearBandit.Learn(state, context, reward);
        return state;
    }
}
