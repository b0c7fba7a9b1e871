// The segment that is being written. A segment holds the log of one memtable, however long that gets: it is
// allocated ahead in pieces, each twice the one before, so that an append rarely has to wait for the file system
// and a sync rarely for its journal.

using IngoDB.Engine.Files;

namespace IngoDB.Engine.Wal;

/// <summary>Appends records to one segment. One appender; Sync may run beside it.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly IFile _file;
    private readonly int _pieceBytesMax;
    private byte[] _buffer = new byte[64 * 1024];
    private long _pieceBytes;
    private uint _checksum;

    /// <summary>Head and end mark are durable when this returns; the caller has made the name durable.</summary>
    public SegmentWriter(IFile file, in SegmentHeader header, int pieceBytesMax)
    {
        _file = file;
        _pieceBytesMax = pieceBytesMax;
        _pieceBytes = Math.Max(file.Length, 1);
        Segment = header.Segment;
        _checksum = header.Write(_buffer.AsSpan(0, WalFormat.HeaderBytes + WalFormat.EndBytes));
        file.Write(0, _buffer.AsSpan(0, WalFormat.HeaderBytes + WalFormat.EndBytes));
        file.SyncData();
    }

    public ulong Segment { get; }

    /// <summary>How far it is written, without the end mark.</summary>
    public long Bytes { get; private set; } = WalFormat.HeaderBytes;

    public void Append(in LogRecord record)
    {
        var size = WalFormat.RecordBytes(record.Payload.Length);
        var total = size + WalFormat.EndBytes;
        if (total > _buffer.Length) _buffer = new byte[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)total)];
        if (Bytes + total > _file.Length) Extend(Bytes + total);

        var target = _buffer.AsSpan(0, total);
        target[size..].Clear();
        var continued = record with { PreviousChecksum = _checksum };
        var checksum = LogRecordCodec.Write(in continued, Segment, target[..size]);
        _file.Write(Bytes, target);
        _checksum = checksum;
        Bytes += size;
    }

    public void Sync() => _file.SyncData();

    public void Dispose() => _file.Dispose();

    private void Extend(long needed)
    {
        _pieceBytes = Math.Min(_pieceBytes * 2, _pieceBytesMax);
        _file.Preallocate(Math.Max(needed, _file.Length + _pieceBytes));
    }
}
