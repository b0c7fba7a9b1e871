// The model behind the benchmark's sixteen silos, against what can be worked out by hand; and that the parts of the benchmark work at all.

using IngoDB.ClusterBench.Scaling;
using IngoDB.ClusterBench.Silos;
using IngoDB.TestKit.Processes;

namespace Cluster.Tests.Silos;

public sealed class ScaleModelTests
{
    [Theory]
    [InlineData(1, 0.5, 1.0)] // M/M/1: utilization / (1 - utilization)
    [InlineData(1, 0.8, 4.0)]
    [InlineData(2, 0.5, 1.0 / 3)] // Erlang's C of two servers at one: 1/3, over one that is free
    public void Queues_wait_as_Erlang_says(int processors, double utilization, double waitOfWork)
        => Assert.Equal(waitOfWork, ScaleModel.WaitOfWork(processors, utilization), 6);

    [Fact]
    public void One_server_is_full_at_half_its_time_and_more_of_them_later()
    {
        Assert.Equal(0.5, ScaleModel.FullUtilization(1), 3);
        Assert.InRange(ScaleModel.FullUtilization(4), 0.7, 0.95);
    }

    [Fact]
    public void What_need_not_go_on_scales_fully_and_what_goes_on_pays_for_the_way()
    {
        Assert.Equal(1, new ScaleModel(10, 0).Efficiency(16, 4, partitions: 64), 6);
        Assert.Equal(5 / (5 + (5 * 15.0 / 16)), new ScaleModel(5, 5).Efficiency(16, 4, partitions: 64), 6);
        // 24 partitions on 16 silos: the busiest has two, the mean is one and a half.
        Assert.Equal(0.75, new ScaleModel(10, 0).Efficiency(16, 4, partitions: 24), 6);
    }

    [Fact]
    public void A_model_is_found_again_in_what_it_says()
    {
        var model = new ScaleModel(8, 6);
        var found = ScaleModel.Fit([.. ((int[])[1, 2, 4, 8]).Select(silos => new ScalePoint(silos, model.WorkMicroseconds(silos)))]);
        Assert.Equal((8, 6), (Math.Round(found.HereMicroseconds, 6), Math.Round(found.ForwardMicroseconds, 6)));
    }

    [Fact]
    public async Task The_benchs_silo_measures_inside_of_itself_and_counts_what_it_sends()
    {
        using var machine = await MachineLock.AcquireAsync(TestContext.Current.CancellationToken);
        await using var cluster = await BenchCluster.StartAsync(1, copies: 1, partitions: 2, TestContext.Current.CancellationToken, BenchSilo.Program);
        await new Entries(cluster.Database).FillAsync(0, Entries.Count, cancellationToken: TestContext.Current.CancellationToken);

        var before = await cluster.CountsAsync(TestContext.Current.CancellationToken);
        Assert.True((await cluster.MeasureInsideAsync(1, "put", 1, TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken)).Operations > 0);
        Assert.Equal(1, await new Entries(cluster.Database).GetAsync(0, 0));
        Assert.True((await cluster.CountsAsync(TestContext.Current.CancellationToken)).Since(before) is { Messages: > 0, Bytes: > 0 });
    }
}
