// The replicated log of one copy. The core deals in positions; here are the bytes.
//
//   Add, Cut                      at once, in memory: what the core has decided can be read and sent from then on
//   Write, Sync, CutOnDisk, Trim  one thread after the other (ReplicaDisk), in the order of Add and Cut
//
// What was added lately stays in memory, so that followers and tables are served from there; older entries are read back from their
// segments. Between a cut in memory and the same on disk the file still holds what was cut, where other entries may stand in memory by then:
// so what is only in memory stays there until the disk has come after. A cut shortens the file: no byte of what was cut is left behind a record that takes its place, so nothing
// of it can ever vouch for anything.
//
// The first failed write or sync is the last: who holds the log opens it anew from what is on the disk (ReplicaLogRecovery).

using IngoDB.Engine.Files;
using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Grains.Replicas;

/// <summary>Entries of one copy, in memory and in segments. Reading is thread-safe.</summary>
internal sealed class ReplicaLog : IDisposable
{
    public const int SegmentBytesMaxDefault = 16 << 20;
    private const int AllocateBytes = 1 << 20;
    public const long TailBytesMaxDefault = 4L << 20;
    private const int TailDropMin = 64;

    private readonly Lock _gate = new();
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly List<LogSegment> _segments;
    private readonly List<LogEntry> _tail = [];
    private readonly int _segmentBytesMax;
    private readonly ReplicaWriter _buffer = new();
    private readonly ReplicaWriter _scratch = new();
    private long _tailBytes;
    private Lsn _tailFirst;
    private readonly long _tailBytesMax;
    private Lsn _readable;
    private Lsn _cutTo;
    private int _cutsOpen;

    public ReplicaLog(IFileSystem files, string folder, List<LogSegment> segments, Lsn trimmed, Lsn last, int segmentBytesMax, long tailBytesMax = TailBytesMaxDefault)
    {
        (_files, _folder, _segments, _segmentBytesMax, _tailBytesMax) = (files, folder, segments, segmentBytesMax, tailBytesMax);
        (Base, Last, _readable, Synced, _tailFirst) = (trimmed, last, last, last, last.Next);
    }

    /// <summary>Entries up to it are not here.</summary>
    public Lsn Base { get; private set; }

    public Lsn Last { get; private set; }

    /// <summary>Durable up to here.</summary>
    public Lsn Synced { get; private set; }

    public long Bytes
    {
        get { lock (_gate) return _segments.Sum(segment => segment.End); }
    }

    public void Add(IReadOnlyList<LogEntry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                Invariant.Holds(entry.Lsn == Last.Next);
                _tail.Add(entry);
                _tailBytes += entry.Payload.Length;
                Last = entry.Lsn;
            }

