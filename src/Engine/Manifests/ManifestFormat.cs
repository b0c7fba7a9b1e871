// The bytes of a manifest, drawn once. docs/formats/manifest.md is the prose; ManifestFormatTests holds both to one
// hand-written byte string. All numbers are little-endian.
//
//   CURRENT          "MANIFEST-000007 1a2b3c4d\n": the name, and the CRC-32C of the name in hex
//   MANIFEST-NNNNNN  header | frame | frame | ...
//
//   header, 40 bytes                           frame, starts at a multiple of 8
//    0  magic "INGOMANI"                        0  crc32c u32 of the rest, padding included, seeded with the number
//    8  number u64 (that of the name)           4  payload bytes u32
//   16  format version u32                      8  sequence u64: 0, 1, 2, ...
//   20  crc32c u32 of the 20 bytes before      16  kind u8, then seven zero bytes
//   24  synced sequence u64                    24  payload, padded with zeros to a multiple of 8
//   32  crc32c u32 of the 8 bytes before, seeded with the number
//   36  zero u32
//
// The first frame is the whole state, every later one an edit. Magic, number, version and their checksum keep
// their places in every future version, so that a reader can always say which version it met.
//
// The synced sequence is what tells rot from a torn tail: it is written (in place, within one sector) after the
// sync of that edit returned, and never synced itself. A bad frame at or below it is corruption; so is one before
// a valid later frame, since an edit is written only after the one before was synced. Any other bad frame at
// the end was never acknowledged: the manifest ends there.

using System.Globalization;

namespace IngoDB.Engine.Manifests;

internal static class ManifestFormat
{
    public const int Version = 3;
    public const int OldestVersion = 1;
    public const int HeaderBytes = 40;
    public const int HeaderVersionAt = 16;
    public const int HeaderChecksumAt = 20;
    public const int SyncedAt = 24;
    public const int SyncedChecksumAt = 32;
    public const int FrameHeaderBytes = 24;
    public const int Alignment = 8;
    public const string Current = "CURRENT";
    public const string CurrentDraft = "CURRENT.tmp";
    private const string Prefix = "MANIFEST-";

    public static ReadOnlySpan<byte> Magic => "INGOMANI"u8;

    public static string FileName(ulong number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D6}");

    public static bool TryParseFileName(string name, out ulong number)
    {
        number = 0;
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && FileName(number) == name;
    }

    public static int Padded(int payloadBytes) => (payloadBytes + Alignment - 1) & -Alignment;
}

internal enum ManifestFrameKind : byte
{
    State = 1,
    Edit = 2,
}
