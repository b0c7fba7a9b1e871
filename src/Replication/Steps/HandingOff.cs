// A graceful end: the primary takes no more writes, waits until everything is committed, and tells its successor to take over.
// If nothing comes of it, it goes on. From the moment the word is sent it may arrive at any time, so no lease holds in this
// epoch any more.

using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;

namespace IngoDB.Replication.Steps;

internal static class HandingOff
{
    public static void OnRequested(Turn turn, CopyId successor)
    {
        if (turn.State.Leader is not { } leader || successor == turn.Me || !turn.State.Catalog.Isr.Contains(successor)) return;
        turn.State = turn.State with { Leader = leader with { Successor = successor, HandOffAt = turn.Time } };
        Consider(turn);
    }

    /// <summary>M3: not wanted any more, it asks those that are, one after the other.</summary>
    public static void GiveAway(Turn turn)
    {
        var state = turn.State;
        if (state.Leader is not { } leader || state.Catalog is not { Record: { } record, Pending: null } || turn.Rules.MayKeepLeading(state, record)) return;
        if (leader.Successor != CopyId.None || !turn.Rules.MayServe(state, leader) || (leader.HandOffAt != Moment.LongAgo && turn.Time - leader.HandOffAt < turn.Options.OfferEvery)) return;
        var ready = leader.Peers.Where(peer => record.Isr.Contains(peer.Copy) && record.Replicas.Contains(peer.Copy) && turn.Time - peer.HeardAt <= turn.Options.ResendAfter).ToArray();
        if (ready.Length == 0) return;
        turn.State = state with { Leader = leader with { Offers = leader.Offers + 1 } };
        OnRequested(turn, ready[leader.Offers % ready.Length].Copy);
    }

    public static void Consider(Turn turn)
    {
        var state = turn.State;
        if (state.Leader is not { } leader || leader.Successor == CopyId.None) return;
        if (turn.Time - leader.HandOffAt > turn.Options.HandOffPatience)
        {
            turn.State = state with { Leader = leader with { Successor = CopyId.None } };
            return;
        }

        if (leader.Start == Lsn.None || state.Committed < state.Log.Last || leader.Find(leader.Successor) is not { } peer) return;
        turn.State = state with { Leader = leader with { HandedOff = true } };
        turn.Send(new(peer.Copy, peer.Incarnation), new HandOff(leader.Epoch, state.Log.Last));
    }
}
