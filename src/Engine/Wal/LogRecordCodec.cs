// A record to bytes and back, as drawn in WalFormat.

using System.Buffers.Binary;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

internal static class LogRecordCodec
{
    /// <summary>Fills exactly <see cref="WalFormat.RecordBytes"/> of the payload and what continues it; returns the checksum, which the next record carries.</summary>
    public static uint Write(in LogRecord record, bool hasCeiling, ReadOnlySpan<byte> more, ulong segment, Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], record.Payload.Length + more.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], record.Lsn);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], record.BaseVersion.Raw);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], WalFormat.Unsynced(record.Lsn, record.SyncedLsn) | ((uint)record.Kind << 24) | (hasCeiling ? (uint)WalFormat.CeilingBit << 24 : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], record.PreviousChecksum);
        var rest = target[WalFormat.RecordHeaderBytes..];
        if (hasCeiling)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, record.ClockCeiling.Raw);
            rest = rest[WalFormat.CeilingBytes..];
        }

        record.Payload.CopyTo(rest);
        more.CopyTo(rest[record.Payload.Length..]);
        rest[(record.Payload.Length + more.Length)..].Clear();
        var checksum = Crc32C.Of(segment, target[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target, checksum);
        return checksum;
    }

    /// <summary>The intact record that begins at the offset, and its size; false when none does. It lives until the reader's next read.
    /// What stands once per segment (epoch, a ceiling that did not change) is the cursor's to fill in.</summary>
    public static bool TryRead(SegmentReader reader, ulong segment, long offset, out LogRecord record, out int size)
    {
        record = default;
        size = 0;
        var header = reader.Peek(offset, WalFormat.RecordHeaderBytes);
        if (header.Length < WalFormat.RecordHeaderBytes) return false;
        var payloadBytes = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        var hasCeiling = (header[27] & WalFormat.CeilingBit) != 0;
        if (payloadBytes < 0 || payloadBytes > reader.Length - offset - WalFormat.RecordHeaderBytes) return false;

        size = WalFormat.RecordBytes(payloadBytes, hasCeiling);
        var bytes = reader.Peek(offset, size);
        if (bytes.Length < size) return false;
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (checksum != Crc32C.Of(segment, bytes[sizeof(uint)..])) return false;

        var lsn = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var rest = bytes[WalFormat.RecordHeaderBytes..];
        record = new LogRecord
        {
            Segment = segment,
            Kind = (LogRecordKind)(bytes[27] & WalFormat.KindMask),
            Epoch = 0,
            Lsn = lsn,
            BaseVersion = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..])),
            ClockCeiling = hasCeiling ? new(BinaryPrimitives.ReadUInt64LittleEndian(rest)) : DocumentVersion.None,
            SyncedLsn = WalFormat.Synced(lsn, BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]) & WalFormat.UnsyncedMax),
            PreviousChecksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]),
            Checksum = checksum,
            Payload = rest.Slice(hasCeiling ? WalFormat.CeilingBytes : 0, payloadBytes),
        };
        return true;
    }

    /// <summary>Cheap look before the checksum: might a record with an lsn in (after, upTo] begin with these bytes?</summary>
    public static bool MightBeLater(ReadOnlySpan<byte> header, ulong after, ulong upTo)
    {
        var lsn = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        return lsn > after && lsn <= upTo && (header[27] & ~WalFormat.CeilingBit) is >= (int)LogRecordKind.Batch and <= (int)LogRecordKind.ClockCeiling;
    }
}
