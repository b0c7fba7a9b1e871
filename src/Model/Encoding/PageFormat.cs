// Two pages travel between client, coordinator and partitions. Both write every shape once and keep rows as they lie on
// disk, so that splitting, merging and passing on copy bytes and decode nothing.
//
//   documents, the answer of a partition (DocumentPage.cs; merged by memcmp of the order keys)
//     page     = version u8 = 1 | shape count varint | shapes | document count varint | documents
//     document = id key length varint | id key | _version u64 LE | shape index varint | row length varint | row
//                | order key length varint | order key (sort keys of OrderedKey, then the id key; empty when not asked for)
//
//   writes, the order of a client (WritePage.cs; split by the partition of the id key)
//     page  = version u8 = 1 | shape count varint | shapes | write count varint | writes
//     write = kind u8 | id key length varint | id key | ifVersion u64 LE (0 = none) | body length varint | body
//             body: Insert, Upsert, UpsertIfMissing, Replace: shape index varint | row
//                   Patch: the steps, as a self-described row {steps: [{op, field, value}]}       Delete: empty
//
//   shapes are those of Shape.cs; shape index 0 is a self-described row, the others count from 1
//   id key = 07 | UTF-8 (a string) or 09 | 16 bytes big-endian (a uuid), DocumentId.cs

namespace IngoDB.Model;

/// <summary>The constants of pages; see docs/formats/page.md.</summary>
internal static class PageFormat
{
    public const byte DocumentPageVersion = 1;
    public const byte WritePageVersion = 1;

    /// <summary>The shape index of a row that carries its own names.</summary>
    public const int SelfDescribedIndex = 0;
}
