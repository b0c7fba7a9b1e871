using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Model;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Statistics;

public sealed class QueryStatisticsTests
{
    private static readonly CollectionId Movies = new(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Queries_that_differ_only_in_constants_are_one_shape()
    {
        Assert.Equal(HashOf(Filter.Eq("category", "toys")), HashOf(Filter.Eq("category", 5)));
        Assert.NotEqual(HashOf(Filter.Eq("category", "toys")), HashOf(Filter.Gt("category", "toys")));
        Assert.NotEqual(HashOf(Filter.Eq("category", "toys")), HashOf(Filter.Eq("kind", "toys")));
        Assert.NotEqual(HashOf(Filter.Eq("category", "toys")), HashOf(Filter.Not(Filter.Eq("category", "toys"))));
    }

    [Fact]
    public void The_text_of_a_shape_is_readable_and_stable()
    {
        var shape = QueryShape.Of(new(Movies)
        {
            Where = Filter.And(Filter.Eq("category", 1), Filter.Or(Filter.Range("price", 1, 2), Filter.Any("tags", Filter.In("$", "a")))),
            Sort = [new("price", Descending: true), new("name")],
        });
        Assert.Equal("scan where eq(category) and (range(price) or any(tags, in($))) sort price desc, name asc", shape.Text());
        Assert.Equal("scan", QueryShape.Of(new(Movies) { Where = Filter.All }).Text());
    }

    [Fact]
    public void Recording_a_known_shape_allocates_nothing()
    {
        var statistics = new QueryStatistics(_time, QueryCosts.Default);
        var request = new ScanRequest(Movies) { Where = Filter.And(Filter.Eq("category", 1), Filter.Gt("price", 2)), Sort = [new("price")] };
        var description = new ShapeDescription(Movies, "x", [new("category", "filter")]);
        var shape = QueryShape.Of(request);
        RecordOften();

        var before = GC.GetAllocatedBytesForCurrentThread();
        RecordOften();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RecordOften()
        {
            for (var i = 0; i < 1_000; i++) statistics.For(shape.Hash(), description, static known => known).Record(new(1, 1, 1, 1, TimeSpan.Zero, "scan"), [10]);
        }
    }

    [Fact]
    public void Executions_on_many_threads_are_all_counted_each_for_its_shape()
    {
        // Four shapes, two of which (a multiple of 256 apart) are remembered in the same place.
        var statistics = new QueryStatistics(_time, QueryCosts.Default);
        const int threads = 4, rounds = 20_000;
        Parallel.For(0, threads, new() { MaxDegreeOfParallelism = threads }, _ =>
        {
            for (var i = 0; i < rounds; i++)
                foreach (var hash in (ReadOnlySpan<ulong>)[7, 7 + 256, 8, 9]) Record(statistics, hash, saved: 1);
        });
        Assert.Equal(["shape 263", "shape 7", "shape 8", "shape 9"], statistics.Shapes.Select(shape => shape.Shape).Order(StringComparer.Ordinal));
        Assert.All(statistics.Shapes, shape => Assert.Equal((threads * rounds, threads * rounds, 1.0 * threads * rounds), (shape.Executions, shape.DocumentsExamined, shape.Candidates.Single().Saved)));
    }

    [Fact]
    public void A_shape_that_made_room_is_counted_anew_when_it_comes_again()
    {
        var statistics = new QueryStatistics(_time, QueryCosts.Default, shapesMax: 8);
        for (var hash = 1UL; hash <= 8; hash++) Record(statistics, hash, saved: 0, examined: (long)hash);
        Record(statistics, 9, saved: 0, examined: 100);
        Assert.Null(statistics.Find(1));
        Record(statistics, 1, saved: 0, examined: 5);
        Assert.Equal((1, 5), (statistics.Find(1)!.Executions, statistics.Find(1)!.DocumentsExamined));
    }

    [Fact]
    public void Evidence_halves_in_an_hour_and_totals_stay()
    {
        var statistics = new QueryStatistics(_time, QueryCosts.Default);
        Record(statistics, 1, saved: 100);
        _time.Advance(TimeSpan.FromHours(1));
        var shape = statistics.Shapes.Single();
        Assert.Equal((1, 50.0), (shape.Executions, Math.Round(shape.Candidates.Single().Saved, 6)));
    }

    [Fact]
    public void What_executions_cost_lately_halves_in_an_hour_too_and_says_when_it_was()
    {
        var statistics = new QueryStatistics(_time, QueryCosts.Default);
        Record(statistics, 1, saved: 0, examined: 100);
        var then = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromHours(2));
        var shape = statistics.Shapes.Single();
        Assert.Equal((100.0, 25.0, 0.25), (shape.Cost, Math.Round(shape.RecentCost, 6), Math.Round(shape.RecentExecutions, 6)));
        Assert.Equal(then, shape.LastUsed);
    }

