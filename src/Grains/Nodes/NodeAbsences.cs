// How long a node has been away, by the clock of who looks. Nothing of it is written down: who begins to look anew begins to count anew, which makes
// a replacement later and never too early.

using IngoDB.Grains.Catalog;
using IngoDB.Replication.Placement;

namespace IngoDB.Grains.Nodes;

/// <summary>Looked at again and again by one looker; not thread-safe.</summary>
internal sealed class NodeAbsences(TimeSpan goneAfter, TimeProvider time)
{
    private readonly Dictionary<string, long> _missedAt = new(StringComparer.Ordinal);

    /// <param name="known">Every node of the catalog.</param>
    /// <param name="live">Those that are up now.</param>
    public List<PlacementNode> Look(IReadOnlyList<NodeRecord> known, IReadOnlyCollection<string> live)
    {
        foreach (var node in live) _missedAt.Remove(node);
        return [.. known.Select(node => new PlacementNode(node.NodeId, node.Zone, StandingOf(node, live.Contains(node.NodeId)), Copies: 0))];
    }

    private NodeStanding StandingOf(NodeRecord node, bool isLive)
    {
        if (!isLive) _missedAt.TryAdd(node.NodeId, time.GetTimestamp());
        if (node.Draining) return NodeStanding.Draining;
        return isLive ? NodeStanding.Up : time.GetElapsedTime(_missedAt[node.NodeId]) < goneAfter ? NodeStanding.Away : NodeStanding.Gone;
    }
}
