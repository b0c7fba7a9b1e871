// The segment that is being written. A segment holds the log of one memtable, however long that gets: it is
// allocated ahead in pieces, each twice the one before, so that an append rarely has to wait for the file system
// and a sync rarely for its journal.
//
//   Stage ──► tail (memory of ours) ──HandOver──► the file (memory of the system) ──Sync──► the disk
//
// Records that wait for the same sync are handed over by one pwrite. One that is acknowledged without a sync is handed
// over at once, and if it is small by a store into the mapped file: that costs a hundredth of a system call, but makes
// the next sync dearer (the page must be protected again), so nothing that is about to be synced is stored.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <summary>Appends records to one segment. One appender; Sync may run beside it.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private const int TailBytesMin = 64 * 1024;
    private const int TailBytesKeptMax = 4 << 20;
    private const int StoreBytesMax = 4096;

    /// <summary>So far are zeros written ahead, for groups that are an eighth of that at most.</summary>
    private const int ZerosBytes = 256 * 1024;

    private const int PageBytes = 4096;

    private static readonly byte[] Zeros = new byte[ZerosBytes];

    private readonly IFile _file;
    private readonly int _pieceBytesMax;
    private byte[] _tail = new byte[TailBytesMin];
    private int _staged;
    private long _handedOver = WalFormat.HeaderBytes;
    private long _pieceBytes;
    private long _writtenBefore;
    private DocumentVersion _ceiling;
    private uint _checksum;

    /// <summary>Writes the head. The caller has made the name durable; the head becomes so with the first sync.</summary>
    /// <param name="writtenBefore">Up to where the file's blocks were written in its life before; 0 for a new one.</param>
    public SegmentWriter(IFile file, in SegmentHeader header, int pieceBytesMax, long writtenBefore)
    {
        _file = file;
        _writtenBefore = writtenBefore;
        _pieceBytesMax = pieceBytesMax;
        _pieceBytes = Math.Max(file.Length, 1);
        (Segment, _ceiling) = (header.Segment, header.ClockCeiling);
        _checksum = header.Write(_tail.AsSpan(0, WalFormat.HeaderBytes + WalFormat.EndBytes));
        file.Write(0, _tail.AsSpan(0, WalFormat.HeaderBytes + WalFormat.EndBytes));
    }

    public ulong Segment { get; }

    /// <summary>How far it is written, what is only staged included, without the end mark.</summary>
    public long Bytes => _handedOver + _staged;

    /// <summary>How far its blocks have been written in this life or the one before.</summary>
    public long BytesWritten => Math.Max(_writtenBefore, _handedOver);

    /// <summary>That of the newest record.</summary>
    public DocumentVersion ClockCeiling => _ceiling;

    /// <summary>Bytes that are not with the operating system yet.</summary>
    public int StagedBytes => _staged;

    /// <summary>Puts a record behind those that are staged; <paramref name="more"/> continues its payload.</summary>
    public void Stage(in LogRecord record, ReadOnlySpan<byte> more)
    {
        var hasCeiling = record.ClockCeiling != _ceiling;
        var size = WalFormat.RecordBytes(checked(record.Payload.Length + more.Length), hasCeiling);
        if (_staged + size + WalFormat.EndBytes > _tail.Length) Grow(_staged + size + WalFormat.EndBytes);
        var continued = record with { PreviousChecksum = _checksum };
        _checksum = LogRecordCodec.Write(in continued, hasCeiling, more, Segment, _tail.AsSpan(_staged, size));
        _ceiling = record.ClockCeiling;
        _staged += size;
    }

    /// <summary>What is staged is with the operating system when this returns.</summary>
    /// <param name="syncFollows">Somebody waits for a sync of it.</param>
    public void HandOver(bool syncFollows)
    {
        if (_staged == 0) return;
        var total = _staged + WalFormat.EndBytes;
        if (_handedOver + total > _file.Length) Extend(_handedOver + total);
        if (syncFollows && _handedOver + total > _writtenBefore) WriteZerosAhead(_handedOver + total);
        var bytes = _tail.AsSpan(0, total);
        bytes[_staged..].Clear();
        if (syncFollows || total > StoreBytesMax) _file.Write(_handedOver, bytes);
        else _file.Store(_handedOver, bytes);
        _handedOver += _staged;
        _staged = 0;
        if (_tail.Length > TailBytesKeptMax) _tail = new byte[TailBytesMin];
    }

    // Before the group itself, so that nothing that was handed over is overwritten.
    private void WriteZerosAhead(long needed)
    {
        var from = BytesWritten;
        if (needed - _handedOver > ZerosBytes / 8) return;
        var until = Math.Min(_file.Length, (from + ZerosBytes) & -PageBytes);
        _file.Write(from, Zeros.AsSpan(0, (int)(until - from)));
        _writtenBefore = until;
    }

    public void Sync() => _file.SyncData();

    public void Dispose() => _file.Dispose();

    private void Extend(long needed)
    {
        _pieceBytes = Math.Min(_pieceBytes * 2, _pieceBytesMax);
        _file.Preallocate(Math.Max(needed, _file.Length + _pieceBytes));
    }

    private void Grow(long needed) => Array.Resize(ref _tail, checked((int)Math.Max(needed, Math.Min(Array.MaxLength, _tail.Length * 2L))));
}
