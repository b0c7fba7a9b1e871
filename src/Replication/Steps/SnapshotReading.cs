// Snapshots. A version T is reserved at a primary that is confirmed (so every write acknowledged before has a version up to T,
// and later ones get greater ones), and then read anywhere that T can be read for ever the same:
//
//   at the primary   when everything in its log is committed, and the committed ceiling reaches T: then no successor ever
//                    gives a version up to T, and this clock has passed it
//   at a follower    when a closed point reaches T
//
// A zombie serves right snapshots, too: what its successor wrote has versions above the ceiling.

using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;

namespace IngoDB.Replication.Steps;

internal static class SnapshotReading
{
    /// <summary>Above everything given so far; what is given later is above it.</summary>
    public static DocumentVersion Reserve(Turn turn)
    {
        var wall = DocumentVersion.AtMilliseconds(turn.Now.WallMilliseconds);
        if (wall > turn.State.Clock) turn.State = turn.State with { Clock = wall };
        return turn.State.Clock;
    }

    public static void OnRequested(Turn turn, ReadRequested read)
    {
        var state = turn.State;
        if (read.At <= state.Closed.Version) turn.Do(new ServeRead(read.Ticket, state.Committed, read.At));
        else if (state.Leader is null) turn.Do(new RefuseRead(read.Ticket, ReadRefusal.NotYet, state.AdoptedPrimary));
        else if (read.At > state.Clock && read.At.Milliseconds > turn.Now.WallMilliseconds + (long)turn.Options.SkewMax.TotalMilliseconds)
            turn.Do(new RefuseRead(read.Ticket, ReadRefusal.FromTheFuture, turn.Me));
        else AtPrimary(turn, read);
    }

    /// <summary>Not older than asked: see <see cref="Freshness"/>.</summary>
    public static void OnBounded(Turn turn, ReadRequested read)
    {
        if (Freshness.Is(turn.State, read.Staleness, turn.Time, out var newest, out var least)) turn.Do(new ServeRead(read.Ticket, newest, least));
        else turn.Do(new RefuseRead(read.Ticket, ReadRefusal.TooStale, turn.State.AdoptedPrimary));
    }

    /// <summary>With time: raise the ceiling for snapshots that wait for it, one entry at a time.</summary>
    public static void RaiseCeiling(Turn turn)
    {
        var state = turn.State;
        if (state.Leader is not { } leader || !turn.Rules.MayServe(state, leader) || leader.RaiseAt != Lsn.None) return;
        var wanted = DocumentVersion.None;
        foreach (var read in leader.Reads)
            if (read.Kind == ReadKind.Snapshot && read.At > wanted) wanted = read.At;
        // Also ahead of the clock, so that closed points can follow it while nobody asks.
        var soon = DocumentVersion.AtMilliseconds(state.Clock.Milliseconds);
        if (turn.Options.ClosesVersions && soon > wanted) wanted = soon;
        if (wanted <= leader.CommittedCeiling) return;
        var raised = new DocumentVersion(wanted.Raw + DocumentVersion.AtMilliseconds((long)turn.Options.CeilingStep.TotalMilliseconds).Raw);
        var entry = Leading.Append(turn, EntryKind.Ceiling, default, 1, raised);
        turn.State = turn.State with { Leader = turn.State.Leader! with { RaiseAt = entry.Lsn, RaiseTo = entry.Ceiling } };
        Sending.ToAll(turn);
    }

    private static void AtPrimary(Turn turn, ReadRequested read)
    {
        if (read.At > turn.State.Clock) turn.State = turn.State with { Clock = read.At };
        StrictReading.Enqueue(turn, new(read.Ticket, ReadKind.Snapshot, 0, read.At, turn.Rules.SnapshotWaitsFor(turn.State)));
        RaiseCeiling(turn);
    }
}
