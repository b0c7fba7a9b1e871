// What a replica knows of the catalog, and what it has asked of it. A compare-and-swap whose answer does not come is neither
// done nor failed: it is pending, and may still take effect, until a record with another etag is seen. The etag that it was built on is
// then gone for ever, so it either is in that record or never will be.

using IngoDB.Replication.Members;

namespace IngoDB.Replication.Records;

/// <summary>A change that was sent and is not settled.</summary>
internal sealed record PendingChange(ChangeKind Kind, PartitionRecord Wanted, string Etag, TimeSpan SentAt)
{
    public ChangeId Id => Wanted.ChangeId;

    /// <summary>The answer was "I do not know" or "no"; only reading the record tells.</summary>
    public bool InDoubt { get; init; }
}

/// <summary>A read that is under way, and what was known when it was sent.</summary>
/// <param name="Id">Its answer carries it.</param>
/// <param name="SentAt">On the steady clock.</param>
/// <param name="VersionKnown">A linearizable read can not answer with less.</param>
/// <param name="Round">Strict reads that had arrived (S8).</param>
internal sealed record CatalogReading(long Id, TimeSpan SentAt, long VersionKnown, long Round);

internal sealed record CatalogKnowledge
{
    public static CatalogKnowledge Nothing { get; } = new();

    public PartitionRecord? Record { get; init; }

    public string? Etag { get; init; }

    /// <summary>Whether the catalog has been heard since this process started (S6).</summary>
    public bool HeardSinceStart { get; init; }

    public PendingChange? Pending { get; init; }

    public CatalogReading? Reading { get; init; }

    public TimeSpan ReadAt { get; init; }

    public long ReadsSent { get; init; }

    public long ChangesSent { get; init; }

    /// <summary>The catalog has said less than it said before: it was restored from a backup or replaced. Nothing is reconfigured any more.</summary>
    public bool HasRegressed { get; init; }

    public NodeSet Isr => Record?.Isr ?? NodeSet.Empty;
}
