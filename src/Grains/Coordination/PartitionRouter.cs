// The only way from a coordinator to a partition. It knows from the map and the membership whether the partition's node
// is up, so that a call to a dead node fails at once and with a type; and it watches the calls that are under way,
// because Orleans gives up a call only when the silo is declared dead, or after the whole response timeout:
//
//   call ──── silence ────► ping ── refused ──► unavailable        a killed process refuses connections at once
//                             │ └─ no answer ─► unavailable        a hung one (SIGSTOP) after PingPatience
//                             └─── answered ──► keep waiting       a long sort is not a failure
//
//   read ──── lost ───────► ping ── answered ─► asked once more    a connection that broke, a message that was rejected
//                             └──── else ─────► unavailable
//
// A write whose call was sent and then lost may have happened; nobody but the partition knows.

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Partitions;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.Grains.Coordination;

/// <summary>Finds partitions and calls them. Thread-safe; one per silo.</summary>
internal sealed class PartitionRouter(NodeDirectory nodes, IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan SilenceMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(3);

    public TimeProvider Time { get; } = time;

    /// <summary>A read, or anything else that may be asked twice.</summary>
    /// <exception cref="UnavailableException"><c>partition.unavailable</c>.</exception>
    public async ValueTask<T> AskAsync<T>(DatabaseMap map, int partition, Func<IPartitionGrain, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var (grain, isLocal) = await FindAsync(map, partition, cancellationToken).ConfigureAwait(false);
        for (var isAgain = false; ; isAgain = true)
        {
            try
            {
                if (isAgain) await PingAsync(grain, cancellationToken).ConfigureAwait(false);
                return await WaitAsync(call(grain), grain, isLocal, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsLost(e))
            {
                if (isAgain || e is TimeoutException) throw Unavailable(map, partition, e);
            }
        }
    }

    /// <summary>A write: lost after it was sent means that it may have happened.</summary>
    /// <exception cref="UnavailableException"><c>partition.unavailable</c>: nothing was sent.</exception>
    /// <exception cref="UnknownOutcomeException">Sent, and no answer.</exception>
    public async ValueTask<T> TellAsync<T>(DatabaseMap map, int partition, Func<IPartitionGrain, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var (grain, isLocal) = await FindAsync(map, partition, cancellationToken).ConfigureAwait(false);
        try
        {
            return await WaitAsync(call(grain), grain, isLocal, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e) || e is OperationCanceledException)
        {
            throw new UnknownOutcomeException($"Partition {partition} did not answer a write, which may have happened: {e.Message}", e);
        }
    }

    private async ValueTask<(IPartitionGrain Grain, bool IsLocal)> FindAsync(DatabaseMap map, int partition, CancellationToken cancellationToken)
    {
        var silo = await nodes.FindAsync(map.Partitions[partition].Primary, cancellationToken).ConfigureAwait(false) ?? throw Unavailable(map, partition, inner: null);
        return (grains.GetGrain<IPartitionGrain>(map.GrainKeys[partition]), silo.Equals(nodes.LocalSilo));
    }

    private async ValueTask<T> WaitAsync<T>(ValueTask<T> call, IPartitionGrain grain, bool isLocal, CancellationToken cancellationToken)
    {
        if (call.IsCompleted) return await call.ConfigureAwait(false);
        var reply = call.AsTask();
        if (isLocal) return await reply.WaitAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            // Only the reply itself is looked at: one that came just as the patience ended counts, and is never taken for lost.
            await ((Task)reply.WaitAsync(SilenceMax, Time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reply.IsCompleted) return await reply.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await PingAsync(grain, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task PingAsync(IPartitionGrain grain, CancellationToken cancellationToken) => grain.PingAsync().AsTask().WaitAsync(PingPatience, Time, cancellationToken);

    /// <summary>The call or its answer did not arrive. Our own typed exceptions did.</summary>
    private static bool IsLost(Exception error) => error is OrleansException or TimeoutException or System.Net.Sockets.SocketException or ObjectDisposedException;

    private static UnavailableException Unavailable(DatabaseMap map, int partition, Exception? inner)
        => new("partition.unavailable", $"Partition {partition} of '{map.Name}' cannot be reached: its node {map.Partitions[partition].Primary} {(inner is null ? "is down" : $"does not answer ({inner.Message.Split('\n')[0].TrimEnd()})")}.", inner);
}
