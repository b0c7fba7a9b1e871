// The bytes of the log, drawn once. docs/formats/wal.md is the prose; WalFormatTests holds both to one hand-written
// byte string. All numbers are little-endian; headers and records start at multiples of 8.
//
//   NNNNNNNNNNNN.log   header | record | record | ... | eight zero bytes | whatever lay there before
//
//   header, 64 bytes                           record, 32 bytes and what follows
//    0  magic "INGOWAL\n"                       0  crc32c u32 of the rest, padding included, seeded with the segment
//    8  segment id u64 (that of the name)       4  payload bytes u32
//   16  format version u32                      8  lsn u64: one more than the record before
//   20  crc32c u32 of the 20 bytes before      16  base version u64
//   24  first lsn u64                          24  unsynced u24: records before this one that may not be durable; all ones: any
//   32  epoch u64                              27  kind (4 bits) | 80h: a clock ceiling follows
//   40  segment before this one u64, or 0      28  crc32c u32 of the record before (of the header, for the first)
//   48  clock ceiling u64                      32  clock ceiling u64, if it is not that of the record before
//   56  unsynced u32, as in a record           ..  payload, padded with zeros to a multiple of 8
//   60  crc32c u32 of the 60 bytes before,
//       seeded with the segment
//
// Segments are allocated ahead and recycled. Seeding every checksum with the segment's id makes the bytes of an
// earlier life invalid, and each record carries the checksum of the one before, so that no record is ever read
// without its history. Every write ends in eight zeros (overwritten by the next record): the clean end of the log.

using System.Globalization;

namespace IngoDB.Engine.Wal;

internal static class WalFormat
{
    public const int Version = 2;
    public const int HeaderBytes = 64;
    public const int HeaderVersionAt = 16;
    public const int HeaderIdentityChecksumAt = 20;
    public const int HeaderChecksumAt = 60;
    public const int RecordHeaderBytes = 32;
    public const int CeilingBytes = 8;
    public const byte KindMask = 0x0F;
    public const byte CeilingBit = 0x80;
    public const int UnsyncedMax = 0xFFFFFF;
    public const int EndBytes = 8;
    public const int Alignment = 8;
    public const string Extension = ".log";

    public static ReadOnlySpan<byte> Magic => "INGOWAL\n"u8;

    /// <param name="payloadBytes">Of the payload alone.</param>
    /// <param name="hasCeiling">A clock ceiling stands before it.</param>
    public static int RecordBytes(int payloadBytes, bool hasCeiling = false) => checked((RecordHeaderBytes + (hasCeiling ? CeilingBytes : 0) + payloadBytes + Alignment - 1) & -Alignment);

    /// <summary>How many records before this lsn may not be durable, as it is written.</summary>
    public static uint Unsynced(ulong lsn, ulong syncedLsn) => (uint)Math.Min(lsn - 1 - syncedLsn, UnsyncedMax);

    /// <summary>The other way round; 0 when nobody knows.</summary>
    public static ulong Synced(ulong lsn, uint unsynced) => unsynced >= UnsyncedMax || unsynced >= lsn ? 0 : lsn - 1 - unsynced;

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
