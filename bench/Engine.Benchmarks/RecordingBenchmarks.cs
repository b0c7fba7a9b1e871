using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Benchmarks;

/// <summary>What it costs a query to be remembered: its shape is hashed and found, its work, savings of candidates and time are added.</summary>
[MemoryDiagnoser]
public class RecordingBenchmarks
{
    private readonly QueryStatistics _statistics = new(TimeProvider.System, QueryCosts.Default);
    private readonly HotFields _hot = new(TimeProvider.System);
    private QueryRun _scan = null!, _indexed = null!;
    private QueryShape _shape = null!;

    [GlobalSetup]
    public void Prepare()
    {
        var request = new ScanRequest(new(1)) { Where = Filter.And(Filter.Eq("category", "toys"), Filter.Gte("price", 5)), Limit = 10 };
        _shape = QueryShape.Of(request);
        _scan = Run(request, []);
        _indexed = Run(request, [new(new(new(1), new(1), IndexFields.Parse("category+price"), ""), 500, static _ => 10)]);
        RecordScan();
        RecordIndexed();
    }

    [Benchmark]
    public ulong Hash() => _shape.Hash();

    [Benchmark]
    public void RecordScan() => _scan.Record(_statistics, _hot, 10);

    [Benchmark]
    public void RecordIndexed() => _indexed.Record(_statistics, _hot, 10);

    /// <summary>The best of many short rounds, which a machine that others use gives, too.</summary>
    public static int Quick()
    {
        var bench = new RecordingBenchmarks();
        bench.Prepare();
        foreach (var (name, act) in (ReadOnlySpan<(string, Action)>)[("hash of the shape", () => bench.Hash()), ("recorded, hash included: scan", bench.RecordScan), ("recorded, hash included: through an index", bench.RecordIndexed)])
        {
            var best = double.PositiveInfinity;
            for (var round = 0; round < 2_000; round++)
            {
                var began = Stopwatch.GetTimestamp();
                for (var i = 0; i < 1_000; i++) act();
                best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalNanoseconds / 1_000);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-45} {best,6:0.0} ns"));
        }

        return 0;
    }

    private static QueryRun Run(ScanRequest request, IReadOnlyList<IndexOption> indexes)
    {
        var input = new PlannerInput(500, indexes, QueryCosts.Default);
        return new(QueryShape.Of(request), QueryPlanner.Plan(request, input), input, new(request.Where), null, new(null, TimeProvider.System, default), new ReadCountersBox(), request.Limit);
    }
}
