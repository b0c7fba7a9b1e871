// What replicas of one partition say to each other. Every message carries the sender's epoch, so that whoever knows a higher
// one can say so (S6); answers carry what the asker needs next.
//
//     primary                                     follower
//     Append  entries behind (prev, its epoch) ►  log match? write, sync
//                                              ◄  Appended   "I have durably what you have, up to Match"
//                                              ◄  Mismatch   "I lack it; here is the outline of my log"
//     Snapshot                                 ►  when the log that is missing was trimmed
//     Confirm round                            ►
//                                              ◄  Confirmed  "I know nobody above you" (S8)
//                                              ◄  Refused    "there is a higher epoch" (S6)
//     HandOff                                  ►  "take over; I have stopped"
//                                              ◄  Leave      "do not wait for me any more; I am about to end"

using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;

namespace IngoDB.Replication.Messages;

/// <summary>Base of the messages; the list is closed.</summary>
/// <param name="Epoch">The epoch in which it is said; of <see cref="Refused"/>: the one that the sender has adopted.</param>
public abstract record ReplicaMessage(Epoch Epoch);

/// <summary>Entries behind (Prev, PrevEpoch); with none, a heartbeat.</summary>
/// <param name="Epoch">The primary's.</param>
/// <param name="Entries">Consecutive, the first at Prev + 1.</param>
/// <param name="Commit">Everything up to it is committed.</param>
/// <param name="Closed">From when nothing will ever be added.</param>
/// <param name="SentAt">The primary's steady clock; comes back in the answer, for the lease.</param>
public sealed record Append(Epoch Epoch, Lsn Prev, Epoch PrevEpoch, IReadOnlyList<LogEntry> Entries, Lsn Commit, ClosedPoint Closed, TimeSpan SentAt) : ReplicaMessage(Epoch)
{
    /// <summary>How fresh the receiver is when it has committed what this says.</summary>
    public FreshPoint Fresh { get; init; }
}

/// <summary>The sender's log is durably the primary's up to Match.</summary>
/// <param name="Epoch">Of the append.</param>
/// <param name="Match">Durable, and compared with the primary's log of this epoch.</param>
/// <param name="SentAt">Of the newest append received.</param>
public sealed record Appended(Epoch Epoch, Lsn Match, TimeSpan SentAt) : ReplicaMessage(Epoch)
{
    /// <summary>The sender's steady clock; comes back as <see cref="FreshPoint.Since"/>.</summary>
    public TimeSpan Stamp { get; init; } = Moment.LongAgo;

    /// <summary>The sender does not take over for a while since SentAt. Nodes that are configured differently are slower together, never wrong.</summary>
    public bool IsPromise { get; init; }
}

/// <summary>The entry before those of the append is missing, or of another epoch.</summary>
/// <param name="Epoch">Of the append.</param>
/// <param name="Last">Of the sender's log.</param>
/// <param name="History">Of the sender's log.</param>
/// <param name="SentAt">As in <see cref="Appended"/>.</param>
/// <param name="NeedsSnapshot">The sender has no usable log.</param>
public sealed record Mismatch(Epoch Epoch, Lsn Last, EpochHistory History, TimeSpan SentAt, bool NeedsSnapshot) : ReplicaMessage(Epoch);

/// <summary>The sender has adopted a higher epoch.</summary>
public sealed record Refused(Epoch Epoch) : ReplicaMessage(Epoch);

/// <summary>Is there anybody above me?</summary>
/// <param name="Epoch">The primary's.</param>
/// <param name="Round">Counts up in an epoch.</param>
public sealed record Confirm(Epoch Epoch, long Round) : ReplicaMessage(Epoch);

/// <summary>Nobody that I know.</summary>
public sealed record Confirmed(Epoch Epoch, long Round) : ReplicaMessage(Epoch);

/// <summary>Everything committed up to an lsn, in place of the log up to there.</summary>
/// <param name="Epoch">The primary's.</param>
/// <param name="Lsn">What it contains.</param>
/// <param name="History">Of the log up to there.</param>
/// <param name="Ceiling">Of the log up to there.</param>
/// <param name="LastVersion">Of the entry at the lsn.</param>
/// <param name="Content">The host's; sent in chunks by the host.</param>
public sealed record Snapshot(Epoch Epoch, Lsn Lsn, EpochHistory History, DocumentVersion Ceiling, DocumentVersion LastVersion, object Content) : ReplicaMessage(Epoch);

/// <summary>The sender's process is about to end: it wants to be out of the in-sync set first.</summary>
public sealed record Leave(Epoch Epoch) : ReplicaMessage(Epoch);

/// <summary>The primary has stopped; the receiver holds everything up to Last and may take over at once.</summary>
public sealed record HandOff(Epoch Epoch, Lsn Last) : ReplicaMessage(Epoch);
