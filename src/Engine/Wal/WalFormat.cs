// The bytes of the log, drawn once. docs/formats/wal.md is the prose; WalFormatTests holds both to one hand-written
// byte string. All numbers are little-endian; headers and records start at multiples of 8.
//
//   NNNNNNNNNNNN.log   header | record | record | ... | eight zero bytes | whatever lay there before
//
//   header, 64 bytes                           record, 56 bytes and its payload
//    0  magic "INGOWAL\n"                       0  crc32c u32 of the rest, padding included, seeded with the segment
//    8  segment id u64 (that of the name)       4  payload bytes u32
//   16  format version u32                      8  lsn u64: one more than the record before
//   20  crc32c u32 of the 20 bytes before      16  epoch u64
//   24  first lsn u64                          24  base version u64
//   32  epoch u64                              32  clock ceiling u64
//   40  segment before this one u64, or 0      40  synced lsn u64: everything up to it was durable when this was written
//   48  twelve zero bytes                      48  crc32c u32 of the record before (of the header, for the first)
//   60  crc32c u32 of the 60 bytes before,     52  kind u8, then three zero bytes
//       seeded with the segment                56  payload, padded with zeros to a multiple of 8
//
// Segments are allocated ahead and recycled. Seeding every checksum with the segment's id makes the bytes of an
// earlier life invalid, and each record carries the checksum of the one before, so that no record is ever read
// without its history. Every write ends in eight zeros (overwritten by the next record): the clean end of the log.

using System.Globalization;

namespace IngoDB.Engine.Wal;

internal static class WalFormat
{
    public const int Version = 1;
    public const int HeaderBytes = 64;
    public const int HeaderVersionAt = 16;
    public const int HeaderIdentityChecksumAt = 20;
    public const int HeaderChecksumAt = 60;
    public const int RecordHeaderBytes = 56;
    public const int EndBytes = 8;
    public const int Alignment = 8;
    public const string Extension = ".log";

    public static ReadOnlySpan<byte> Magic => "INGOWAL\n"u8;

    public static int RecordBytes(int payloadBytes) => (RecordHeaderBytes + payloadBytes + Alignment - 1) & -Alignment;

    public static string FileName(ulong segment) => string.Create(CultureInfo.InvariantCulture, $"{segment:D12}{Extension}");

    /// <summary>The segments of a folder, oldest first.</summary>
    public static List<ulong> SegmentsIn(IReadOnlyList<string> names)
    {
        var segments = new List<ulong>();
        foreach (var name in names)
        {
            if (name.EndsWith(Extension, StringComparison.Ordinal)
                && ulong.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var segment)
                && FileName(segment) == name) segments.Add(segment);
        }

        segments.Sort();
        return segments;
    }
}
