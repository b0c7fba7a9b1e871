// A copy that says nothing may be dead, cut off, or busy, and is waited for 1.5 s, because a busy one will speak again: writes wait for a member of the in-sync
// set, and everything waits for a primary. But a process that is dead can be told at once: its machine refuses connections to its port, which
// a process that hangs does not, since the kernel accepts them for it. So who misses a copy knocks at its silo's door, and a door that is not
// there is a hint to take over, or to leave the member out, without waiting:
//
//   silent for 0.5 s ──► knock ──┬─ refused, twice ─► PrimarySuspected, in the order of ranks; MemberSuspected
//                                └─ accepted, or no answer: wait for the 1.5 s
//
// A wrong hint costs an epoch or a change of the set and nothing else (S2 to S4). A silo of this machine (a loopback address) whose port nobody has is also
// declared dead to Orleans, which else needs two witnesses: when two of three silos die together there is only one left to see it.

using System.Net;
using System.Net.Sockets;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Nodes;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Replicas;

/// <summary>Knocks, from when the silo is active until it stops.</summary>
internal sealed partial class SilenceWatch : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SilentFor = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KnockPatience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BuryPatience = TimeSpan.FromSeconds(1);

    private readonly ReplicaHost _replicas;
    private readonly NodeDirectory _nodes;
    private readonly IClusterMembershipService _membership;
    private readonly TimeProvider _time;
    private readonly ILogger<SilenceWatch> _logger;
    private readonly RefusedDoors _refused = new();
    private readonly RepeatedLook _looks;

    public SilenceWatch(ReplicaHost replicas, NodeDirectory nodes, IClusterMembershipService membership, TimeProvider time, ILogger<SilenceWatch> logger)
    {
        (_replicas, _nodes, _membership, _time, _logger) = (replicas, nodes, membership, time, logger);
        _looks = new(nameof(SilenceWatch), LooksEvery, time, LookAsync, e => LogNotLooked(_logger, e));
    }

    public void Participate(ISiloLifecycle lifecycle) => _looks.TakePart(lifecycle, ServiceLifecycleStage.Active + 2);

    public void Dispose() => _looks.Dispose();

    /// <summary>Nobody listens there. An address that does not answer at all says nothing.</summary>
    internal static async Task<bool> IsRefusedAsync(IPEndPoint door, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(KnockPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var socket = new Socket(door.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(door, either.Token).ConfigureAwait(false);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // no answer
        }
    }

    private async ValueTask<bool> LookAsync(CancellationToken cancellationToken)
    {
        foreach (var missed in _replicas.Open.SelectMany(open => open.Replica.Missed(SilentFor).Select(copy => (open.Replica, Copy: copy))).GroupBy(missed => missed.Copy.Node).ToList())
        {
            var silo = await _nodes.FindAsync(missed.Key, cancellationToken).ConfigureAwait(false);
            if (silo is not null && !_refused.Look(silo, await IsRefusedAsync(silo.Endpoint, _time, cancellationToken).ConfigureAwait(false))) continue;
            foreach (var (replica, copy) in missed) replica.Post(copy.Hint);
            if (silo is not null && IPAddress.IsLoopback(silo.Endpoint.Address)) await BuryAsync(silo, missed.Key, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task BuryAsync(SiloAddress silo, string node, CancellationToken cancellationToken)
    {
        LogGone(_logger, silo, node);
        try
        {
            await _membership.TryKill(silo).WaitAsync(BuryPatience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OrleansException or IOException or TimeoutException or Model.IngoDBException)
        {
            // The membership can not be told now; it is told with the next look, or finds out by itself.
            LogNotBuried(_logger, silo, e);
        }
    }

    [LoggerMessage(EventId = 3119, Level = LogLevel.Warning, Message = "Nobody listens at {Silo} of this machine any more: the process of node {Node} is gone, and is declared dead")]
    private static partial void LogGone(ILogger logger, SiloAddress silo, string node);

    [LoggerMessage(EventId = 3128, Level = LogLevel.Warning, Message = "Whether silent copies are gone could not be looked at; it is tried again")]
    private static partial void LogNotLooked(ILogger logger, Exception error);

    [LoggerMessage(EventId = 3118, Level = LogLevel.Debug, Message = "{Silo} could not be declared dead")]
    private static partial void LogNotBuried(ILogger logger, SiloAddress silo, Exception error);
}
