namespace IngoDB.Replication.Placement;

/// <summary>What may be expected of a node.</summary>
public enum NodeStanding
{
    /// <summary>It is up, and takes copies.</summary>
    Up,

    /// <summary>It does not answer, and is expected back: what it has still counts as its.</summary>
    Away,

    /// <summary>An operator wants it empty: it keeps what it has until that is elsewhere, and takes nothing.</summary>
    Draining,

    /// <summary>It has been away for too long: nothing is expected of it.</summary>
    Gone,
}

/// <summary>A node as a place for copies.</summary>
/// <param name="Id">Of the folder that the node is.</param>
/// <param name="Zone">Fails as one (a rack, a room); "": not said.</param>
/// <param name="Standing">What may be expected of it.</param>
/// <param name="Copies">How many it has, of all partitions.</param>
public sealed record PlacementNode(string Id, string Zone, NodeStanding Standing, int Copies);
