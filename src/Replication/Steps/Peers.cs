// What the primary hears from the other copies. Whoever was not heard in this epoch has shown nothing: its match begins at zero
// and grows with what it acknowledges. A process that was started again begins anew (S9): what its predecessor had
// acknowledged is durable and counts for commits that were made, not for those to come.

using System.Collections.Immutable;
using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class Peers
{
    /// <summary>Everyone who gets the log, and everyone whose acknowledgement is needed; the progress of those who stay is kept.</summary>
    public static void Refresh(Turn turn)
    {
        var leader = turn.State.Leader!;
        var wanted = turn.State.Catalog.Record!.Receivers.Union(turn.MustAcknowledge).Without(turn.Me);
        if (wanted.Count == leader.Peers.Length && leader.Peers.All(peer => wanted.Contains(peer.Copy))) return;
        var peers = ImmutableArray.CreateBuilder<Peer>(wanted.Count);
        foreach (var node in wanted.Members)
            peers.Add(leader.Find(node) ?? new Peer(node) { Next = turn.State.Log.Last.Next, HeardAt = turn.Time, ProgressAt = turn.Time });
        turn.State = turn.State with { Leader = leader with { Peers = peers.MoveToImmutable() } };
    }

    public static void OnAppended(Turn turn, ReplicaAddress from, Appended appended)
    {
        if (Hear(turn, from, appended.Epoch) is not { } peer) return;
        var last = turn.State.Log.Last;
        Invariant.Holds(appended.Match <= last);
        var grew = appended.Match > peer.Match;
        var match = Lsn.Max(peer.Match, appended.Match);
        peer = peer with
        {
            Match = match,
            Next = Lsn.Max(peer.Next, match.Next),
            ProgressAt = grew || match == last ? turn.Time : peer.ProgressAt,
            HeardSince = Later(appended.SentAt, peer.HeardSince),
            PromisedSince = appended.IsPromise ? Later(appended.SentAt, peer.PromisedSince) : peer.PromisedSince,
            WentBack = peer.WentBack && match < last,
            NeedsSnapshot = false,
        };
        turn.State = turn.State with { Leader = turn.State.Leader!.With(Freshness.Stamped(turn, peer, appended.Stamp)) };
        Leading.Advance(turn);
        if (turn.State.Leader is null) return;
        if (peer.Next <= last) Sending.To(turn, peer.Copy);
        Reconfiguring.Consider(turn);
    }

    /// <summary>S7: the two logs part somewhere; go on from there, or with a snapshot when that is trimmed.</summary>
    public static void OnMismatch(Turn turn, ReplicaAddress from, Mismatch mismatch)
    {
        if (Hear(turn, from, mismatch.Epoch) is not { } peer) return;
        var state = turn.State;
        var common = mismatch.NeedsSnapshot ? Lsn.None : EpochHistory.CommonPoint(state.Log.History, state.Log.Last, mismatch.History, mismatch.Last);
        // An old answer: what was acknowledged since then stands.
        if (common < peer.Match && !mismatch.NeedsSnapshot) return;
        peer = peer with { Next = common.Next, NeedsSnapshot = mismatch.NeedsSnapshot, HeardSince = Later(mismatch.SentAt, peer.HeardSince) };
        if (!mismatch.NeedsSnapshot && common < state.Committed && state.Catalog.Isr.Contains(peer.Copy) && IsBehindForGood(state, mismatch))
        {
            turn.Do(new Alarm(AlarmKind.MemberWentBack, $"{peer.Copy} is in-sync and has {mismatch.Last}; {state.Committed} is committed"));
            peer = peer with { WentBack = true };
        }

        turn.State = state with { Leader = state.Leader!.With(peer) };
        Sending.To(turn, peer.Copy);
        Reconfiguring.Consider(turn);
    }

    public static void OnConfirmed(Turn turn, ReplicaAddress from, Confirmed confirmed)
    {
        if (Hear(turn, from, confirmed.Epoch) is not { } peer) return;
        turn.State = turn.State with { Leader = turn.State.Leader!.With(peer with { ConfirmedRound = Math.Max(peer.ConfirmedRound, confirmed.Round) }) };
        StrictReading.CountRound(turn);
    }

    /// <summary>S6, seen from above: somebody knows a higher epoch than ours.</summary>
    public static void OnRefused(Turn turn, Refused refused)
    {
        if (refused.Epoch <= turn.State.Adopted) return;
        Adopting.Adopt(turn, refused.Epoch, CopyId.None);
        CatalogAsking.Read(turn);
    }

    /// <summary>The in-sync set is what holds everything committed when this epoch began to commit; a member that lacks some of it then has gone back.</summary>
    private static bool IsBehindForGood(ReplicaState state, Mismatch mismatch) => mismatch.Last < state.Committed && state.Leader!.Start != Lsn.None && state.Committed >= state.Leader.Start;

    private static TimeSpan Later(TimeSpan left, TimeSpan right) => left > right ? left : right;

    /// <summary>The sender as it is known in this epoch; null: the message is of another one, or of a former process.</summary>
    public static Peer? Hear(Turn turn, ReplicaAddress from, Epoch epoch)
    {
        if (turn.State.Leader is not { } leader || leader.Epoch != epoch || leader.Find(from.Copy) is not { } peer) return null;
        if (!turn.Rules.IsFromTheLiving(from.Incarnation, peer)) return null;
        if (from.Incarnation > peer.Incarnation)
            peer = new Peer(peer.Copy) { Incarnation = from.Incarnation, Next = turn.State.Log.Last.Next, ProgressAt = turn.Time, SnapshotAt = peer.SnapshotAt };
        peer = peer with { HeardAt = turn.Time };
        turn.State = turn.State with { Leader = leader.With(peer) };
        return peer;
    }
}
