// What an operator may want of copies, checked before anything is written. Every refusal says why, and what to do instead. Pure: the record, the nodes
// as they are seen, and the wish come in; the changed record comes out.

using IngoDB.Grains.Catalog;
using IngoDB.Model;
using IngoDB.Replication.Members;
using IngoDB.Replication.Placement;
using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;

namespace IngoDB.Grains.Replicas;

/// <summary>Moves, drains and forced primaries, as far as they are allowed.</summary>
internal static class OperatorOrders
{
    /// <summary>A node by its id, the beginning of it, or its name.</summary>
    /// <exception cref="InvalidRequestException"><c>cluster.unknown_node</c>, <c>cluster.ambiguous_node</c>.</exception>
    public static NodeRecord NodeOf(IReadOnlyList<NodeRecord> nodes, IReadOnlyCollection<string> live, string text, string path)
    {
        var found = nodes.Where(node => node.NodeId == text).ToList();
        if (found.Count == 0) found = [.. nodes.Where(node => node.Name == text && live.Contains(node.NodeId))];
        if (found.Count == 0) found = [.. nodes.Where(node => node.Name == text || node.NodeId.StartsWith(text, StringComparison.Ordinal))];
        return found switch
        {
            [var one] => one,
            [] => throw new InvalidRequestException("cluster.unknown_node", $"There is no node '{text}'.", path, suggestion: nodes.Count > 0 ? string.Join(", ", nodes.Select(node => node.Name).Distinct()) : null),
            _ => throw new InvalidRequestException("cluster.ambiguous_node", $"'{text}' is {found.Count} nodes: say which, by id.", path, suggestion: string.Join(", ", found.Select(node => node.NodeId))),
        };
    }

    /// <summary>The copy of one node goes to another, which makes its own first.</summary>
    /// <exception cref="InvalidRequestException">It may not.</exception>
    public static CatalogPartition Move(CatalogPartition json, NodeRecord from, NodeRecord to, IReadOnlyList<PlacementNode> nodes)
    {
        var state = Replicated(json);
        var copy = state.Places.FirstOrDefault(place => place.Node == from.NodeId && state.Record.Receivers.Contains(place.Copy))?.Copy
            ?? throw Refused("cluster.no_copy", $"Node '{from.Name}' has no copy of partition {json.Partition}; it has copies on {string.Join(", ", state.Places.Select(place => place.Node).Distinct())}.", "/from");
        if (state.Leaving.Contains(copy) && state.Ordered.Contains(to.NodeId)) return json;
        if (state.Leaving.Contains(copy)) throw Refused("cluster.is_moving", $"The copy of partition {json.Partition} on '{from.Name}' is moving already. Wait until it has (ingodb cluster status).", "/from");
        if (state.Holds(to.NodeId) || state.Ordered.Contains(to.NodeId)) throw Refused("cluster.has_copy", $"Node '{to.Name}' has a copy of partition {json.Partition} already, and a second one would be lost with it.", "/to");
        if (StandingOf(nodes, to.NodeId) is var standing && standing != NodeStanding.Up) throw Refused("cluster.node_not_up", $"Node '{to.Name}' is {(standing == NodeStanding.Draining ? "being drained" : "not up")} and takes no copy.", "/to");
        if (InSyncAndUp(state, nodes) is var up && up < state.Record.MinIsr)
            throw Refused("cluster.below_minimum", $"{up} copies of partition {json.Partition} are in sync and up, and {state.Record.MinIsr} there must be: a move needs a primary that can commit. Bring nodes back first.", "/partition");
        return ReplicaPlacement.Move(json, copy.Value, to.NodeId);
    }

    /// <summary>Whether a node can be emptied.</summary>
    /// <exception cref="InvalidRequestException">It can not.</exception>
    public static void CheckDrain(NodeRecord target, IReadOnlyList<PlacementNode> nodes, IEnumerable<CatalogPartition> partitions)
    {
        var here = partitions.Where(record => NodeCounts.IsOn(record, target.NodeId)).ToList();
        if (here.Count(record => record.Copies is null) is var single and > 0)
            throw Refused("cluster.single_copies", $"Node '{target.Name}' has {single} partitions of which there is only this one copy; they can not move. Databases that are made with IngoDB:Copies above 1 can.", "/node");
        var left = nodes.Count(node => node.Id != target.NodeId && node.Standing == NodeStanding.Up);
        if (here.Count > 0 && here.Max(record => ReplicaPlacement.WantedOf(record.Copies!)) is var wanted && left < wanted)
            throw Refused("cluster.too_few_nodes", $"Without '{target.Name}' {left} nodes are up, and there are partitions that want {wanted} copies, each on another node. Add a node first.", "/node");
    }

    /// <summary>S10: a primary from outside the in-sync set, when nobody inside of it is left; or the last one inside of it, when it is stuck below the minimum.</summary>
    /// <returns>The copy.</returns>
    /// <exception cref="InvalidRequestException">It may not.</exception>
    public static CopyId CheckForce(CatalogPartition json, NodeRecord target, IReadOnlyList<PlacementNode> nodes)
    {
        var state = Replicated(json);
        var copy = state.Places.FirstOrDefault(place => place.Node == target.NodeId && state.Record.Receivers.Contains(place.Copy))?.Copy
            ?? throw Refused("cluster.no_copy", $"Node '{target.Name}' has no copy of partition {json.Partition}: there is nothing that it could lead with.", "/node");
        if (StandingOf(nodes, target.NodeId) is not (NodeStanding.Up or NodeStanding.Draining)) throw Refused("cluster.node_not_up", $"Node '{target.Name}' is not up.", "/node");
        foreach (var member in state.Record.Isr.Members)
            if (member != copy && state.NodeOf(member) is { } node && nodes.Any(other => other.Id == node && other.Standing == NodeStanding.Up))
                throw Refused("cluster.in_sync_is_up", $"The copy of partition {json.Partition} on node {node} is in sync, and the node is up: it has everything and takes over by itself. If it is damaged, stop its node first.", "/partition");
        return copy;
    }

    private static PlacementState Replicated(CatalogPartition json) => json.Copies is not null
        ? ReplicaPlacement.StateOf(json)
        : throw Refused("cluster.single_copies", $"Partition {json.Partition} of '{json.Database}' has one copy; it was made with IngoDB:Copies=1.", "/partition");

    private static int InSyncAndUp(PlacementState state, IReadOnlyList<PlacementNode> nodes)
        => state.Record.Isr.Members.Count(member => state.NodeOf(member) is { } node && StandingOf(nodes, node) is NodeStanding.Up or NodeStanding.Draining);

    private static NodeStanding StandingOf(IReadOnlyList<PlacementNode> nodes, string id) => nodes.FirstOrDefault(node => node.Id == id)?.Standing ?? NodeStanding.Gone;

    private static InvalidRequestException Refused(string code, string message, string path) => new(code, message, path);
}
