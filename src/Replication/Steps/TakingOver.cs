// S4: when the primary is gone, members of the in-sync set try to take its place by one compare-and-swap of the record.
// Silence and suspicion are hints: a take-over at a wrong time costs an epoch, never an entry, because whoever is in the
// in-sync set has everything and whoever is not may not try. They try in the order of preference, so that they seldom collide.

using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;
using IngoDB.Replication.Rules;

namespace IngoDB.Replication.Steps;

internal static class TakingOver
{
    /// <summary>With time: has the primary been silent for too long?</summary>
    public static void Consider(Turn turn)
    {
        var state = turn.State;
        if (state.Leader is not null || state.Catalog.Record is not { } record) return;
        var rank = record.Isr.Without(record.Primary).IndexOf(turn.Me);
        var patience = record.Primary == turn.Me ? TimeSpan.Zero : turn.Options.SilentAfter + (Math.Max(0, rank) * turn.Options.RankDelay) + turn.Options.Jitter;
        if (turn.Time - state.LastHeard >= patience) Try(turn, invited: false);
    }

    /// <summary>Whether it is time is not asked; whether it is allowed is.</summary>
    /// <param name="turn">The step.</param>
    /// <param name="invited">By the primary itself, which has stopped: no promise holds against that.</param>
    public static void Try(Turn turn, bool invited)
    {
        var state = turn.State;
        if (state.Leader is not null || state.Catalog is not { Record: { } record, Pending: null, HasRegressed: false } || state.IsInstalling) return;
        if (!turn.Rules.MayTakeOver(state, record, turn.Time, invited)) return;
        CatalogAsking.Swap(turn, ChangeKind.TakeOver, RecordChanges.TakeOver(record, turn.Me, turn.Rules.KeepsFloor));
    }

    public static void OnHandOff(Turn turn, ReplicaAddress primary, HandOff handOff)
    {
        if (!Adopting.Accept(turn, primary, handOff.Epoch)) return;
        if (turn.Rules.Acknowledged(turn.State) < handOff.Last) return;
        Try(turn, invited: true);
        // The record that puts us into the in-sync set may be news to us; the primary will say it again.
        if (turn.State.Leader is null && turn.State.Catalog is { Pending: null, Reading: null }) CatalogAsking.Read(turn);
    }
}