    [Fact]
    public void What_was_saved_is_taken_on_as_old_as_it_is()
    {
        var statistics = new QueryStatistics(_time, QueryCosts.Default);
        Record(statistics, 1, saved: 100, examined: 1_000);
        statistics.RecordWrites(Movies, 7);
        statistics.IndexDefined(Movies, "b");
        statistics.RecordIndexUpkeep(Movies, IndexFields.Parse("b"), 10);
        statistics.RecordIndexUse(Movies, "b", 3);
        var saved = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(statistics.Save(), StatisticsJson.Default.StatisticsRecord);
        var account = statistics.ReadIndex(Movies, "b");

        _time.Advance(TimeSpan.FromHours(1));
        var next = new QueryStatistics(_time, QueryCosts.Default);
        next.Restore(System.Text.Json.JsonSerializer.Deserialize(saved, StatisticsJson.Default.StatisticsRecord)!);

        var shape = next.Find(1)!;
        Assert.Equal((1, 1_000, 500.0, 50.0), (shape.Executions, shape.DocumentsExamined, Math.Round(shape.RecentCost, 6), Math.Round(shape.Candidates.Single().Saved, 6)));
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromHours(1), shape.LastUsed);
        Assert.Equal(7, next.WritesTo(Movies));
        Assert.Equal(account, next.ReadIndex(Movies, "b"));
        Record(next, 1, saved: 100);
        Assert.Equal(2, next.Find(1)!.Executions);
    }

    [Fact]
    public void Times_are_counted_by_powers_of_two_and_add_up()
    {
        var times = new TimeHistogram();
        foreach (var microseconds in new[] { 0.5, 1, 3, 1_000, 1e9 }) times.Add(TimeSpan.FromMicroseconds(microseconds), executions: 1);
        var counts = TimeHistogram.Sum(times.Read(), times.Read());
        Assert.Equal([2, 2, 2, 2, 2], counts.Where(count => count > 0));
        Assert.Equal(TimeSpan.FromMicroseconds(4), TimeHistogram.Quantile(counts, 0.5));
        Assert.Equal(TimeSpan.FromMicroseconds(1_024), TimeHistogram.Quantile(counts, 0.8));
        Assert.Equal(TimeSpan.Zero, TimeHistogram.Quantile([], 0.5));
    }

    [Fact]
    public void Of_cheap_executions_one_in_eight_is_timed_and_stands_for_all_of_them()
    {
        var shape = new QueryStatistics(_time, QueryCosts.Default).For(1, new ShapeDescription(Movies, "x", []), static known => known);
        var timed = 0;
        for (var i = 0; i < 16 + 80; i++)
        {
            var weight = shape.TimeWeight(cost: 1);
            timed += weight > 0 ? 1 : 0;
            shape.Record(new(1, 1, 0, 0, weight > 0 ? TimeSpan.FromMicroseconds(3) : TimeSpan.Zero, "point") { Cost = 1, TimeWeight = weight }, []);
        }

        var read = shape.Read();
        Assert.Equal((16 + 10, 96, TimeSpan.FromMicroseconds(3 * 96)), (timed, read.Executions, read.Time));
        Assert.Equal(96, read.Times.Sum());
        Assert.Equal(1, shape.TimeWeight(cost: 1_000));
    }

    [Fact]
    public void The_least_valuable_shapes_make_room_when_the_map_is_full()
    {
        var statistics = new QueryStatistics(_time, QueryCosts.Default, shapesMax: 64);
        for (ulong hash = 0; hash < 1_000; hash++) Record(statistics, hash, saved: 1, examined: hash == 7 ? 1_000_000 : 1);
        Assert.InRange(statistics.Shapes.Count, 1, 64);
        Assert.Contains(statistics.Shapes, shape => shape.Shape == "shape 7");
    }

    [Fact]
    public void An_index_that_comes_uses_up_the_evidence_of_every_shape_it_serves_and_of_no_other()
    {
        var statistics = new QueryStatistics(_time, QueryCosts.Default);
        Record(statistics, 1, saved: 100, path: "a");
        Record(statistics, 2, saved: 100, path: "b");
        statistics.IndexDefined(Movies, "a");
        Assert.Equal([0.0, 100.0], statistics.Shapes.OrderBy(shape => shape.Shape).Select(shape => shape.Candidates.Single().Saved));
    }

    private static ulong HashOf(Filter where) => QueryShape.Of(new(Movies) { Where = where }).Hash();

    private static void Record(QueryStatistics statistics, ulong hash, double saved, long examined = 1, string path = "a")
        => statistics.For(hash, new ShapeDescription(Movies, $"shape {hash}", [new(path, "filter")]), static known => known).Record(new(examined, 1, 0, 0, TimeSpan.Zero, "primary scan") { Cost = examined }, [saved]);
}
