// Everything that a replica wants done. The host does it in this order; what it brings comes back as an event. No effect
// waits for another, unless it says so.

using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;

namespace IngoDB.Replication.Effects;

/// <summary>Base of the effects; the list is closed.</summary>
public abstract record ReplicaEffect;

public sealed record Send(Envelope Envelope) : ReplicaEffect;

/// <summary>The append with the entries Prev + 1 to Last read from the log. What can not be read any more is not sent; it is asked for again.</summary>
public sealed record SendAppend(ReplicaAddress From, ReplicaAddress To, Append Head, Lsn Last) : ReplicaEffect;

/// <summary>A snapshot of everything applied, of at least AtLeast.</summary>
public sealed record SendSnapshot(ReplicaAddress From, ReplicaAddress To, Epoch Epoch, Lsn AtLeast) : ReplicaEffect;

/// <summary>Write behind the last and sync; then <see cref="LogSynced"/>. Many writes may share a sync.</summary>
public sealed record WriteEntries(IReadOnlyList<LogEntry> Entries) : ReplicaEffect;

/// <summary>Forget the entries behind an lsn. Durable before anything is written behind it.</summary>
/// <param name="After">The last to keep.</param>
/// <param name="Generation">Of the log from here on.</param>
public sealed record CutLog(Lsn After, long Generation) : ReplicaEffect;

/// <summary>Replace the state file, sync file and folder; then <see cref="StateSaved"/>. One after the other: an older state never replaces a newer one.</summary>
/// <param name="Adopted">S6.</param>
/// <param name="Record">The newest known.</param>
/// <param name="IsWhole">False: opened anew, it is broken, whatever its log looks like.</param>
public sealed record SaveState(Epoch Adopted, PartitionRecord? Record, bool IsWhole) : ReplicaEffect;

/// <summary>Put the snapshot in place of log and tables; then <see cref="SnapshotInstalled"/>.</summary>
public sealed record InstallSnapshot(Snapshot Snapshot) : ReplicaEffect;

/// <summary>Entries up to an lsn are committed: apply them, answer who waits for them.</summary>
public sealed record Commit(Lsn UpTo) : ReplicaEffect;

/// <summary>A proposal has its place in the log. It is acknowledged when that place is committed.</summary>
public sealed record Accepted(long Ticket, Lsn Lsn, DocumentVersion Version) : ReplicaEffect;

/// <summary>Nothing was written.</summary>
public sealed record Declined(long Ticket, CopyId Primary) : ReplicaEffect;

/// <summary>Read the value, then say <see cref="ValueRead"/>; nothing is given out before the answer.</summary>
public sealed record ReadValue(long Ticket) : ReplicaEffect;

/// <summary>The read may be answered.</summary>
/// <param name="Ticket">Whose.</param>
/// <param name="AsOf">What is committed; the answer is of there or later.</param>
/// <param name="At">The snapshot, or the version that was reserved; None: the newest. Of a bounded read, whose answer is the newest: a version at which one may read as well.</param>
public sealed record ServeRead(long Ticket, Lsn AsOf, DocumentVersion At) : ReplicaEffect;

/// <summary>Nothing was read here.</summary>
public sealed record RefuseRead(long Ticket, ReadRefusal Reason, CopyId Primary) : ReplicaEffect;

public enum ReadRefusal
{
    NotPrimary,
    TooStale,
    NotYet,
    FromTheFuture,
}

public sealed record ReadCatalog(long Read) : ReplicaEffect;

/// <summary>Replace the record if its etag still is what is given.</summary>
public sealed record SwapCatalog(string Etag, PartitionRecord Record) : ReplicaEffect;

/// <summary>This replica leads from here on: the host may take writes.</summary>
public sealed record BeganServing(Epoch Epoch) : ReplicaEffect;

/// <summary>This replica leads no more: what waits for a commit has an unknown outcome.</summary>
public sealed record StoppedServing(Epoch Epoch) : ReplicaEffect;

/// <summary>The record of that version knows this copy no more (M4). It does nothing from here on; the host erases what it has.</summary>
public sealed record Dropped(long Version) : ReplicaEffect;

/// <summary>This process of the copy has come to its end; it is opened anew from what the disk holds.</summary>
public sealed record Reopen(string Why) : ReplicaEffect;

/// <summary>Something that the protocol does not mend by itself, for the operator.</summary>
public sealed record Alarm(AlarmKind Kind, string Detail) : ReplicaEffect;

public enum AlarmKind
{
    /// <summary>The catalog says less than it said before.</summary>
    CatalogRegressed,

    /// <summary>The primary's log has another entry where one is committed here: the primary's disk has gone back. Nothing is cut.</summary>
    IsrViolation,

    /// <summary>A member of the in-sync set lacks a committed entry: its disk has gone back. It is mended like any copy.</summary>
    MemberWentBack,

    /// <summary>This replica has lost what it had.</summary>
    ReplicaBroken,

    /// <summary>An operator has forced a primary that lacks what is committed here: it is given up (S10).</summary>
    PastDiscarded,
}
