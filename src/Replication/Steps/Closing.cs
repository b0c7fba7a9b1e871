// Closed points let a follower serve snapshots without asking anybody: "behind this lsn I give no version up to that one".
// The primary keeps that by its clock, and its successor by the ceiling: only versions up to the committed ceiling are closed,
// and a new primary begins above every ceiling that it holds.

using IngoDB.Model;
using IngoDB.Replication.Messages;

namespace IngoDB.Replication.Steps;

internal static class Closing
{
    /// <summary>What a primary can promise now.</summary>
    public static ClosedPoint Now(Turn turn)
    {
        var state = turn.State;
        var leader = state.Leader!;
        if (!turn.Rules.MayServe(state, leader)) return default;
        var lagging = DocumentVersion.AtMilliseconds(Math.Max(0, state.Clock.Milliseconds - (long)turn.Options.ClosedLag.TotalMilliseconds));
        return new(lagging < leader.CommittedCeiling ? lagging : leader.CommittedCeiling, state.Log.Last);
    }

    /// <summary>Heard from the primary. An older one that waits is kept, or under steady writes none would ever be reached.</summary>
    public static void Offer(Turn turn, ClosedPoint closed)
    {
        var state = turn.State;
        if (closed.Version > state.Closed.Version && (state.ClosedNext == default || closed.Lsn < state.ClosedNext.Lsn)) turn.State = state with { ClosedNext = closed };
    }

    /// <summary>Whether what waits is committed here by now.</summary>
    public static void Advance(Turn turn)
    {
        var state = turn.State;
        if (state.ClosedNext != default && state.ClosedNext.Lsn <= state.Committed) turn.State = state with { Closed = state.ClosedNext, ClosedNext = default };
    }
}
