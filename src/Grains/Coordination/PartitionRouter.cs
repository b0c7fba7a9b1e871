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
//
// A partition with copies moves when its node dies, within seconds; while a call is silent the catalog is looked at, too, and a partition that has moved
// is not waited for where it was. What was not done there is asked for again where the catalog says that
// the partition is now, until somebody serves it or the patience ends; also a write that may have happened, when it has a
// name under which it is done once.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Partitions;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.Grains.Coordination;

/// <summary>Finds partitions and calls them. Thread-safe; one per silo.</summary>
internal sealed class PartitionRouter(NodeDirectory nodes, CatalogView catalog, IGrainFactory grains, TimeProvider time)
{
    private const string Moved = "partition.moved";
    private const string UnknownOutcome = "write.unknown_outcome";
    private static readonly TimeSpan SilenceMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FollowPatience = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan FollowPause = TimeSpan.FromMilliseconds(30);

    public TimeProvider Time { get; } = time;

    /// <summary>A read, or anything else that may be asked twice.</summary>
    /// <exception cref="UnavailableException"><c>partition.unavailable</c>.</exception>
    public ValueTask<T> AskAsync<T>(DatabaseMap map, int partition, Func<IPartitionGrain, ValueTask<T>> call, CancellationToken cancellationToken)
        => map.Partitions[partition].Copies is null ? AskOneAsync(map, partition, call, cancellationToken) : FollowAsync(map, partition, call, isWrite: false, isRepeatable: true, cancellationToken);

    /// <summary>A write: lost after it was sent means that it may have happened.</summary>
    /// <param name="isRepeatable">It has a name, and is done once however often it is sent.</param>
    /// <exception cref="UnavailableException"><c>partition.unavailable</c>: nothing was sent.</exception>
    /// <exception cref="UnknownOutcomeException">Sent, and no answer.</exception>
    public ValueTask<T> TellAsync<T>(DatabaseMap map, int partition, Func<IPartitionGrain, ValueTask<T>> call, bool isRepeatable, CancellationToken cancellationToken)
        => map.Partitions[partition].Copies is null ? TellOneAsync(map, partition, call, cancellationToken) : FollowAsync(map, partition, call, isWrite: true, isRepeatable, cancellationToken);

