// An orderly end of a copy that does not lead: it says so, and its primary takes it out of the in-sync set at once, so that no write waits for a process
// that is gone until it is missed. It goes on acknowledging until then, and is left out only as far as the floor allows (S3), like one that is
// dead. The same when the primary is told from outside that nobody is there any more.

using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;

namespace IngoDB.Replication.Steps;

internal static class Leaving
{
    /// <summary>May be asked again and again: the word may be lost, and what became of it is in the record.</summary>
    public static void OnRequested(Turn turn)
    {
        var state = turn.State;
        if (state.Leader is not null || state.Catalog.Record is not { } record || !record.Isr.Contains(turn.Me)) return;
        if (state.AdoptedPrimary != CopyId.None && state.AdoptedPrimary != turn.Me) turn.Send(new(state.AdoptedPrimary, 0), new Leave(state.Adopted));
        if (state.Catalog.Reading is null) CatalogAsking.Read(turn);
    }

    public static void OnLeave(Turn turn, ReplicaAddress from, Leave leave)
    {
        if (Peers.Hear(turn, from, leave.Epoch) is not { } peer) return;
        turn.State = turn.State with { Leader = turn.State.Leader!.With(peer with { LeavesAt = turn.Time }) };
        Reconfiguring.Consider(turn);
    }

    /// <summary>A hint: as if it had been silent for long. When it is heard again it is there again.</summary>
    public static void OnSuspected(Turn turn, CopyId member)
    {
        if (turn.State.Leader is not { } leader || leader.Find(member) is not { } peer) return;
        turn.State = turn.State with { Leader = leader.With(peer with { HeardAt = turn.Time - turn.Options.SilentAfter - TimeSpan.FromTicks(1) }) };
        Reconfiguring.Consider(turn);
    }
}
