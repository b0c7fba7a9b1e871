// Queries are answered, and so counted, where a partition is led. What was counted there is evidence for what is to be learned, and would be gone
// with that silo; so the other copies are told every few seconds, and before a silo gives its partitions away. Beside the log, not in it: it is no data, a
// loss costs some seconds of counting, and nobody waits for it. What has been decided from it is in the catalog already.
//
//   the copy that leads ──Export──► to each node that has another copy ──Import──► its statistics, of which it makes use when it leads
//
// What this does not do: tell more often than something was counted, but for one time in six, for copies that have been opened since.

using System.Runtime.CompilerServices;
using IngoDB.Grains.Hosting;
using IngoDB.Model;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Replicas;

/// <summary>Tells, from when the silo is active until it stops.</summary>
internal sealed partial class StatisticsSharing : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private const int TimesPerRepetition = 6;

    private readonly ReplicaHost _replicas;
    private readonly RepeatedLook _looks;
    private int _times;

    // What had been counted when it was last told; goes with the copy.
    private readonly ConditionalWeakTable<Replica, StrongBox<long>> _told = [];

    public StatisticsSharing(ReplicaHost replicas, IngoDBOptions options, TimeProvider time, ILogger<StatisticsSharing> logger)
    {
        _replicas = replicas;
        _looks = new(nameof(StatisticsSharing), options.ShareStatisticsEvery, time, ShareAsync, e => LogNotShared(logger, e));
    }

    public void Participate(ISiloLifecycle lifecycle)
    {
        _looks.TakePart(lifecycle, ServiceLifecycleStage.Active + 2);
        // Stages stop from the last to the first: this is before ReplicaHost gives partitions away.
        lifecycle.Subscribe(nameof(StatisticsSharing) + " at the end", ServiceLifecycleStage.Active + 3, _ => Task.CompletedTask, async token => await ShareAsync(token).ConfigureAwait(false));
    }

    public void Dispose() => _looks.Dispose();

    private async ValueTask<bool> ShareAsync(CancellationToken cancellationToken)
    {
        if (++_times % TimesPerRepetition == 0) _told.Clear();
        foreach (var (database, partition, replica) in _replicas.Open)
        {
            if (replica.Serving is not { } epoch || Export(replica) is not { } statistics) continue;
            await _replicas.ShareAsync(replica, new() { Database = database, Partition = partition, Epoch = epoch.Value, Statistics = statistics }, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private byte[]? Export(Replica replica)
    {
        try
        {
            return replica.Engine.ExportStatistics(ref _told.GetValue(replica, static _ => new()).Value);
        }
        catch (UnavailableException)
        {
            // The copy is being closed.
            return null;
        }
    }

    [LoggerMessage(EventId = 3127, Level = LogLevel.Debug, Message = "Other copies could not be told what this silo knows of queries; it is tried again")]
    private static partial void LogNotShared(ILogger logger, Exception error);
}
