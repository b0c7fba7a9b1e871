// All silos are killed at one moment with so much data in them, and started again together. Over when every partition has taken a write and
// every document is counted.

using System.Diagnostics;
using IngoDB.ClusterBench.Results;
using IngoDB.ClusterBench.Silos;
using IngoDB.Model;

namespace IngoDB.ClusterBench.Experiments;

internal static class TotalRestart
{
    private const int TextBytes = 1_000;
    private const int Batch = 20_000;
    private const double MustSeconds = 15;

    public static async Task RunAsync(BenchOptions options, Action<Row> report, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(3, copies: 3, FailoverRun.Partitions, cancellationToken);
        var documents = (int)((long)options.Megabytes * 1_000_000 / TextBytes);
        // No two texts are alike: what compression makes of one letter is no data.
        var random = new Random(7);
        var text = new byte[TextBytes / 2];
        for (var from = 0; from < documents; from += Batch)
        {
            random.NextBytes(text);
            await new Entries(cluster.Database).FillAsync(from, Math.Min(Batch, documents - from), Convert.ToHexString(text), cancellationToken);
        }

        var bytes = Enumerable.Range(1, 3).Sum(silo => new DirectoryInfo(cluster.Silos.FolderOf(silo)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length));
        foreach (var silo in Enumerable.Range(1, 3)) await cluster.Silos[silo].KillAsync();

        var began = Stopwatch.GetTimestamp();
        await cluster.Silos.StartAsync(cancellationToken);
        var lanes = await cluster.LanesAsync(cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, FailoverRun.Partitions).Select(lane => cluster.Database.Collection("restart").UpsertAsync(new(lanes(lane, 1), default, Document.Of(("n", 1))), cancellationToken: cancellationToken)));
        var served = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var found = await new Entries(cluster.Database).CountAsync(cancellationToken);
        if (found != documents) throw new InvalidOperationException($"{documents:N0} documents were acknowledged, and {found:N0} are there");
        report(Row.One($"total restart with {options.Megabytes:N0} MB acknowledged", 3, "s", served, $"≤ {MustSeconds} at 1,000 MB", options.Megabytes < 1_000 ? null : served <= MustSeconds, $"{bytes / 1_000_000:N0} MB in the folders of three nodes; {found:N0} of {documents:N0} documents found"));
    }
}
