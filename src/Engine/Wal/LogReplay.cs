// Recovery of the log, and the one judgement in it: is a broken record a crash, or damage?
//
// A crash leaves the log broken where nothing was acknowledged yet: in the last segment, at or behind the last
// synced record. The next group may be written while one is being synced, so a hole before intact records is
// still a crash. Hence (the rule of protocol-aware recovery): a broken record x is corruption only if somebody
// vouched for x before,
//
//   - a record, even a later one, that carries synced lsn ≥ x, or
//   - a later segment that begins above x: a segment begins only after everything before it was synced
//     (Rotate) or read back and made durable again (Start after a recovery).
//
// Otherwise the log is cut at x and nothing behind the cut is replayed. A cut that an earlier recovery made stays
// where it is: the next segment begins exactly there.
//
// What this does not see: damage to the very last synced group before a power cut. Nothing intact vouches for it,
// so it looks like a torn tail. With copies on other nodes those vouch.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <summary>One run of recovery over a folder. Reads only.</summary>
internal sealed class LogReplay(IFileSystem files, string directory, LogRecordHandler handler)
{
    private ulong? _nextLsn;
    private ulong _epoch;
    private ulong _synced;
    private long _records;
    private DocumentVersion _newest;
    private DocumentVersion _ceiling;

    public LogRecovery Run(ulong oldestSegment)
    {
        var segments = WalFormat.SegmentsIn(files.ListFiles(directory));
        segments.RemoveAll(segment => segment < oldestSegment);
        (string, long)? torn = null;
        ulong before = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            using var reader = Open(segments[i]);
            var cursor = new SegmentCursor(reader, segments[i]);
            CheckBegin(cursor, reader.Path, before, oldestSegment);
            Replay(cursor);
            torn = i == segments.Count - 1 ? JudgeEnd(cursor, reader.Path) : JudgeInside(cursor, reader.Path, segments[i + 1]);
            before = segments[i];
        }

        return new((_nextLsn ?? 1) - 1, _epoch, _newest, _ceiling, _records, torn) { LastSegment = before };
    }

    private SegmentReader Open(ulong segment) => new(files.Open(Path.Combine(directory, WalFormat.FileName(segment))));

    private void CheckBegin(SegmentCursor cursor, string path, ulong before, ulong oldestSegment)
    {
        if (cursor.Header is not { } header) return;
        if (before == 0 ? header.Previous != 0 && header.Previous >= oldestSegment : header.Previous != before)
            throw new CorruptionException(path, 0, $"the segment before it, {WalFormat.FileName(header.Previous)}, is missing");
        if (_nextLsn is { } expected && header.FirstLsn != expected)
            throw new CorruptionException(path, 0, $"it begins with lsn {header.FirstLsn}, the log before it ends with {expected - 1}");
        _epoch = Math.Max(_epoch, header.Epoch);
        _nextLsn = header.FirstLsn;
    }

    private void Replay(SegmentCursor cursor)
    {
        while (cursor.TryNext(out var record))
        {
            handler(in record);
            _records++;
            _nextLsn = record.Lsn + 1;
            _epoch = Math.Max(_epoch, record.Epoch);
            _newest = Max(_newest, record.BaseVersion);
            _ceiling = Max(_ceiling, record.ClockCeiling);
        }

        _synced = Math.Max(_synced, cursor.SyncedLsn);
    }

    /// <summary>Where the last segment ends: cleanly, torn, or damaged.</summary>
    private (string, long)? JudgeEnd(SegmentCursor cursor, string path)
    {
        var behind = cursor.SyncedLsnBehindTheBreak();
        if (cursor.Header is null)
            return behind is null ? (path, 0) : throw new CorruptionException(path, 0, "its head is damaged, and records follow");
        if (Math.Max(_synced, behind ?? 0) >= cursor.NextLsn)
            throw new CorruptionException(path, cursor.Offset, $"record {cursor.NextLsn} is damaged, and it was durable");
        return behind is null && cursor.IsAtCleanEnd() ? null : (path, cursor.Offset);
    }

    /// <summary>A segment with another behind it holds everything up to where that one begins.</summary>
    private (string, long)? JudgeInside(SegmentCursor cursor, string path, ulong nextSegment)
    {
        using var reader = Open(nextSegment);
        var next = SegmentHeader.Read(reader, nextSegment)?.Header;
        if (cursor.Header is null && cursor.SyncedLsnBehindTheBreak() is not null)
            throw new CorruptionException(path, 0, "its head is damaged, and records follow");
        if (next is { } header && cursor.Header is not null && header.FirstLsn > cursor.NextLsn)
            throw new CorruptionException(path, cursor.Offset, $"record {cursor.NextLsn} is damaged, and {WalFormat.FileName(nextSegment)} began behind it");
        if (next is null && !cursor.IsAtCleanEnd() && cursor.Header is not null) return JudgeEnd(cursor, path);
        return null;
    }

    private static DocumentVersion Max(DocumentVersion one, DocumentVersion other) => one > other ? one : other;
}
