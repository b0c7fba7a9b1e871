// The bytes of a table, drawn once. Everything but the footer is a frame: a checksum, what it is, and a payload, so
// that one piece of code verifies every byte of the file. Integers are little-endian.
//
//   table    = rows frame ... rows frame | column and marks frames | filter frame | shapes frame | index frame
//            | columns frame | properties frame | footer
//              without a gap: each frame begins where the one before ends (checked when a table is opened)
//
//   frame    = checksum u64 | payload bytes once decoded u32 | codec u8 (0 plain, 1 LZ4 block) | kind u8 | growth u16 | payload
//              checksum: XxHash3 of all that follows it in the frame, seeded with (table id, offset of the frame), so
//              that a frame of another table or another place is not taken for this one
//              growth: by how many bytes a packed rows payload is longer when unfolded; else 0
//
//   rows     = head | key prefix | key ends? | key suffixes | versions | shapes? | kinds? | expiries? | row ends | rows
//              entries by (key ascending, version descending), each field of all of them as one array; ? = when needed
//   head     = entry count u32 | prefix bytes u16 | suffix bytes u16 (FFFF: they differ, and there are key ends)
//            | least version u64 | version bytes u8 (0..8) | shape bytes u8 (0: all have the shape of the head; 1, 2 or 4)
//            | end bytes u8 (2 or 4) | flags u8 (1: kinds, else all are puts; 2: expiries, else none expires)
//            | shape u32 (0 self-described, else 1-based)
//     key      = prefix, suffix       version = least version + what stands in the array       expiry = version u64, 0 never
//     ends     = where the suffix (the row) ends, counted from the first suffix (row)
//   packed   = the same with flag 4 in the head (PackedRows.cs says why): the array of key suffixes, if they have one length,
//              as planes u8 | planes × changes of that byte | the other bytes; that of versions, if there are some, as
//              FFh and itself, or time bits u8 | counter bits u8 | least counter u16 | bits; row ends as least length u32
//              | bytes u8 | what each row is longer
//   filter   = lines of 64 bytes; each key sets 7 bits of one line (BloomFilter.cs); no bytes: no filter
//   shapes   = count u32 | shapes as Shape.WriteTo
//   index    = count u32 | of each rows frame: offset u64, bytes u32, first row u32, first version u64, first key bytes u16
//            | first keys, one after the other
//   column, marks: Columns/ColumnFormat.cs
//   columns  = count u32 | collections
//              collection = collection u32 | first row u32 | rows u32 | flags u8 (bit 0: knows all fields, bit 1: has marks)
//            | marks frame, only with bit 1 | count u32 | fields          frame = offset u64 | bytes u32
//              field = name bytes u16 | name | form u8 (0 no column, 1 constant: key, 2 column: frame)
//   props    = entries u64 | deletes u64 | user bytes u64 | oldest version u64 | newest version u64 | expires max u64
//            | expiring u64 | superseded u64
//            | rows frames end u64 | first key | last key | count u32, quantile keys | count u32, (collection u32, rows u64)
//              where key = bytes u16 | key
//   footer   = 5 × (offset u64, bytes u64): filter, shapes, index, columns, properties
//            | checksum u64 of the whole footer but itself, seeded with (table id, offset of the footer)
//            | footer bytes u32 | format version u32 | magic 8 bytes
//              the last 24 bytes keep their place in every version to come
//
// Deliberately not here: a hash index inside a block; a reader who keeps a block makes one (RowBlockTags.cs).
// docs/formats/sstable.md tells the same story with reasons.

using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>What a frame holds. On disk: never change the numbers.</summary>
internal enum FrameKind : byte
{
    Rows = 1,
    Filter = 2,
    Shapes = 3,
    Index = 4,
    Properties = 5,
    Column = 6,
    Marks = 7,
    Columns = 8,
}

/// <summary>How a payload is stored. On disk: never change the numbers.</summary>
internal enum FrameCodec : byte
{
    Plain = 0,
    Lz4 = 1,
}

/// <summary>Constants of the table format; see docs/formats/sstable.md.</summary>
internal static class SstableFormat
{
    public const uint Version = 4;

    /// <summary>Tables from here on are read: version 3 had no packed rows.</summary>
    public const uint VersionMin = 3;
    public const ulong Magic = 0x4C42_4154_4F47_4E49; // "INGOTABL" as the bytes lie in the file

    public const int FrameHeadBytes = 16;
    public const int FooterBytes = 5 * 16 + FooterTailBytes;
    public const int FooterTailBytes = 24;

    public const int RowsHeadBytes = 24;
    public const ushort SuffixesDiffer = 0xFFFF;
    public const byte HasKinds = 1;
    public const byte HasExpiries = 2;
    public const byte ArePacked = 4;

    public const int IndexEntryBytes = 26;

    /// <summary>A rows frame holds at least one entry, which may be as large as a document may be.</summary>
    public const int RowsBytesMax = RowFormat.DocumentBytesMax + (1 << 20);

    /// <summary>Everything that is not rows.</summary>
    public const int SectionBytesMax = 1 << 30;

    /// <summary>LZ4 cannot expand further; a frame that claims more lies.</summary>
    public const int Lz4RatioMax = 255;

    public static long Seed(TableId table, long offset) => unchecked((long)(table.Value * 0x9E37_79B9_7F4A_7C15UL) + offset);
}
