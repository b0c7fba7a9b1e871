// Everything that can happen to a replica. The core hears of the world in no other way, so a list of these with their moments
// is a run, and the same list is the same run.

using IngoDB.Model;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;

namespace IngoDB.Replication.Events;

/// <summary>Base of the events; the list is closed.</summary>
public abstract record ReplicaEvent;

/// <summary>Time passes. At least every <see cref="ReplicaOptions.TickEvery"/>.</summary>
public sealed record Ticked : ReplicaEvent
{
    public static Ticked Now { get; } = new();
}

public sealed record Received(Envelope Envelope) : ReplicaEvent;

/// <summary>Somebody wants to write. One proposal is one group commit.</summary>
/// <param name="Ticket">Comes back in <c>Accepted</c> or <c>Declined</c>.</param>
/// <param name="Payload">Encoded once.</param>
/// <param name="Versions">How many operations it holds.</param>
public sealed record Proposed(long Ticket, ReadOnlyMemory<byte> Payload, int Versions) : ReplicaEvent
{
    /// <summary>Decided for this version, as <see cref="ReplicaCore.NextVersion"/> gave it: declined when the clock has passed it meanwhile. None: any.</summary>
    public DocumentVersion First { get; init; }
}

/// <summary>Somebody wants to read.</summary>
public sealed record ReadRequested(long Ticket, ReadKind Kind) : ReplicaEvent
{
    /// <summary>The snapshot, for <see cref="ReadKind.Snapshot"/>.</summary>
    public DocumentVersion At { get; init; }

    /// <summary>
    /// What must be committed first. For <see cref="ReadKind.Session"/>: what the session has seen. For <see cref="ReadKind.Strict"/>: the last entry that an answer
    /// rests on; a write whose condition did not hold writes nothing, so its answer is a read, and goes this way.
    /// </summary>
    public Lsn Token { get; init; }

    /// <summary>How old it may be, for <see cref="ReadKind.Bounded"/>.</summary>
    public TimeSpan Staleness { get; init; }
}

/// <summary>A value was read under a lease; it may be given out if the lease still holds now.</summary>
public sealed record ValueRead(long Ticket) : ReplicaEvent;

/// <summary>Entries up to Lsn are on disk: fdatasync returned 0.</summary>
/// <param name="Lsn">The last that was written before the sync began.</param>
/// <param name="Generation">Of the log when the sync began.</param>
public sealed record LogSynced(Lsn Lsn, long Generation) : ReplicaEvent;

/// <summary>The replica's state file is on disk, as <c>SaveState</c> gave it.</summary>
public sealed record StateSaved(Epoch Adopted, bool IsWhole) : ReplicaEvent;

/// <summary>The snapshot is on disk, in place of everything else.</summary>
public sealed record SnapshotInstalled(Snapshot Snapshot) : ReplicaEvent;

/// <summary>The host has forgotten entries up to an lsn that is committed and applied.</summary>
public sealed record LogTrimmed(Lsn Base) : ReplicaEvent;

/// <summary>A write or a sync failed. Nobody knows what the disk holds; only a reopen finds out.</summary>
public sealed record DiskFailed : ReplicaEvent
{
    public static DiskFailed Now { get; } = new();
}

/// <summary>The answer to a read of the catalog.</summary>
public sealed record CatalogAnswered(long Read, PartitionRecord Record, string Etag) : ReplicaEvent;

public enum SwapOutcome
{
    Done,
    Conflict,
    Unknown,
}

/// <summary>The answer to a compare-and-swap.</summary>
/// <param name="Change">Which.</param>
/// <param name="Outcome">Unknown: no answer came.</param>
/// <param name="Etag">Of the record now, when it is done.</param>
public sealed record CatalogSwapped(ChangeId Change, SwapOutcome Outcome, string? Etag) : ReplicaEvent;

/// <summary>Somebody changed the record.</summary>
public sealed record CatalogChanged : ReplicaEvent
{
    public static CatalogChanged Now { get; } = new();
}

/// <summary>A hint, never more: the primary seems to be gone (membership says so, its connections are refused).</summary>
public sealed record PrimarySuspected : ReplicaEvent
{
    public static PrimarySuspected Now { get; } = new();
}

/// <summary>A hint, never more: nobody is there where a member was.</summary>
public sealed record MemberSuspected(CopyId Member) : ReplicaEvent;

/// <summary>This process of the copy is about to end: the primary is asked not to count on it any more.</summary>
public sealed record LeaveRequested : ReplicaEvent
{
    public static LeaveRequested Now { get; } = new();
}

/// <summary>The primary shall give the partition to another member.</summary>
public sealed record HandOffRequested(CopyId Successor) : ReplicaEvent;
