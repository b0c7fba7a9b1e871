// S6: a replica adopts every higher epoch that it sees, and from then on refuses what is said in a lower one. Nothing is
// acknowledged or confirmed before the adoption is on disk (SafetyRules.MayAnswer); entries may be written meanwhile,
// because a log that holds an entry of an epoch has adopted it, whatever the state file says.

using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class Adopting
{
    /// <summary>The epoch of a message from a primary: refuse it, adopt it, or go on. False: the message is not for us.</summary>
    public static bool Accept(Turn turn, ReplicaAddress primary, Epoch epoch)
    {
        var state = turn.State;
        if (turn.Rules.IsOutdated(epoch, state.Adopted))
        {
            turn.Send(primary, new Refused(state.Adopted));
            return false;
        }

        if (epoch > state.Adopted)
        {
            Adopt(turn, epoch, primary.Copy);
            return true;
        }

        if (state.AdoptedPrimary == CopyId.None) turn.State = state with { AdoptedPrimary = primary.Copy };
        else if (state.AdoptedPrimary != primary.Copy)
        {
            // One epoch has one primary, because the catalog gives it once. A second one means that the catalog has gone back.
            CatalogAsking.Regressed(turn, $"epoch {epoch} is led by {state.AdoptedPrimary} and by {primary.Copy}");
            return false;
        }

        return true;
    }

    /// <param name="turn">The step.</param>
    /// <param name="epoch">Higher than the adopted one.</param>
    /// <param name="primary">None: not known yet.</param>
    public static void Adopt(Turn turn, Epoch epoch, CopyId primary)
    {
        if (turn.State.Leader is not null) Leading.StepDown(turn);
        // Everything has to be compared again, also what is committed: a primary that was forced may lack it (S10).
        turn.State = turn.State with { Adopted = epoch, AdoptedPrimary = primary, Match = Lsn.None, PrimaryCommit = Lsn.None, LastHeard = turn.Time, Echo = Moment.LongAgo };
        Save(turn);
    }

    public static void Save(Turn turn) => turn.Do(new SaveState(turn.State.Adopted, turn.State.Catalog.Record, !turn.State.IsDiscarding && (turn.State.Standing == Standing.Whole || turn.State.IsMended)));

    public static void OnSaved(Turn turn, StateSaved saved)
    {
        if (turn.State.IsDiscarding && !saved.IsWhole)
        {
            Mending.OnDiscarded(turn);
            return;
        }

        if (saved.IsWhole) Mending.OnSavedWhole(turn);
        var epoch = saved.Adopted;
        if (epoch <= turn.State.SavedEpoch) return;
        turn.State = turn.State with { SavedEpoch = epoch };
        if (turn.State.Leader is { } leader && leader.Epoch == epoch) Leading.Start(turn);
        else Following.Acknowledge(turn);
    }
}
