// A graceful end: the primary takes no more writes, waits until everything is committed, and tells its successor to take over.
// If nothing comes of it, it goes on. From the moment the word is sent it may arrive at any time, so no lease holds in this
// epoch any more.

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