            DropOldTailLocked();
        }
    }

    /// <summary>The entries behind an lsn can not be read any more.</summary>
    public void Cut(Lsn after)
    {
        lock (_gate)
        {
            while (_tail.Count > 0 && _tail[^1].Lsn > after)
            {
                _tailBytes -= _tail[^1].Payload.Length;
                _tail.RemoveAt(_tail.Count - 1);
            }

            if (_tail.Count == 0) _tailFirst = after.Next;
            Last = after;
            _cutTo = _cutsOpen++ == 0 ? after : Lsn.Min(_cutTo, after);
            _readable = Lsn.Min(_readable, after);
        }
    }

    /// <summary>Entries from <paramref name="first"/> on, as many as fit; fewer than asked for when they are many. Empty: they are trimmed, or cut.</summary>
    /// <exception cref="CorruptionException">One does not check.</exception>
    public List<LogEntry> Read(Lsn first, Lsn last, long bytesMax)
    {
        var entries = new List<LogEntry>();
        lock (_gate)
        {
            if (first <= Base) return entries;
            for (var lsn = first; lsn <= last && lsn <= Last && bytesMax > 0; lsn = lsn.Next)
            {
                var entry = lsn >= _tailFirst ? _tail[(int)(lsn - _tailFirst)] : ReadBackLocked(lsn);
                if (entry is null) return entries;
                entries.Add(entry);
                bytesMax -= entry.Payload.Length;
            }
        }

        return entries;
    }

    /// <summary>Behind the last that was written; durable after <see cref="Sync"/>.</summary>
    public void Write(LogEntry entry)
    {
        var segment = _segments.Count > 0 ? _segments[^1] : null;
        if (segment is null || segment.End + _buffer.Length > _segmentBytesMax) segment = Roll(entry.Lsn);
        var offset = segment.End + _buffer.Length;
        _scratch.Clear();
        segment.LastChecksum = LogSegment.WriteRecord(_buffer, _scratch, entry, segment.First, segment.LastChecksum, Synced);
        lock (_gate)
        {
            Invariant.Holds(entry.Lsn == segment.Last.Next);
            segment.Offsets.Add(offset);
        }
    }

    /// <summary>Everything written is durable when it returns.</summary>
    /// <exception cref="StorageException">The disk refused; the log must not be used any more.</exception>
    public Lsn Sync()
    {
        HandOver();
        foreach (var segment in _segments)
        {
            if (!segment.IsDirty) continue;
            segment.File.SyncData();
            segment.IsDirty = false;
        }

        var written = _segments.Count > 0 ? _segments[^1].Last : Base;
        lock (_gate)
        {
            _readable = _cutsOpen == 0 ? written : Lsn.Min(written, _cutTo);
            DropOldTailLocked();
        }

        return Synced = written;
    }

    /// <summary>Durable when it returns. Everything written has been synced before.</summary>
    public void CutOnDisk(Lsn after)
    {
        Invariant.Holds(_buffer.Length == 0 && after >= Base);
        for (var i = _segments.Count - 1; i >= 0 && _segments[i].Last > after; i--)
        {
            var segment = _segments[i];
            if (segment.First > after.Next) Remove(segment);
            else Shorten(segment, (int)(after.Next - segment.First));
        }

        _files.SyncDirectory(_folder);
        Synced = Lsn.Min(Synced, after);
        lock (_gate) _cutsOpen--;
    }

    /// <summary>Forgets whole segments up to an lsn that is applied durably; gives what the log begins behind now.</summary>
    /// <param name="upTo">The most that may go.</param>
    /// <param name="bytesKept">So much stays all the same.</param>
    /// <param name="describe">What stood in the log up to an lsn.</param>
    public Lsn Trim(Lsn upTo, long bytesKept, Func<Lsn, LogBaseFile> describe)
    {
        var left = Bytes;
        var gone = _segments.TakeWhile((segment, i) => i + 1 < _segments.Count && segment.Last <= upTo && (left -= segment.End) >= bytesKept).ToList();
        if (gone.Count == 0) return Base;
        var trimmed = gone[^1].Last;
        CheckedFile.Replace(_files, Path.Combine(_folder, LogBaseFile.Name), describe(trimmed), ReplicaJson.Default.LogBaseFile);
        lock (_gate) Base = trimmed;
        foreach (var segment in gone) Remove(segment);
        _files.SyncDirectory(_folder);
        return trimmed;
    }

    public void Dispose()
    {
        lock (_gate)
            foreach (var segment in _segments) segment.Dispose();
    }

    private void HandOver()
    {
        if (_buffer.Length == 0) return;
        var segment = _segments[^1];
        if (segment.End + _buffer.Length > segment.Allocated)
        {
            segment.Allocated = (segment.End + _buffer.Length + AllocateBytes) & -AllocateBytes;
            segment.File.Preallocate(segment.Allocated);
        }

        segment.File.Write(segment.End, _buffer.Written);
        segment.IsDirty = true;
        lock (_gate) segment.End += _buffer.Length;
        _buffer.Clear();
    }

    private LogSegment Roll(Lsn first)
    {
        HandOver();
        var before = _segments.Count > 0 ? _segments[^1].LastChecksum : 0;
        var path = Path.Combine(_folder, LogSegment.NameOf(first));
        if (_files.Exists(path)) _files.Delete(path);
        var head = LogSegment.Head(first, before);
        var segment = new LogSegment(_files.Create(path), first) { Allocated = AllocateBytes, IsDirty = true };
        segment.File.Preallocate(segment.Allocated);
        segment.File.Write(0, head);
        segment.LastChecksum = LogSegment.ReadHead(head, first)!.Value.Checksum;
        _files.SyncDirectory(_folder);
        lock (_gate) _segments.Add(segment);
        return segment;
    }

    private void Remove(LogSegment segment)
    {
        lock (_gate) _segments.Remove(segment);
        segment.Dispose();
        _files.Delete(segment.File.Path);
    }

    private void Shorten(LogSegment segment, int keep)
    {
        var end = segment.Offsets[keep];
        segment.LastChecksum = keep > 0 ? ReadRecord(segment, keep - 1).Checksum : HeadChecksumOf(segment);
        segment.File.SetLength(end);
        segment.File.SyncData();
        lock (_gate)
        {
            segment.Offsets.RemoveRange(keep, segment.Offsets.Count - keep);
            (segment.End, segment.Allocated) = (end, end);
        }
    }

    private static ulong HeadChecksumOf(LogSegment segment)
    {
        var head = new byte[LogSegment.HeadBytes];
        segment.File.Read(0, head);
        return LogSegment.ReadHead(head, segment.First)?.Checksum ?? throw new CorruptionException(segment.File.Path, 0, "its head does not check");
    }

    private LogEntry? ReadBackLocked(Lsn lsn)
    {
        for (var i = _segments.Count - 1; i >= 0; i--)
            if (_segments[i].First <= lsn) return lsn <= _segments[i].Last ? ReadRecord(_segments[i], (int)(lsn - _segments[i].First)).Entry : null;
        return null;
    }

    private static LogRecordRead ReadRecord(LogSegment segment, int index)
    {
        var (begin, end) = (segment.Offsets[index], index + 1 < segment.Offsets.Count ? segment.Offsets[index + 1] : segment.End);
        var bytes = new byte[end - begin];
        segment.File.Read(begin, bytes);
        return LogSegment.ReadRecord(bytes, segment.First) ?? throw new CorruptionException(segment.File.Path, begin, $"record {segment.First + index} does not check");
    }

    /// <summary>What is on disk, and not about to be cut there, can be read back.</summary>
    private void DropOldTailLocked()
    {
        var drop = 0;
        while (_tailBytes > _tailBytesMax && drop < _tail.Count && _tail[drop].Lsn <= _readable) _tailBytes -= _tail[drop++].Payload.Length;
        if (drop < TailDropMin)
        {
            for (var i = 0; i < drop; i++) _tailBytes += _tail[i].Payload.Length;
            return;
        }

        _tail.RemoveRange(0, drop);
        _tailFirst += drop;
    }
}
