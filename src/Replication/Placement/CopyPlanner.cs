// Which copy a partition needs next, and where; which one it does not need any more. One step at a time, each decided on the
// record as it is then, so that it does not matter who does the step, whether it is done twice, or whether somebody dies in between:
//
//   a node is gone for good      ordered elsewhere ─► learner ─► in-sync ─► the lost one retires
//   a node is being drained      the same, for every partition that it has
//   a move                       the operator marks a copy as leaving and orders one on the target; the rest is the same
//   a move has no target any more and there is no other place: it is given up, the copy stays
//   a node came back after all   more copies than wanted are in-sync: the one that is worst placed retires
//
// The next copy goes to the zone that has the fewest of this partition, there to the node that has the fewest of all, and among equals to one
// that differs from partition to partition.
//
// What this does not do: it moves nothing to make use of a new node (somebody has to say so, see Balancing), and it never touches
// primary, epoch or in-sync set, which are the primary's.

using IngoDB.Replication.Members;

namespace IngoDB.Replication.Placement;

/// <summary>Decides where copies should be. Pure.</summary>
public static class CopyPlanner
{
    /// <param name="state">As it is.</param>
    /// <param name="nodes">All that are known; a node that is not among them is gone.</param>
    public static CopyChoice Choose(PlacementState state, IReadOnlyList<PlacementNode> nodes) => Choose(state, nodes, PlacementRules.Literal);

    internal static CopyChoice Choose(PlacementState state, IReadOnlyList<PlacementNode> nodes, PlacementRules rules)
    {
        foreach (var ordered in state.Ordered)
            if (StandingOf(nodes, ordered) != NodeStanding.Up || state.Holds(ordered)) return new CopyChoice.CancelOrder(ordered);
        if (state.Record.MinIsr < state.MinWanted && state.Record.Isr.Count >= state.MinWanted) return new CopyChoice.RaiseFloor(state.MinWanted);

        var staying = StayingOf(state, nodes);
        if (staying.Count + state.Ordered.Count < state.Wanted)
        {
            if (Target(state, nodes, rules, staying) is { } target) return new CopyChoice.Order(target);
            foreach (var copy in state.Leaving.Members)
                if (IsExpected(state, nodes, copy)) return new CopyChoice.Stay(copy);
            return new CopyChoice.Rest($"{state.Wanted} copies are wanted, {staying.Count} have a node, and no other node is up that could take one");
        }

        foreach (var copy in Unneeded(state, nodes, staying))
            if (rules.MayRetire(state, copy, staying)) return new CopyChoice.Retire(copy);
        return new CopyChoice.Rest();
    }

    /// <summary>The best place for one more copy; null: there is none.</summary>
    public static string? Target(PlacementState state, IReadOnlyList<PlacementNode> nodes) => Target(state, nodes, PlacementRules.Literal, StayingOf(state, nodes));

    private static string? Target(PlacementState state, IReadOnlyList<PlacementNode> nodes, PlacementRules rules, NodeSet staying)
    {
        PlacementNode? best = null;
        foreach (var node in nodes)
            if (rules.MayHold(state, node) && (best is null || RankOf(node).CompareTo(RankOf(best)) < 0)) best = node;
        return best?.Id;

        (int InZone, int Copies, uint Chance) RankOf(PlacementNode node) => (InZone(state, nodes, staying, node.Zone), node.Copies, Spread(state.Record.Uuid, node.Id));
    }

    /// <summary>Wanted, or coming, on a node of which something is expected, and not about to leave.</summary>
    private static NodeSet StayingOf(PlacementState state, IReadOnlyList<PlacementNode> nodes)
    {
        var staying = NodeSet.Empty;
        foreach (var copy in state.Record.Replicas.Union(state.Record.Learners).Members)
            if (!state.Leaving.Contains(copy) && IsExpected(state, nodes, copy)) staying = staying.With(copy);
        return staying;
    }

    private static bool IsExpected(PlacementState state, IReadOnlyList<PlacementNode> nodes, CopyId copy) => state.NodeOf(copy) is { } node && StandingOf(nodes, node) is NodeStanding.Up or NodeStanding.Away;

    /// <summary>Who could go: all that do not stay, then, of more than are wanted, the worst placed.</summary>
    private static IEnumerable<CopyId> Unneeded(PlacementState state, IReadOnlyList<PlacementNode> nodes, NodeSet staying)
    {
        foreach (var copy in state.Record.Replicas.Union(state.Record.Learners).Members)
            if (!staying.Contains(copy)) yield return copy;
        if (staying.Count <= state.Wanted) yield break;
        var worstFirst = staying.Members
            .OrderBy(copy => state.Record.Isr.Contains(copy))
            .ThenBy(copy => copy == state.Record.Primary)
            .ThenByDescending(copy => InZone(state, nodes, staying, Find(nodes, state.NodeOf(copy)!)!.Zone))
            .ThenByDescending(copy => Find(nodes, state.NodeOf(copy)!)!.Copies)
            .ThenByDescending(staying.IndexOf);
        foreach (var copy in worstFirst) yield return copy;
    }

    private static int InZone(PlacementState state, IReadOnlyList<PlacementNode> nodes, NodeSet staying, string zone)
    {
        var count = 0;
        foreach (var copy in staying.Members)
            if (Find(nodes, state.NodeOf(copy)!)?.Zone == zone) count++;
        foreach (var ordered in state.Ordered)
            if (Find(nodes, ordered)?.Zone == zone) count++;
        return count;
    }

    private static NodeStanding StandingOf(IReadOnlyList<PlacementNode> nodes, string id) => Find(nodes, id)?.Standing ?? NodeStanding.Gone;

    private static PlacementNode? Find(IReadOnlyList<PlacementNode> nodes, string id)
    {
        foreach (var node in nodes)
            if (node.Id == id) return node;
        return null;
    }

    /// <summary>FNV-1a of both: the same on every node, another order for every partition.</summary>
    private static uint Spread(Guid partition, string node)
    {
        var hash = 2166136261u;
        Span<byte> uuid = stackalloc byte[16];
        partition.TryWriteBytes(uuid);
        foreach (var b in uuid) hash = (hash ^ b) * 16777619u;
        foreach (var c in node) hash = (hash ^ c) * 16777619u;
        return hash;
    }
}
