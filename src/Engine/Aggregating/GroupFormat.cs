// Groups on their way: from a partition to its coordinator (as rows of a page, in key order), and into a spill file and back.
// One group may be several records, so that no record grows with the data: its head carries the states of all accumulators, and
// each distinct value of a `distinct` is a record of its own, without a state, which the next reader counts.
//
//   key      = group | 00                       the head           a record's key: ascending, so a group's records are
//            | group | 1 + n u8 | value         one distinct       neighbours, its head first
//                                               value of accumulator n
//   group    = the ordered keys of the `by` values, one after the other (nothing when there is no `by`)
//   value    = an ordered key
//
//   state    = one after the other, in the order of the query's accumulators
//     count        i64
//     sum, avg     ExactSum (drawn there)
//     min, max     key length varint (0: none yet) | ordered key
//     first        id key length varint (0: none yet) | id key | tag u8 | payload length varint | payload
//     distinct     nothing
//
//   spill file = version u8 = 1 | block*            block = payload length u32 | crc32c u32 | payload
//   payload    = (key length varint | state length varint | key | state)*, whole records only
//
// The checksum of a block is seeded with its offset. A spill file is never read by another process than the one that wrote it.

namespace IngoDB.Engine.Aggregating;

/// <summary>The constants of groups under way; see docs/formats/aggregate.md.</summary>
internal static class GroupFormat
{
    public const byte Version = 1;

    /// <summary>Behind a group: its head.</summary>
    public const byte HeadMark = 0x00;

    /// <summary>Behind a group: the first accumulator's distinct values; n more for the n-th's.</summary>
    public const byte FirstDistinctMark = 0x01;

    public const int BlockBytes = 64 * 1024;
    public const int BlockHeadBytes = 8;
    public const string SpillExtension = ".spill";
}
