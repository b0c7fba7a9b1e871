// A primary's own log. It adopts its epoch durably, begins it with an EPOCH_START entry and serves nothing before that one is
// committed (S5): whatever it inherited is committed with it, and nothing inherited is ever counted alone.
//
// Everything that happens to a primary ends in Advance: how far is committed, and who was waiting for that.

using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class Leading
{
    /// <summary>The catalog has given us the adopted epoch. EPOCH_START follows as soon as that is on disk.</summary>
    public static void Begin(Turn turn)
    {
        var state = turn.State;
        turn.State = state with { Leader = new LeaderState(state.Adopted), AdoptedPrimary = turn.Me, Clock = turn.Rules.ClockOfNewPrimary(state) };
        Peers.Refresh(turn);
        if (state.SavedEpoch == state.Adopted) Start(turn);
    }

    /// <summary>S5: the adopted epoch is on disk.</summary>
    public static void Start(Turn turn)
    {
        if (turn.State.Leader is not { HasStarted: false } leader) return;
        turn.State = turn.State with { Leader = leader with { HasStarted = true } };
        var entry = Append(turn, EntryKind.EpochStart, default, 1, DocumentVersion.None);
        turn.State = turn.State with { Leader = turn.State.Leader! with { Start = entry.Lsn } };
        Sending.ToAll(turn);
    }

    public static void OnProposed(Turn turn, Proposed proposed)
    {
        var state = turn.State;
        var isLate = proposed.First != DocumentVersion.None && proposed.First <= state.Clock;
        if (state.Leader is not { } leader || !turn.Rules.MayServe(state, leader) || leader.Successor != CopyId.None || isLate)
        {
            turn.Do(new Declined(proposed.Ticket, state.AdoptedPrimary));
            return;
        }

        var entry = Append(turn, EntryKind.Batch, proposed.Payload, proposed.Versions, DocumentVersion.None, proposed.First);
        turn.Do(new Accepted(proposed.Ticket, entry.Lsn, entry.Version));
        Sending.ToAll(turn);
    }

    /// <summary>Behind the last entry, with versions that nobody has had or seen.</summary>
    public static LogEntry Append(Turn turn, EntryKind kind, ReadOnlyMemory<byte> payload, int versions, DocumentVersion ceiling, DocumentVersion given = default)
    {
        var state = turn.State;
        var first = given != DocumentVersion.None ? given : NextVersion(state, turn.Now);
        var last = new DocumentVersion(first.Raw + (ulong)versions - 1);
        var entry = new LogEntry(state.Log.Last.Next, state.Leader!.Epoch, kind, first, Later(state.Log.Ceiling, ceiling), payload) { LastVersion = last };
        turn.State = state with { Log = state.Log.With(entry), Clock = last };
        turn.Do(new WriteEntries([entry]));
        return entry;
    }

    /// <summary>Above everything given or seen, and not behind the wall clock.</summary>
    public static DocumentVersion NextVersion(ReplicaState state, Moment now) => Later(state.Clock.Next(), DocumentVersion.AtMilliseconds(now.WallMilliseconds));

    /// <summary>S1: what everyone who must has durably is committed.</summary>
    public static void Advance(Turn turn)
    {
        var state = turn.State;
        if (state.Leader is not { } leader) return;
        var point = turn.Rules.CommitPoint(state, leader, turn.MustAcknowledge);
        if (point > state.Committed && turn.Rules.MayCommit(point, leader, state.Catalog.Record!))
        {
            var began = state.Committed < leader.Start && point >= leader.Start;
            if (leader.RaiseAt != Lsn.None && point >= leader.RaiseAt) leader = leader with { CommittedCeiling = leader.RaiseTo, RaiseAt = Lsn.None };
            if (began) leader = leader with { CommittedCeiling = Later(leader.CommittedCeiling, state.Log.Ceiling) };
            turn.State = state with { Committed = point, Leader = leader };
            turn.Do(new Commit(point));
            if (began) turn.Do(new BeganServing(leader.Epoch));
            SessionReading.Wake(turn);
            Closing.Advance(turn);
        }

        StrictReading.Serve(turn);
        HandingOff.Consider(turn);
    }

    public static void StepDown(Turn turn)
    {
        var state = turn.State;
        var leader = state.Leader!;
        turn.State = state with { Leader = null, LastHeard = turn.Time };
        foreach (var read in leader.Reads) turn.Do(new RefuseRead(read.Ticket, ReadRefusal.NotPrimary, CopyId.None));
        turn.Do(new StoppedServing(leader.Epoch));
    }

    private static DocumentVersion Later(DocumentVersion left, DocumentVersion right) => left > right ? left : right;
}
