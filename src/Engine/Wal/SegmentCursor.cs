// Walks the records of one segment for as long as each is intact and continues the one before: same segment (the
// checksum's seed), next lsn, and the checksum of its predecessor. Where it stops, LogReplay judges why.

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <summary>The unbroken chain of records from the head of a segment.</summary>
internal sealed class SegmentCursor
{
    private readonly SegmentReader _reader;
    private readonly ulong _segment;
    private DocumentVersion _ceiling;
    private uint _checksum;

    public SegmentCursor(SegmentReader reader, ulong segment)
    {
        (_reader, _segment) = (reader, segment);
        if (SegmentHeader.Read(reader, segment) is not { } head) return;
        (Header, _checksum) = head;
        (NextLsn, SyncedLsn, _ceiling) = (head.Header.FirstLsn, head.Header.SyncedLsn, head.Header.ClockCeiling);
        Offset = WalFormat.HeaderBytes;
    }

    public ulong Segment => _segment;

    /// <summary>Null when the head is not readable; then there are no records.</summary>
    public SegmentHeader? Header { get; }

    /// <summary>Where the next record would begin.</summary>
    public long Offset { get; private set; }

    public ulong NextLsn { get; private set; }

    /// <summary>The highest synced lsn of the head and the records so far.</summary>
    public ulong SyncedLsn { get; private set; }

    public bool TryNext(out LogRecord record)
    {
        record = default;
        if (Header is not { } header || !LogRecordCodec.TryRead(_reader, _segment, Offset, out record, out var size)) return false;
        if (record.Lsn != NextLsn || record.PreviousChecksum != _checksum) return false;
        _checksum = record.Checksum;
        if (record.ClockCeiling != DocumentVersion.None) _ceiling = record.ClockCeiling;
        record = record with { Epoch = header.Epoch, ClockCeiling = _ceiling };
        NextLsn = record.Lsn + 1;
        Offset += size;
        SyncedLsn = Math.Max(SyncedLsn, record.SyncedLsn);
        return true;
    }

    /// <summary>The end mark, or the end of the file: nothing was being written here.</summary>
    public bool IsAtCleanEnd()
    {
        var mark = _reader.Peek(Offset, WalFormat.EndBytes);
        return Header is not null && (mark.Length < WalFormat.EndBytes || BinaryPrimitives.ReadUInt64LittleEndian(mark) == 0);
    }

    /// <summary>Looks for intact records behind the break. Returns the highest synced lsn they carry; null when there is none.</summary>
    /// <param name="expectedLsn">Of the record at which the log breaks; counts when there is no head.</param>
    public ulong? SyncedLsnBehindTheBreak(ulong expectedLsn)
    {
        ulong? synced = null;
        var after = Header is null ? expectedLsn - 1 : NextLsn;
        var upTo = after + (ulong)(_reader.Length / WalFormat.RecordHeaderBytes);
        var at = Header is null ? WalFormat.HeaderBytes : Offset + WalFormat.Alignment;
        for (; (at = SkipZeros(at)) + WalFormat.RecordHeaderBytes <= _reader.Length; at += WalFormat.Alignment)
        {
            var header = _reader.Peek(at, WalFormat.RecordHeaderBytes);
            if (header.Length < WalFormat.RecordHeaderBytes) break;
            if (LogRecordCodec.MightBeLater(header, after, upTo) && LogRecordCodec.TryRead(_reader, _segment, at, out var record, out _))
                synced = Math.Max(synced ?? 0, record.SyncedLsn);
        }

        return synced;
    }

    /// <summary>The next place where a record might begin: most of what lies behind the end was allocated and never written.</summary>
    private long SkipZeros(long at)
    {
        while (at < _reader.Length)
        {
            var bytes = _reader.Peek(at, WalFormat.RecordHeaderBytes);
            if (bytes.IsEmpty || bytes.ContainsAnyExcept((byte)0)) return at;
            var ahead = _reader.Peek(at, SegmentReader.WindowBytes);
            var zeros = ahead.IndexOfAnyExcept((byte)0);
            if (zeros < 0) zeros = ahead.Length;
            at += Math.Max(WalFormat.Alignment, (zeros - WalFormat.RecordHeaderBytes) & -WalFormat.Alignment);
        }

        return at;
    }
}
