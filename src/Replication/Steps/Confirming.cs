using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;

namespace IngoDB.Replication.Steps;

/// <summary>S8 at a follower: nobody that I know stands above you. No sync is waited for; a higher epoch is refused in <see cref="Adopting"/>.</summary>
internal static class Confirming
{
    public static void OnConfirm(Turn turn, ReplicaAddress primary, Confirm confirm)
    {
        if (!Adopting.Accept(turn, primary, confirm.Epoch) || !turn.Rules.MayAnswer(turn.State)) return;
        turn.Send(primary, new Confirmed(confirm.Epoch, confirm.Round));
    }
}
