// A copy that has lost what it had. Its log does not check below what was synced, or its folder is gone while the record
// counts on it (S9). It keeps what is left, never leads, and says so; the primary sends a snapshot of everything
// committed, and the log from there. Whole again is who then has what the primary said was committed.

using IngoDB.Replication.Effects;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class Mending
{
    /// <summary>S9: does the record count on something that was never here?</summary>
    public static void Check(Turn turn, PartitionRecord record)
    {
        if (!turn.State.IsNew) return;
        var isMissing = turn.Rules.IsMissing(turn.State, record);
        turn.State = turn.State with { IsNew = false, Standing = isMissing ? Standing.Broken : turn.State.Standing };
        if (!isMissing) return;
        turn.Do(new Alarm(AlarmKind.ReplicaBroken, "the record counts this replica in-sync, and there is nothing here"));
    }

    public static void OnSnapshot(Turn turn, ReplicaAddress primary, Snapshot snapshot)
    {
        if (!Adopting.Accept(turn, primary, snapshot.Epoch)) return;
        turn.State = turn.State with { LastHeard = turn.Time };
        if (turn.State.IsInstalling || turn.State.IsDiscarding || turn.State.Leader is not null) return;
        if (!turn.Rules.MayInstall(turn.State, snapshot))
        {
            var differs = turn.State.Standing != Standing.Broken && !turn.Rules.Matches(turn.State.Log, snapshot.Lsn, snapshot.History.At(snapshot.Lsn));
            if (differs && turn.Rules.MayDiscard(turn.State)) Discard(turn, snapshot.Lsn);
            return;
        }

        turn.State = turn.State with { IsInstalling = true };
        turn.Do(new InstallSnapshot(snapshot));
    }

    /// <summary>S10: a forced primary does not have what is committed here. It is given up as if the disk had lost it, in two steps: a note on disk, and a start from that.</summary>
    public static void Discard(Turn turn, Lsn common)
    {
        turn.Do(new Alarm(AlarmKind.PastDiscarded, $"entries behind {common} up to {turn.State.Committed} are committed here, and a primary was forced that does not have them; a snapshot takes their place"));
        turn.State = turn.State with { IsDiscarding = true };
        Adopting.Save(turn);
    }

    /// <summary>The note stands: this process of the copy ends.</summary>
    public static void OnDiscarded(Turn turn)
    {
        turn.State = turn.State with { Standing = Standing.Poisoned };
        turn.Do(new Reopen("what it had is given up for a forced primary"));
    }

    /// <summary>The snapshot is the log now. What it holds is committed, in whatever epoch we are by now.</summary>
    public static void OnInstalled(Turn turn, Snapshot snapshot)
    {
        var state = turn.State;
        var log = new LogState(snapshot.Lsn, snapshot.Lsn, snapshot.Lsn, snapshot.History, snapshot.Ceiling, snapshot.LastVersion) { Generation = state.Log.Generation + 1 };
        turn.State = state with
        {
            Log = log,
            Clock = snapshot.LastVersion > state.Clock ? snapshot.LastVersion : state.Clock,
            Committed = snapshot.Lsn,
            Match = snapshot.Epoch == state.Adopted ? snapshot.Lsn : Lsn.None,
            IsInstalling = false,
            Standing = state.Standing == Standing.Broken ? Standing.Mending : state.Standing,
        };
        Following.OnSynced(turn);
    }

    /// <summary>
    /// Whole again, and it stands on disk. Not before: a copy that leads, drops who was intact, and is broken again after a crash because the note was not
    /// written, leaves nobody who may lead.
    /// </summary>
    public static void OnSavedWhole(Turn turn)
    {
        if (turn.State is { Standing: Standing.Mending, IsMended: true }) turn.State = turn.State with { Standing = Standing.Whole, IsMended = false };
    }

    /// <summary>A failed write or sync: say nothing any more; the host opens the replica anew from what the disk really holds.</summary>
    public static void OnDiskFailed(Turn turn)
    {
        if (turn.State.Leader is not null) Leading.StepDown(turn);
        turn.State = turn.State with { Standing = Standing.Poisoned };
    }
}
