// The bytes of an index file, drawn once. It belongs to one table and refers to that table's rows by number. Frames
// are those of tables (SstableFormat.cs), with kinds of their own and a seed made of table and index, so that the
// file of another index, or of another table, is never taken for this one.
//
//   index    = entries frame ... entries frame | fences frame | footer frame          without a gap
//
//   entries  = groups | entry count u32 | group count u32                             by key ascending
//   group    = key bytes varint | key | entry count varint | references, by row ascending: the first varint, of each other the step varint
//              key: OrderedKey of the indexed value, of a compound index those of its fields one after the other
//              reference: row number × 2, plus 1 when the table holds a newer version of the same document
//              a group that does not fit goes on in the next frame, with its key again
//              version 3, when the index carries rows: behind the references, of each entry bytes varint | carried row (CarriedRow.cs)
//   fences   = version 3: contents (IndexContents.cs) | count u32 | of each entries frame: offset u64, bytes u32, first entry u64, first reference u32, first key bytes u32
//            | first keys, one after the other
//   footer   = fences offset u64 | fences bytes u32 | zero u32 | entries u64 | distinct keys u64
//            | table u64 | index u32 | format version u32 | magic 8 bytes
//              never compressed, so that it is found from the end of the file
//
// Which rows have entries: the puts of the definition's collection. A path that ends in [] gives one entry for each
// distinct element of an array, one for any other value, none for null or missing; any other path gives one entry a
// row, missing included (it sorts lowest), so that the index can serve a sort.
//
// In files of version 1 each entry has its key: entries = entries | start u32 of each | entry count u32, entry = reference u32 | key.
// They are read; what is written has version 2, or 3 if the index is covering or partial.

using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>Constants of the index file format; see docs/formats/index.md.</summary>
internal static class IndexFormat
{
    public const uint Version = 2;
    public const uint VersionOfContents = 3;
    public const uint VersionOfKeysEach = 1;
    public const ulong Magic = 0x5845_444E_494F_474E; // "NGOINDEX" as the bytes lie in the file

    public const FrameKind EntriesFrame = (FrameKind)16;
    public const FrameKind FencesFrame = (FrameKind)17;
    public const FrameKind FooterFrame = (FrameKind)18;

    public const int BlockBytes = 8 * 1024;
    public const int BlockEntriesMax = 2048;
    public const int BlockTailBytes = 8;
    public const int FenceBytes = 28;
    public const int FooterBytes = 56;
    public const int FooterFrameBytes = SstableFormat.FrameHeadBytes + FooterBytes;

    /// <summary>Seeds the checksums of an index's frames.</summary>
    public static TableId Seed(TableId table, IndexId index) => new(table.Value ^ ((ulong)index.Value << 40) ^ Magic);
}
