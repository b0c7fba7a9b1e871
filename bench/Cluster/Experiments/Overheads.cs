// What copies cost. Everything is measured twice, with one copy and with three, on the same three silos; the local durable write on one silo
// alone. Callers of single operations are inside of a silo, as grains are; batches come from this process.

using System.Diagnostics;
using IngoDB.ClusterBench.Results;
using IngoDB.ClusterBench.Silos;

namespace IngoDB.ClusterBench.Experiments;

internal static class Overheads
{
    private const int Partitions = 8;
    private const int Batch = 4_000;
    private const int ManyCallers = 64;

    public static async Task RunAsync(BenchOptions options, Action<Row> report, CancellationToken cancellationToken)
    {
        var alone = await MeasureAsync(silos: 1, copies: 1, options, cancellationToken);
        var single = await MeasureAsync(silos: 3, copies: 1, options, cancellationToken);
        var replicated = await MeasureAsync(silos: 3, copies: 3, options, cancellationToken);

        report(Times("durable write, one silo alone", 1, alone.Put));
        report(Times("durable write, one copy", 3, single.Put));
        report(Times("durable write, three copies", 3, replicated.Put));
        report(Ratio("durable write, three copies, to one silo alone", replicated.Put.P50Microseconds / alone.Put.P50Microseconds, "≤ 3", ratio => ratio <= 3));
        report(Row.One("batch ingest, one copy", 3, "docs/s", single.IngestPerSecond));
        report(Row.One("batch ingest, three copies", 3, "docs/s", replicated.IngestPerSecond));
        report(Ratio("batch ingest, three copies, to one copy", replicated.IngestPerSecond / single.IngestPerSecond, "≥ 0.5", ratio => ratio >= 0.5, "three times the work on one machine's processors"));
        report(Times("strict read, one copy", 3, single.Get));
        report(Times("strict read, three copies", 3, replicated.Get));
        report(Ratio("strict read, one caller: round trips to peers for a read", replicated.RoundsOfOne, "≤ 1", rounds => rounds <= 1.05, "heartbeats and a resend now and then are in it"));
        report(Ratio($"strict read, {ManyCallers} callers: round trips to peers for a read", replicated.RoundsOfMany, "shared: < 1", rounds => rounds < 1));
    }

    private static async Task<Measured> MeasureAsync(int silos, int copies, BenchOptions options, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(silos, copies, Partitions, cancellationToken, BenchSilo.Program);
        var entries = new Entries(cluster.Database);
        await entries.FillAsync(0, Entries.Count, cancellationToken: cancellationToken);
        var perSecond = await IngestAsync(entries, options.Duration, cancellationToken);

        await InsideAsync(cluster, "put", 1, options.Warmup, cancellationToken);
        var put = await InsideAsync(cluster, "put", 1, options.Duration, cancellationToken);
        await InsideAsync(cluster, "get", 1, options.Warmup, cancellationToken);
        var (get, roundsOfOne) = await CountedGetsAsync(cluster, 1, copies, options.Duration, cancellationToken);
        var (_, roundsOfMany) = await CountedGetsAsync(cluster, ManyCallers, copies, options.Duration, cancellationToken);
        return new(put, get, perSecond, roundsOfOne, roundsOfMany);
    }

    /// <summary>Twice; the first time the runtime compiles.</summary>
    private static async Task<double> IngestAsync(Entries entries, TimeSpan duration, CancellationToken cancellationToken)
    {
        var (perSecond, next) = (0.0, Entries.Count);
        for (var pass = 0; pass < 2; pass++)
        {
            var (began, written) = (Stopwatch.GetTimestamp(), 0);
            while (Stopwatch.GetElapsedTime(began) < duration) written += await entries.FillAsync(next + written, Batch, cancellationToken: cancellationToken);
            (perSecond, next) = (written / Stopwatch.GetElapsedTime(began).TotalSeconds, next + written);
        }

        return perSecond;
    }

    /// <summary>A round is one question to each peer.</summary>
    private static async Task<(LoadResult Load, double Rounds)> CountedGetsAsync(BenchCluster cluster, int callers, int copies, TimeSpan duration, CancellationToken cancellationToken)
    {
        var before = await cluster.CountsAsync(cancellationToken);
        var load = await InsideAsync(cluster, "get", callers, duration, cancellationToken);
        var sent = (await cluster.CountsAsync(cancellationToken)).Since(before);
        return (load, sent.Of("Confirm") / Math.Max(1.0, copies - 1) / load.Operations);
    }

    private static Task<LoadResult> InsideAsync(BenchCluster cluster, string what, int callers, TimeSpan duration, CancellationToken cancellationToken)
        => cluster.MeasureInsideAsync(silo: 1, what, callers, duration, cancellationToken);

    private static Row Times(string experiment, int silos, LoadResult load) => new(experiment, silos, load.P50Microseconds, "µs", load.P50Microseconds, load.P99Microseconds, (int)load.Operations);

    private static Row Ratio(string experiment, double ratio, string must, Func<double, bool> isMet, string? note = null) => Row.One(experiment, 3, "", ratio, must, isMet(ratio), note);

    private sealed record Measured(LoadResult Put, LoadResult Get, double IngestPerSecond, double RoundsOfOne, double RoundsOfMany);
}
