// One record of the replicated log: what one group commit wrote. The payload is the engine's business; the protocol reads
// only what stands before it.
//
//   epoch, lsn      where it stands, and who put it there: two entries of one epoch and lsn are the same entry
//   version         the base version; operation i of the payload has version + i
//   ceiling         no snapshot above it was ever served by whoever wrote this entry; once the entry is committed, snapshots
//                   up to it may be, because every later primary begins above the highest ceiling that it holds

using IngoDB.Model;

namespace IngoDB.Replication.Logs;

/// <summary>Kinds of entries; numbers are never given again.</summary>
public enum EntryKind : byte
{
    Batch = 1,

    /// <summary>The first entry of an epoch. When it commits, everything inherited is committed with it.</summary>
    EpochStart = 2,

    /// <summary>Nothing but a higher ceiling, because a snapshot waits for it and nobody writes.</summary>
    Ceiling = 3,
}

/// <summary>One entry of the replicated log. Immutable.</summary>
public sealed record LogEntry(Lsn Lsn, Epoch Epoch, EntryKind Kind, DocumentVersion Version, DocumentVersion Ceiling, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The version of its last operation.</summary>
    public DocumentVersion LastVersion { get; init; } = Version;
}
