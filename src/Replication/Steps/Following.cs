// A follower keeps its log equal to the primary's (S7) and says how far it is, durably. An append names the entry that its
// entries stand behind; if that one is missing here or of another epoch, the follower answers with the outline of its log
// and the primary finds where the two part (EpochHistory.CommonPoint). A different entry at the same place cuts the
// suffix; the same one again, a duplicate or an answer that was lost, changes nothing.
//
// A committed entry is never cut. If a primary's log lacks one, some disk has gone back in time, and an operator must hear of it.

using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class Following
{
    public static void OnAppend(Turn turn, ReplicaAddress primary, Append append)
    {
        if (!Adopting.Accept(turn, primary, append.Epoch)) return;
        Hear(turn, append);
        var state = turn.State;
        if (state.IsInstalling || state.IsDiscarding) return;
        if (state.Standing == Standing.Broken || !turn.Rules.Matches(state.Log, append.Prev, append.PrevEpoch))
        {
            if (turn.Rules.MayAnswer(state)) turn.Send(primary, new Mismatch(append.Epoch, state.Log.Last, state.Log.History, state.Echo, state.Standing == Standing.Broken));
            return;
        }

        if (!Write(turn, append)) return;
        turn.State = turn.State with { Match = Lsn.Max(turn.State.Match, append.Prev + append.Entries.Count) };
        Advance(turn);
        if (turn.State.Log.Durable >= turn.State.Match) Acknowledge(turn);
    }

    public static void OnSynced(Turn turn)
    {
        Advance(turn);
        Acknowledge(turn);
    }

    /// <summary>How far we are; also what makes a new process known to the primary.</summary>
    public static void Acknowledge(Turn turn)
    {
        var state = turn.State;
        if (state.Leader is not null || state.AdoptedPrimary == CopyId.None || state.AdoptedPrimary == turn.Me || !turn.Rules.MayAnswer(state)) return;
        turn.Send(new(state.AdoptedPrimary, 0), state.Standing == Standing.Broken
            ? new Mismatch(state.Adopted, state.Log.Last, state.Log.History, state.Echo, NeedsSnapshot: true)
            : new Appended(state.Adopted, turn.Rules.Acknowledged(state), state.Echo) { Stamp = turn.Time, IsPromise = turn.Options.Leases });
    }

    /// <summary>Applies what is committed, and is whole again once it has all of that.</summary>
    public static void Advance(Turn turn)
    {
        var state = turn.State;
        var commit = turn.Rules.FollowerCommit(state);
        if (commit > state.Committed)
        {
            turn.State = state = state with { Committed = commit };
            turn.Do(new Commit(commit));
            SessionReading.Wake(turn);
        }

        if (state is { Standing: Standing.Mending, IsMended: false } && turn.Rules.IsMended(state))
        {
            turn.State = state = state with { IsMended = true };
            Adopting.Save(turn);
        }

        Closing.Advance(turn);
        Freshness.Advance(turn);
    }

    private static void Hear(Turn turn, Append append)
    {
        var state = turn.State;
        turn.State = state with
        {
            LastHeard = turn.Time,
            Echo = append.SentAt > state.Echo ? append.SentAt : state.Echo,
            PromisedUntil = turn.Options.Leases ? turn.Time + turn.Options.PromiseLength : state.PromisedUntil,
            PrimaryCommit = Lsn.Max(state.PrimaryCommit, append.Commit),
        };
        Closing.Offer(turn, append.Closed);
        Freshness.Offer(turn, append.Fresh);
    }

    /// <summary>Writes what is new, after cutting what is different. False: it may not be cut.</summary>
    private static bool Write(Turn turn, Append append)
    {
        var log = turn.State.Log;
        var entries = append.Entries;
        var known = 0;
        while (known < entries.Count && entries[known].Lsn <= log.Last && !turn.Rules.Conflicts(log, entries[known])) known++;
        if (known == entries.Count) return true;
        if (entries[known].Lsn <= log.Last)
        {
            if (!Cut(turn, entries[known].Lsn.Previous, known == 0 ? DocumentVersion.None : entries[known - 1].LastVersion)) return false;
            log = turn.State.Log;
        }

        for (var i = known; i < entries.Count; i++) log = log.With(entries[i]);
        turn.State = turn.State with { Log = log, Clock = log.LastVersion > turn.State.Clock ? log.LastVersion : turn.State.Clock };
        turn.Do(new WriteEntries(known == 0 ? entries : [.. entries.Skip(known)]));
        return true;
    }

    private static bool Cut(Turn turn, Lsn after, DocumentVersion lastVersion)
    {
        var state = turn.State;
        if (after < state.Committed)
        {
            if (turn.Rules.MayDiscard(state)) Mending.Discard(turn, after);
            else turn.Do(new Alarm(AlarmKind.IsrViolation, $"the primary of epoch {state.Adopted} has another entry at {after.Next}, and {state.Committed} is committed here"));
            return false;
        }

        var log = state.Log.CutAfter(after, lastVersion);
        turn.State = state with { Log = log, Match = Lsn.Min(state.Match, after) };
        turn.Do(new CutLog(after, log.Generation));
        return true;
    }
}
