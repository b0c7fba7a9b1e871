using IngoDB.Replication.Members;

namespace IngoDB.Replication.Messages;

/// <summary>A process of a node. The incarnation grows with every start of the process; 0: not known yet.</summary>
public readonly record struct ReplicaAddress(CopyId Copy, ulong Incarnation)
{
    public override string ToString() => $"{Copy}/{Incarnation}";
}

/// <summary>A message and who is meant. What was meant for a former process of a node is not read by its successor.</summary>
public sealed record Envelope(ReplicaAddress From, ReplicaAddress To, ReplicaMessage Message);