    private async ValueTask<T> FollowAsync<T>(DatabaseMap map, int partition, Func<IPartitionGrain, ValueTask<T>> call, bool isWrite, bool isRepeatable, CancellationToken cancellationToken)
    {
        var began = Time.GetTimestamp();
        var mayHaveHappened = false;
        while (true)
        {
            map = catalog.Known(map.Name) ?? map;
            Exception failure;
            var wasSent = false;
            try
            {
                var (grain, isLocal) = await FindAsync(map, partition, cancellationToken).ConfigureAwait(false);
                wasSent = true;
                var reply = await WaitAsync(call(grain), grain, isLocal, () => HasMovedAsync(map, partition, cancellationToken), cancellationToken).ConfigureAwait(false);
                if (FaultOf(reply) is not { } fault || !(fault.Code == Moved || (isRepeatable && fault.Code == UnknownOutcome))) return reply;
                failure = FaultCodec.ToException(fault);
                mayHaveHappened |= fault.Code == UnknownOutcome;
            }
            catch (Exception e) when (IsLost(e) || e is UnavailableException)
            {
                mayHaveHappened |= isWrite && wasSent && e is not UnavailableException;
                failure = e is UnavailableException ? e : Unavailable(map, partition, e);
            }
            catch (OperationCanceledException e) when (isWrite && (wasSent || mayHaveHappened))
            {
                throw Lost(partition, e);
            }

            if (Time.GetElapsedTime(began) > FollowPatience || (mayHaveHappened && !isRepeatable)) throw mayHaveHappened ? Lost(partition, failure) : failure;
            try
            {
                await Task.Delay(FollowPause, Time, cancellationToken).ConfigureAwait(false);
                await HasMovedAsync(map, partition, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (mayHaveHappened)
            {
                throw Lost(partition, e);
            }
        }
    }

    /// <summary>Whether the catalog has another place for a partition than the map; it is known here then.</summary>
    private async Task<bool> HasMovedAsync(DatabaseMap map, int partition, CancellationToken cancellationToken)
    {
        try
        {
            return (await catalog.RefreshPartitionAsync(map, partition, cancellationToken).ConfigureAwait(false)).GrainKeys[partition] != map.GrainKeys[partition];
        }
        catch (Exception e) when (e is IngoDBException or IOException or OrleansException or TimeoutException)
        {
            // The catalog can not be asked now: the map that is known may do, or the next look asks.
            return false;
        }
    }

    private async ValueTask<T> AskOneAsync<T>(DatabaseMap map, int partition, Func<IPartitionGrain, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var (grain, isLocal) = await FindAsync(map, partition, cancellationToken).ConfigureAwait(false);
        for (var isAgain = false; ; isAgain = true)
        {
            try
            {
                if (isAgain) await PingAsync(grain, cancellationToken).ConfigureAwait(false);
                return await WaitAsync(call(grain), grain, isLocal, hasMoved: null, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsLost(e))
            {
                if (isAgain || e is TimeoutException) throw Unavailable(map, partition, e);
            }
        }
    }

    private async ValueTask<T> TellOneAsync<T>(DatabaseMap map, int partition, Func<IPartitionGrain, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var (grain, isLocal) = await FindAsync(map, partition, cancellationToken).ConfigureAwait(false);
        try
        {
            return await WaitAsync(call(grain), grain, isLocal, hasMoved: null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e) || e is OperationCanceledException)
        {
            throw Lost(partition, e);
        }
    }

    private async ValueTask<(IPartitionGrain Grain, bool IsLocal)> FindAsync(DatabaseMap map, int partition, CancellationToken cancellationToken)
    {
        var silo = await nodes.FindAsync(map.Partitions[partition].Primary, cancellationToken).ConfigureAwait(false) ?? throw Unavailable(map, partition, inner: null);
        return (grains.GetGrain<IPartitionGrain>(map.GrainKeys[partition]), silo.Equals(nodes.LocalSilo));
    }

    /// <param name="hasMoved">Looked at while the call is silent; null: it can not.</param>
    private async ValueTask<T> WaitAsync<T>(ValueTask<T> call, IPartitionGrain grain, bool isLocal, Func<Task<bool>>? hasMoved, CancellationToken cancellationToken)
    {
        if (call.IsCompleted) return await call.ConfigureAwait(false);
        var reply = call.AsTask();
        if (isLocal) return await reply.WaitAsync(cancellationToken).ConfigureAwait(false);
        Task? ping = null;
        while (true)
        {
            // Only the reply itself is looked at: one that came just as the patience ended counts, and is never taken for lost.
            await (ping is null ? (Task)reply : Task.WhenAny(reply, ping)).WaitAsync(SilenceMax, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reply.IsCompleted) return await reply.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (ping?.IsCompleted == true)
            {
                await ping.ConfigureAwait(false);
                ping = null;
                continue;
            }

            if (hasMoved is not null && await hasMoved().ConfigureAwait(false)) throw new TimeoutException("it is another node's now");
            if (ping is null) (ping = PingAsync(grain, cancellationToken)).Ignore(); // who got a reply meanwhile does not look at it any more
        }
    }

    private Task PingAsync(IPartitionGrain grain, CancellationToken cancellationToken) => grain.PingAsync().AsTask().WaitAsync(PingPatience, Time, cancellationToken);

    private static UnknownOutcomeException Lost(int partition, Exception e) => new($"Partition {partition} did not answer a write, which may have happened: {e.Message}", e);

    private static Fault? FaultOf<T>(T reply) => reply switch
    {
        WriteReply write => write.Fault,
        PartitionPage page => page.Fault,
        PartitionChangesPage changes => changes.Fault,
        ValueReply value => value.Fault,
        PartitionTime version => version.Fault,
        PartitionTransactionReply step => step.Fault,
        _ => null,
    };

    /// <summary>The call or its answer did not arrive. Our own typed exceptions did.</summary>
    private static bool IsLost(Exception error) => error is OrleansException or TimeoutException or System.Net.Sockets.SocketException or ObjectDisposedException;

    private static UnavailableException Unavailable(DatabaseMap map, int partition, Exception? inner)
        => new("partition.unavailable", $"Partition {partition} of '{map.Name}' cannot be reached: its node {map.Partitions[partition].Primary} {(inner is null ? "is down" : $"does not answer ({inner.Message.Split('\n')[0].TrimEnd()})")}.", inner);
}
