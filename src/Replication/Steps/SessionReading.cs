// A session carries the lsn of what it has seen. Whoever has committed that much holds everything the session saw, since what
// is committed is one history; so any copy can serve it, at once or a little later.

using System.Collections.Immutable;
using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class SessionReading
{
    public static void OnRequested(Turn turn, ReadRequested read)
    {
        if (turn.Rules.HasSeen(turn.State, read.Token)) turn.Do(new ServeRead(read.Ticket, turn.State.Committed, DocumentVersion.None));
        else turn.State = turn.State with { Waiting = turn.State.Waiting.Add(new(read.Ticket, read.Token, turn.Time)) };
    }

    /// <summary>More is committed, or time has passed.</summary>
    public static void Wake(Turn turn)
    {
        var state = turn.State;
        if (state.Waiting.IsEmpty) return;
        var waiting = ImmutableArray.CreateBuilder<WaitingRead>();
        foreach (var read in state.Waiting)
        {
            if (turn.Rules.HasSeen(state, read.Token)) turn.Do(new ServeRead(read.Ticket, state.Committed, DocumentVersion.None));
            else if (turn.Time - read.Since > turn.Options.SessionPatience) turn.Do(new RefuseRead(read.Ticket, ReadRefusal.TooStale, state.AdoptedPrimary));
            else waiting.Add(read);
        }

        if (waiting.Count < state.Waiting.Length) turn.State = state with { Waiting = waiting.DrainToImmutable() };
    }
}
