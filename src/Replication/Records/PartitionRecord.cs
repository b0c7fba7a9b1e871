// Who holds a partition, as the catalog says it. The record changes only by compare-and-swap, and everything that the
// protocol promises hangs on one sentence about it:
//
//     every member of Isr durably holds every committed entry.
//
// So any member may become primary, and a node that is not listed never does.

using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;

namespace IngoDB.Replication.Records;

/// <summary>The catalog's record of a partition's copies. Immutable; the decisions are in <see cref="RecordChanges"/>.</summary>
public sealed record PartitionRecord
{
    /// <summary>Of this partition's data; a folder of another one is not taken for ours.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>+1 with every take-over.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>+1 with every change.</summary>
    public required long Version { get; init; }

    public required CopyId Primary { get; init; }

    /// <summary>Who should have a copy, in order of preference.</summary>
    public required NodeSet Replicas { get; init; }

    /// <summary>In-sync: each durably holds every committed entry.</summary>
    public required NodeSet Isr { get; init; }

    /// <summary>Get the log, and do not count yet.</summary>
    public NodeSet Learners { get; init; } = NodeSet.Empty;

    /// <summary>No change leaves fewer in-sync (S3).</summary>
    public required int MinIsr { get; init; }

    /// <summary>How often an operator has forced a primary from outside the in-sync set (S10).</summary>
    public int DataLosses { get; init; }

    public ChangeId ChangeId { get; init; }

    /// <summary>Everyone who gets the log.</summary>
    public NodeSet Receivers => Isr.Union(Replicas).Union(Learners);
}
