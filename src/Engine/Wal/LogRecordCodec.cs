// A record to bytes and back, as drawn in WalFormat.

using System.Buffers.Binary;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

internal static class LogRecordCodec
{
    /// <summary>Fills exactly <see cref="WalFormat.RecordBytes"/> of the payload and what continues it; returns the checksum, which the next record carries.</summary>
    public static uint Write(in LogRecord record, ReadOnlySpan<byte> more, ulong segment, Span<byte> target)
    {
        var payloadBytes = record.Payload.Length + more.Length;
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], payloadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], record.Lsn);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], record.Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], record.BaseVersion.Raw);
        BinaryPrimitives.WriteUInt64LittleEndian(target[32..], record.ClockCeiling.Raw);
        BinaryPrimitives.WriteUInt64LittleEndian(target[40..], record.SyncedLsn);
        BinaryPrimitives.WriteUInt32LittleEndian(target[48..], record.PreviousChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(target[52..], (byte)record.Kind);
        record.Payload.CopyTo(target[WalFormat.RecordHeaderBytes..]);
        more.CopyTo(target[(WalFormat.RecordHeaderBytes + record.Payload.Length)..]);
        target[(WalFormat.RecordHeaderBytes + payloadBytes)..].Clear();
        var checksum = Crc32C.Of(segment, target[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target, checksum);
        return checksum;
    }

    /// <summary>The intact record that begins at the offset; false when none does. It lives until the reader's next read.</summary>
    public static bool TryRead(SegmentReader reader, ulong segment, long offset, out LogRecord record)
    {
        record = default;
        var header = reader.Peek(offset, WalFormat.RecordHeaderBytes);
        if (header.Length < WalFormat.RecordHeaderBytes) return false;
        var payloadBytes = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (payloadBytes < 0 || payloadBytes > reader.Length - offset - WalFormat.RecordHeaderBytes) return false;

        var size = WalFormat.RecordBytes(payloadBytes);
        var bytes = reader.Peek(offset, size);
        if (bytes.Length < size) return false;
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (checksum != Crc32C.Of(segment, bytes[sizeof(uint)..])) return false;

        record = new LogRecord
        {
            Segment = segment,
            Kind = (LogRecordKind)bytes[52],
            Epoch = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            Lsn = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BaseVersion = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..])),
            ClockCeiling = new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..])),
            SyncedLsn = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            PreviousChecksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]),
            Checksum = checksum,
            Payload = bytes.Slice(WalFormat.RecordHeaderBytes, payloadBytes),
        };
        return true;
    }

    /// <summary>Cheap look before the checksum: might a record with an lsn in (after, upTo] begin with these 56 bytes?</summary>
    public static bool MightBeLater(ReadOnlySpan<byte> header, ulong after, ulong upTo)
    {
        var lsn = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        var kind = BinaryPrimitives.ReadUInt32LittleEndian(header[52..]);
        return lsn > after && lsn <= upTo && kind is >= (uint)LogRecordKind.Batch and <= (uint)LogRecordKind.ClockCeiling
            && BinaryPrimitives.ReadUInt64LittleEndian(header[40..]) < lsn;
    }
}
