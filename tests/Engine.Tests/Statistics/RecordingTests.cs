// To remember a query must cost next to nothing, or small queries pay for the large ones. Nothing is allocated for a shape that is known;
// the time is measured by bench/Engine.Benchmarks (--filter '*Recording*').

using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Tests.Statistics;

public sealed class RecordingTests
{
    private readonly QueryStatistics _statistics = new(TimeProvider.System, QueryCosts.Default);
    private readonly HotFields _hot = new(TimeProvider.System);

    [Theory]
    [InlineData(null)]
    [InlineData("category")]
    [InlineData("category+price")]
    [InlineData("category(price)")]
    public void Nothing_is_allocated_for_a_shape_that_is_known(string? index)
    {
        var request = new ScanRequest(new(1)) { Where = Filter.And(Filter.Eq("category", "toys"), Filter.Gte("price", 5)), Sort = [new("price")], Select = ["price"], Limit = 10 };
        IndexOption[] indexes = index is null ? [] : [new(new(new(1), new(1), IndexFields.Parse(index), ""), 500, static _ => 10)];
        var input = new PlannerInput(500, indexes, QueryCosts.Default);
        var run = new QueryRun(QueryShape.Of(request), QueryPlanner.Plan(request, input), input, new(request.Where), null, new(null, TimeProvider.System, default), new ReadCountersBox(), request.Limit);
        for (var i = 0; i < 100; i++) run.Record(_statistics, _hot, 10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) run.Record(_statistics, _hot, 10);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1_100, Assert.Single(_statistics.Shapes).Executions);
        if (index is not null) Assert.Equal(1_100, _statistics.ReadIndex(new(1), index).Uses);
    }
}
