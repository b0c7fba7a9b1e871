// The learner is shown executions of a machine whose costs we know, and has to find them. The machine's speed is nobody's
// business: only how kinds of work compare.

using IngoDB.Engine.Statistics;

namespace IngoDB.Tests.Statistics;

public sealed class CostLearnerTests
{
    private const double ScanMicroseconds = 0.07;

    private readonly Random _random = new(1);
    private readonly CostLearner _learner = new(QueryCosts.Default);

    [Fact]
    public void Fetches_that_are_cheaper_here_than_believed_become_cheaper()
    {
        for (var i = 0; i < 500; i++) Run(scanned: _random.Next(2_000, 100_000), fetched: _random.Next(20_000), fetchMicroseconds: 2 * ScanMicroseconds);
        Assert.InRange(_learner.Costs.RowFetched, 1.8, 2.2 + 0.05); // published in steps of a tenth
        Assert.InRange(_learner.MicrosecondsPerUnit, 0.063, 0.077);
    }

    [Fact]
    public void Scans_alone_tell_the_speed_of_the_machine_and_nothing_about_fetches()
    {
        Run(scanned: 100_000, fetched: 0, fetchMicroseconds: 0, factor: 10); // the first one meets cold code
        for (var i = 0; i < 500; i++) Run(scanned: _random.Next(2_000, 100_000), fetched: 0, fetchMicroseconds: 0);
        Assert.Equal(QueryCosts.Default.RowFetched, _learner.Costs.RowFetched, 0.15);
        Assert.InRange(_learner.MicrosecondsPerUnit, 0.06, 0.08);
    }

    [Fact]
    public void Executions_that_somebody_held_up_are_not_believed()
    {
        for (var i = 0; i < 1_000; i++) Run(_random.Next(2_000, 100_000), _random.Next(20_000), 3 * ScanMicroseconds, factor: i % 20 == 7 ? 1_000 : 1);
        Assert.InRange(_learner.Costs.RowFetched, 2.4, 3.6);
    }

    [Fact]
    public void Nothing_moves_by_more_than_a_factor_of_two_and_nothing_before_there_are_enough()
    {
        for (var i = 0; i < CostLearner.SamplesMin - 1; i++) Run(_random.Next(2_000, 100_000), _random.Next(20_000), 100 * ScanMicroseconds);
        Assert.Same(QueryCosts.Default, _learner.Costs);
        for (var i = 0; i < 500; i++) Run(_random.Next(2_000, 100_000), _random.Next(20_000), 100 * ScanMicroseconds);
        Assert.Equal(2 * QueryCosts.Default.RowFetched, _learner.Costs.RowFetched);
    }

    [Fact]
    public void What_was_learned_goes_on_in_another_process()
    {
        for (var i = 0; i < 500; i++) Run(_random.Next(2_000, 100_000), _random.Next(20_000), 5 * ScanMicroseconds);
        var next = new CostLearner(QueryCosts.Default, _learner.Read());
        Assert.Equal(_learner.Costs.RowFetched, next.Costs.RowFetched, 0.5);
        Assert.Equal(500, next.Samples);
    }

    [Fact]
    public void A_build_that_is_quick_makes_indexes_cheaper()
    {
        for (var i = 0; i < 100; i++) Run(_random.Next(2_000, 100_000), 0, 0);
        _learner.ObserveBuild(1_000_000, TimeSpan.FromMicroseconds(1_000_000 * ScanMicroseconds * 1.5));
        Assert.InRange(_learner.Costs.RowIndexed, 0.4, 0.6);
    }

    private void Run(long scanned, long fetched, double fetchMicroseconds, double factor = 1)
    {
        var microseconds = ((scanned * ScanMicroseconds) + (fetched * fetchMicroseconds)) * (0.8 + (0.4 * _random.NextDouble())) * factor;
        _learner.Observe(CostShares.Of(QueryCosts.Default, scanned, fetched, 0, 0, 0, 0, 0), TimeSpan.FromMicroseconds(microseconds));
    }
}
