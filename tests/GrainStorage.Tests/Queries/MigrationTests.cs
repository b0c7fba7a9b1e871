// A migration brings every state up to date once, whatever happens meanwhile: a crash in the middle, grains that write, a second run.

using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Queries;

public sealed class MigrationTests(ClusterFixture clusters)
{
    private const int States = 1300;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Place.OneSilo)]
    [InlineData(Place.ThreeSilos)]
    public async Task Every_state_is_changed_once_over_a_crash_and_a_second_run(Place place)
    {
        var silo = await clusters.OfAsync(place);
        var type = $"order-{place}";
        await Parallel.ForAsync(0, States, Cancellation, async (i, _) => await silo.Storage().WriteStateAsync("s", GrainId.Create(type, $"o-{i:D4}"), new GrainState<Order>(new() { Total = i })));
        var orders = silo.Client.Grains<Order>(new() { GrainType = type });

        var asked = 0;
        await Assert.ThrowsAsync<IOException>(() => orders.MigrateAsync("currency", order => ++asked == 700 ? throw new IOException("the process dies") : Add(order), cancellationToken: Cancellation));
        var told = new List<MigrationProgress>();
        var done = await orders.MigrateAsync("currency", Add, new Told(told), Cancellation);
        Assert.Equal((States, true), (done.Seen, done.IsDone));
        Assert.Equal(told[^1], done);
        Assert.Equal(done, await orders.MigrateAsync("currency", _ => throw new InvalidOperationException("it is done"), cancellationToken: Cancellation));

        Assert.Equal(States, await orders.Where(order => order.Currency == "EUR").CountAsync(Cancellation));
        Assert.Equal(Enumerable.Range(0, States).Sum(i => i + 1), (await orders.AggregateAsync(g => new { Sum = g.Sum(order => order.Total) }, Cancellation)).Sum);

        // 'Total' grows with each change, so that a second change of one state shows.
        static Document? Add(GrainDocument order) => order.State.Contains("currency") && order.State["currency"].Kind == ValueKind.String
            ? null
            : order.State.With("currency", "EUR").With("total", order.State["total"].AsInt64() + 1);
    }

    [Fact]
    public async Task A_state_that_its_grain_writes_meanwhile_is_mapped_again()
    {
        var silo = await clusters.OfAsync(Place.OneSilo);
        var (grain, held) = (GrainId.Create("busy-order", "one"), new GrainState<Order>(new() { Total = 1 }));
        await silo.Storage().WriteStateAsync("s", grain, held);
        var seen = new List<long>();
        var done = await silo.Client.Grains<Order>(new() { GrainType = "busy-order" }).MigrateAsync("rush", order =>
        {
            seen.Add(order.State["total"].AsInt64());
            if (seen.Count == 1)
            {
                held.State!.Total = 50;
                silo.Storage().WriteStateAsync("s", grain, held).GetAwaiter().GetResult();
            }

            return order.State.With("currency", "EUR");
        }, cancellationToken: Cancellation);
        Assert.Equal([1, 50], seen);
        Assert.Equal(1, done.Changed);
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage().WriteStateAsync("s", grain, held));
        await silo.Storage().ReadStateAsync("s", grain, held);
        Assert.Equal((50, "EUR"), (held.State!.Total, held.State!.Currency));
    }

    [Fact]
    public async Task A_migration_of_a_part_is_refused()
    {
        var silo = await clusters.OfAsync(Place.OneSilo);
        var part = silo.Client.Grains<Order>(new() { GrainType = "busy-order" }).Where(order => order.Total > 3);
        Assert.Equal("migration.of_part", (await Assert.ThrowsAsync<InvalidRequestException>(() => part.MigrateAsync("x", order => null, cancellationToken: Cancellation))).Code);
    }

    private sealed class Told(List<MigrationProgress> told) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value) => told.Add(value);
    }
}

public sealed class Order
{
    public int Total { get; set; }

    public string? Currency { get; set; }
}
