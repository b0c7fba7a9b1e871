// STUB of the contract (owner: engine core).
//
// The unit of everything: a batch of resolved operations (conditions checked, patches applied) is encoded once;
// the log stores these bytes, a follower will receive them, recovery reads them, Memtable.Apply takes them.
//
//   batch = format u8 = 1 | shape count varint | shapes | op count varint | ops
//   op    = kind u8 | version offset varint | expires u64 (0 = never) | key length varint | key
//           Put only: shape index varint (0 = self-described, else 1-based) | row length varint | row
//
// Version of an op = base version of the log record + its offset: i for independent ops, one for all of an atomic batch.

using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>One operation of an encoded batch, read in place.</summary>
internal readonly ref struct BatchOperation
{
    public required EntryKind Kind { get; init; }

    public required uint VersionOffset { get; init; }

    public required DocumentVersion ExpiresAt { get; init; }

    public required ReadOnlySpan<byte> Key { get; init; }

    public required Shape Shape { get; init; }

    public required ReadOnlySpan<byte> Row { get; init; }
}
