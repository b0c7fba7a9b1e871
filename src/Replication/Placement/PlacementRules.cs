// What may not be different when copies move, whoever wants them to: an operator, a node that is gone, a drain.
//
//   M1  a node takes one copy of a partition, and only when it is up       MayHold
//   M2  a copy goes when as many as wanted are in-sync without it          MayRetire
//   M3  a primary that is not wanted gives the lead away                   (SafetyRules.MayKeepLeading)
//   M4  a copy that is in no list any more is nobody's                     (SafetyRules.IsDropped)
//
// Nothing acknowledged hangs on M1 to M3: the in-sync set changes only by the rules S1 to S10, whatever is wanted here. They keep the number
// of disks that may be lost at once. M4 destroys data, and so is a rule of the core. Virtual for the same reason as SafetyRules.

using IngoDB.Replication.Members;

namespace IngoDB.Replication.Placement;

/// <summary>The rules of movement that a planner asks. Pure.</summary>
internal class PlacementRules
{
    public static PlacementRules Literal { get; } = new();

    /// <summary>M1: two copies on one node would be lost together.</summary>
    public virtual bool MayHold(PlacementState state, PlacementNode node) => node.Standing == NodeStanding.Up && !state.Holds(node.Id) && !state.Ordered.Contains(node.Id);

    /// <summary>M2: what stays is enough.</summary>
    /// <param name="state">Before.</param>
    /// <param name="copy">Who would go.</param>
    /// <param name="staying">Copies that are wanted, on nodes of which something is expected.</param>
    public virtual bool MayRetire(PlacementState state, CopyId copy, NodeSet staying)
    {
        var left = 0;
        foreach (var other in staying.Members)
            if (other != copy && state.Record.Isr.Contains(other)) left++;
        return left >= state.Wanted;
    }
}
