// The head of a segment, as drawn in WalFormat. It is synced before the first record may follow, so an unreadable
// head with a readable record behind it is damage; one with nothing behind it is a crash while it was made.

using System.Buffers.Binary;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <param name="Previous">The segment before, 0 for the first: so that a missing segment is noticed.</param>
/// <param name="FirstLsn">Vouches for everything below: it was read back, or synced, before this segment began.</param>
internal readonly record struct SegmentHeader(ulong Segment, ulong Previous, ulong FirstLsn, ulong Epoch)
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
        var checksum = Crc32C.Of(Segment, target[..WalFormat.HeaderChecksumAt]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[WalFormat.HeaderChecksumAt..], checksum);
        return checksum;
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
        return (new(segment,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..])), checksum);
    }
}
