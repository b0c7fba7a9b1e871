namespace IngoDB.Grains.Hosting;

/// <summary>How this node is, for health checks.</summary>
public interface INodeStatus
{
    string NodeId { get; }

    string Directory { get; }

    /// <summary>Everything that was here at start is open.</summary>
    bool IsOpen { get; }

    int OpenPartitions { get; }

    /// <summary>Copies here of partitions that do not have all their copies in sync: another node should not be stopped now.</summary>
    int UnderReplicated { get; }
}
