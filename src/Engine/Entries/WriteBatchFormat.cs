// The unit of everything: a batch of resolved operations (conditions checked, patches applied) is encoded once.
// The log stores these bytes, a follower will receive them, recovery reads them.
//
//   batch = format u8 = 2, or 3 | shape count varint | shapes | op count varint | ops
//   shape = number varint; a number that is new to the segment (they count up from 0) is followed by the shape itself
//   op    = head u8 | expires u64 LE, if the head says so | version u64 LE, if it is given | key length varint | key
//           Put only: shape index varint (0 = self-described, else 1-based) | row length varint | row
//   head  = kind (2 bits) | 4: it expires | 8: it shares the version of the op before | 16: its version is given
//
// The first op has the base version of its log record; each further one the next, unless it shares: one version for all
// writes of an atomic batch (whose repeated ids were folded before, since a key has a version once).
//
// A given version is older than the record: that of a batch over several partitions, decided elsewhere, whose writes reach
// this partition behind others that have newer versions (Transactions/). Only a batch that has one is of format 3.
//
// Shapes are numbered per log segment, since recovery reads a segment from its begin or not at all: a document put alone
// would otherwise spend half of its record on the names of its fields. Ops refer to the batch's own list, so they can be
// encoded long before anybody knows which segment takes them.

namespace IngoDB.Engine.Entries;

/// <summary>The constants of the batch format; see docs/formats/batch.md.</summary>
internal static class WriteBatchFormat
{
    public const byte Version = 2;

    /// <summary>Of a batch with a given version in it; programs that know only 2 refuse it by name.</summary>
    public const byte GivenVersion = 3;

    public const byte KindMask = 3;
    public const byte ExpiresBit = 4;
    public const byte SharesVersionBit = 8;
    public const byte GivenVersionBit = 16;
}
