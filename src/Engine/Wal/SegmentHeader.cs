// The head of a segment, as drawn in WalFormat. It becomes durable with the segment's first records, so an unreadable
// head is a crash unless somebody vouches for a record behind it.

using System.Buffers.Binary;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <param name="Previous">The segment before, 0 for the first: so that a missing segment is noticed, and one that recovery cut away is not read.</param>
/// <param name="FirstLsn">Of its first record.</param>
/// <param name="Epoch">Of all its records.</param>
/// <param name="ClockCeiling">At its begin.</param>
/// <param name="SyncedLsn">Everything up to here was durable when it began.</param>
internal readonly record struct SegmentHeader(ulong Segment, ulong Previous, ulong FirstLsn, ulong Epoch, DocumentVersion ClockCeiling, ulong SyncedLsn)
{
    /// <summary>Writes header and end mark; returns the checksum, which the first record carries.</summary>
    public uint Write(Span<byte> target)
    {
        target.Clear();
        WalFormat.Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Segment);
        BinaryPrimitives.WriteInt32LittleEndian(target[WalFormat.HeaderVersionAt..], WalFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(target[WalFormat.HeaderIdentityChecksumAt..], Crc32C.Of(target[..WalFormat.HeaderIdentityChecksumAt]));
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], FirstLsn);
        BinaryPrimitives.WriteUInt64LittleEndian(target[32..], Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(target[40..], Previous);
        BinaryPrimitives.WriteUInt64LittleEndian(target[48..], ClockCeiling.Raw);
        BinaryPrimitives.WriteUInt32LittleEndian(target[56..], WalFormat.Unsynced(FirstLsn, SyncedLsn));
        var checksum = Crc32C.Of(Segment, target[..WalFormat.HeaderChecksumAt]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[WalFormat.HeaderChecksumAt..], checksum);
        return checksum;
    }

    /// <summary>Nothing was written there yet: zeros, or the head of the segment that the file was before.</summary>
    public static bool IsOfAnEarlierLife(SegmentReader reader, ulong segment)
    {
        var bytes = reader.Peek(0, WalFormat.HeaderBytes);
        return !bytes.ContainsAnyExcept((byte)0)
            || (bytes.Length == WalFormat.HeaderBytes && bytes.StartsWith(WalFormat.Magic) && BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) != segment
                && BinaryPrimitives.ReadUInt32LittleEndian(bytes[WalFormat.HeaderIdentityChecksumAt..]) == Crc32C.Of(bytes[..WalFormat.HeaderIdentityChecksumAt]));
    }

    /// <summary>Null when no intact header of this very segment stands there.</summary>
    /// <exception cref="UnsupportedFormatException">A newer program wrote it.</exception>
    public static (SegmentHeader Header, uint Checksum)? Read(SegmentReader reader, ulong segment)
    {
        var bytes = reader.Peek(0, WalFormat.HeaderBytes);
        if (bytes.Length < WalFormat.HeaderBytes || !bytes.StartsWith(WalFormat.Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[WalFormat.HeaderIdentityChecksumAt..]) != Crc32C.Of(bytes[..WalFormat.HeaderIdentityChecksumAt])) return null;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) != segment) return null;
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[WalFormat.HeaderVersionAt..]);
        if (version != WalFormat.Version) throw new UnsupportedFormatException(reader.Path, version, WalFormat.Version);

        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[WalFormat.HeaderChecksumAt..]);
        if (checksum != Crc32C.Of(segment, bytes[..WalFormat.HeaderChecksumAt])) return null;
        var firstLsn = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return (new(segment,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            firstLsn,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..])),
            WalFormat.Synced(firstLsn, BinaryPrimitives.ReadUInt32LittleEndian(bytes[56..]))), checksum);
    }
}
