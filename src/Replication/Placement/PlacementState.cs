// A partition's copies with what a planner has to know beside the protocol's record: which node has which, how many there should be, who was told to go, and which
// nodes were asked for a copy and have not made it yet. What the catalog's JSON holds, without the JSON.

using IngoDB.Replication.Members;
using IngoDB.Replication.Records;

namespace IngoDB.Replication.Placement;

/// <summary>A copy and the node that has it.</summary>
public sealed record PlacedCopy(CopyId Copy, string Node);

/// <summary>A partition's copies, as the catalog has them. Immutable.</summary>
public sealed record PlacementState
{
    public required PartitionRecord Record { get; init; }

    /// <summary>Where they are; at least those of the record.</summary>
    public required IReadOnlyList<PlacedCopy> Places { get; init; }

    /// <summary>How many there should be.</summary>
    public required int Wanted { get; init; }

    /// <summary>How many in-sync there should be at least, when nothing was forced.</summary>
    public required int MinWanted { get; init; }

    /// <summary>Copies that shall go as soon as others stand for them.</summary>
    public NodeSet Leaving { get; init; } = NodeSet.Empty;

    /// <summary>Nodes that were asked for a copy and have not made it yet.</summary>
    public IReadOnlyList<string> Ordered { get; init; } = [];

    public string? NodeOf(CopyId copy)
    {
        foreach (var place in Places)
            if (place.Copy == copy) return place.Node;
        return null;
    }

    /// <summary>Whether the node has a copy that the record knows.</summary>
    public bool Holds(string node)
    {
        foreach (var place in Places)
            if (place.Node == node && Record.Receivers.Contains(place.Copy)) return true;
        return false;
    }
}
