// Entries go to each copy as fast as it takes them: many may be under way (a window), and Next runs ahead of what is
// acknowledged. What is lost is noticed by the heartbeat: no progress for a while, and Next goes back to behind Match.

using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class Sending
{
    public static void ToAll(Turn turn)
    {
        foreach (var peer in turn.State.Leader!.Peers) To(turn, peer.Copy);
    }

    /// <summary>What is next, if the window has room.</summary>
    public static void To(Turn turn, CopyId copy)
    {
        var leader = turn.State.Leader!;
        var peer = leader.Find(copy)!;
        if (peer.Next - peer.Match > turn.Options.WindowEntries && peer.Match > Lsn.None) return;
        if (NeedsSnapshot(turn, peer)) Snapshot(turn, peer);
        else Entries(turn, peer, peer.Next.Previous);
    }

    /// <summary>Every copy hears of us, and of what is committed and closed, at least this often.</summary>
    public static void Heartbeat(Turn turn)
    {
        var leader = turn.State.Leader!;
        if (!leader.HasStarted || turn.Time - leader.HeartbeatAt < turn.Options.HeartbeatEvery) return;
        turn.State = turn.State with { Leader = leader with { HeartbeatAt = turn.Time } };
        Closing.Offer(turn, Closing.Now(turn));
        Closing.Advance(turn);
        Freshness.Note(turn);
        foreach (var peer in leader.Peers)
        {
            var isStuck = peer.Next > peer.Match.Next && turn.Time - peer.ProgressAt > turn.Options.ResendAfter;
            var next = isStuck ? (peer.Match > Lsn.None ? peer.Match.Next : turn.State.Log.Last.Next) : peer.Next;
            if (NeedsSnapshot(turn, peer)) Snapshot(turn, peer);
            // Where entries are trimmed, the last one stands for the heartbeat; that it does not match is known.
            Entries(turn, peer, NeedsSnapshot(turn, peer) || next.Previous < turn.State.Log.Base ? turn.State.Log.Last : next.Previous);
        }
    }

    /// <summary>What it lacks is trimmed here, or it has no usable log at all.</summary>
    private static bool NeedsSnapshot(Turn turn, Peer peer) => peer.NeedsSnapshot || peer.Next.Previous < turn.State.Log.Base;

    private static void Entries(Turn turn, Peer peer, Lsn prev)
    {
        var fresh = Freshness.Tell(turn, peer.Copy);
        var state = turn.State;
        var last = Lsn.Min(state.Log.Last, prev + turn.Options.EntriesPerAppendMax);
        var head = new Append(state.Leader!.Epoch, prev, state.Log.History.At(prev), [], state.Committed, Closing.Now(turn), turn.Time) { Fresh = fresh };
        turn.Do(new SendAppend(state.Me, new(peer.Copy, peer.Incarnation), head, last));
        if (!NeedsSnapshot(turn, peer)) turn.State = state with { Leader = state.Leader!.With(state.Leader.Find(peer.Copy)! with { Next = last.Next }) };
    }

    private static void Snapshot(Turn turn, Peer peer)
    {
        if (peer.SnapshotAt != Moment.LongAgo && turn.Time - peer.SnapshotAt < turn.Options.SnapshotEvery) return;
        var leader = turn.State.Leader!;
        turn.Do(new SendSnapshot(turn.State.Me, new(peer.Copy, peer.Incarnation), leader.Epoch, turn.State.Log.Base));
        turn.State = turn.State with { Leader = leader.With(peer with { SnapshotAt = turn.Time }) };
    }
}
