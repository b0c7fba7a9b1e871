// Something is done to the silo that leads the most partitions while every partition is written to all the time, and the ledger says how
// long each was not served:
//
//   acknowledged  | | | |                        | | | |     of one partition
//                      ^ done to the silo
//                       └────── unserved ───────┘            the longest silence that ends after it was done
//
// A round is over when every partition has acknowledged again and the silo is back with all copies in sync. The longest of all partitions
// is the figure of the round; those of the partitions that the silo led are told beside it.

using System.Diagnostics;
using IngoDB.Cli.Clusters;
using IngoDB.ClusterBench.Silos;

namespace IngoDB.ClusterBench.Experiments;

/// <summary>Rounds of one cluster under load. Not thread-safe.</summary>
internal sealed class FailoverRun : IAsyncDisposable
{
    public const int Partitions = 8;
    private const int WritersOfPartition = 1;
    private const int AcknowledgedAgain = 20;
    private static readonly TimeSpan s_looksEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_warm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly BenchCluster _cluster;
    private readonly WriteLedger _ledger;
    private readonly Task _writing;

    private FailoverRun(BenchCluster cluster, WriteLedger ledger, CancellationToken cancellationToken)
        => (_cluster, _ledger, _writing) = (cluster, ledger, ledger.RunAsync(WritersOfPartition, cancellationToken));

    public static async Task<FailoverRun> StartAsync(CancellationToken cancellationToken, Func<IngoDB.Silo.SiloSettings, ProcessStartInfo>? programOf = null)
    {
        var cluster = await BenchCluster.StartAsync(3, copies: 3, Partitions, cancellationToken, programOf);
        var ledger = new WriteLedger(() => cluster.Database, await cluster.LanesAsync(cancellationToken), Partitions, TimeProvider.System);
        return new(cluster, ledger, cancellationToken);
    }

    /// <param name="harm">Done to the silo with this number; what it returns is awaited before the silence ends.</param>
    /// <param name="mend">Before the silo is started again.</param>
    public async Task<Unserved> RoundAsync(Func<SiloProcess, int, Task> harm, Func<SiloProcess, int, Task> mend, CancellationToken cancellationToken)
    {
        await _cluster.InSyncAsync(cancellationToken);
        await Task.Delay(s_warm, TimeProvider.System, cancellationToken);
        var (silo, led) = await _cluster.Silos.LeaderAsync(cancellationToken);
        var harmedAt = TimeProvider.System.GetTimestamp();
        await harm(_cluster.Silos[silo], silo);
        var until = await AcknowledgedAgainAsync(TimeProvider.System.GetTimestamp(), cancellationToken);
        var unserved = new Unserved([.. Enumerable.Range(0, Partitions).Select(lane => _ledger.LongestSilence(lane, harmedAt, until))], led);
        await mend(_cluster.Silos[silo], silo);
        await _cluster.Silos.StartSilosAsync([silo], cancellationToken);
        return unserved;
    }

    /// <summary>Everything ends, and what was acknowledged is looked for.</summary>
    public async Task<LedgerVerdict> JudgeAsync(CancellationToken cancellationToken)
    {
        await _cluster.InSyncAsync(cancellationToken);
        _ledger.Stop();
        await _writing;
        return await _ledger.JudgeAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _ledger.Stop();
        await ((Task)_writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ledger.Dispose();
        await _cluster.DisposeAsync();
    }

    /// <summary>When every partition has acknowledged some more.</summary>
    private async Task<long> AcknowledgedAgainAsync(long from, CancellationToken cancellationToken)
    {
        while (true)
        {
            var lanes = Enumerable.Range(0, Partitions).Select(lane => _ledger.AcknowledgedAt(lane).Where(at => at > from).ToArray()).ToList();
            if (lanes.TrueForAll(lane => lane.Length >= AcknowledgedAgain)) return lanes.Max(lane => lane[AcknowledgedAgain - 1]);
            if (_writing.IsCompleted) await _writing;
            if (TimeProvider.System.GetElapsedTime(from) > s_patience)
                throw new TimeoutException($"Not every partition is written to {s_patience} later: {string.Join(", ", lanes.Select(lane => lane.Length))}{Environment.NewLine}{_cluster.Silos.Output}");
            await Task.Delay(s_looksEvery, TimeProvider.System, cancellationToken);
        }
    }
}

/// <summary>How long each partition was silent, and which of them the silo led.</summary>
internal sealed record Unserved(TimeSpan[] Partitions, int[] Led)
{
    public double LongestMilliseconds => Partitions.Max().TotalMilliseconds;

    public IEnumerable<double> LedMilliseconds => Led.Select(partition => Partitions[partition].TotalMilliseconds);
}
