// Recovery of the log, and the one judgement in it: is a broken record a crash, or damage?
//
// A crash leaves the log broken where nothing was acknowledged yet: at or behind the last synced record. More may be written
// while that is being synced, in this segment and in the next (a segment begins without waiting for the one before), so
// a hole before intact records is still a crash. Hence (the rule of protocol-aware recovery): a broken record x is
// corruption only if somebody vouched for x before: a head or a record, even a later one, that carries synced lsn ≥ x.
//
// Otherwise the log is cut at x and nothing behind the cut is replayed. The next log says in its head which segment it
// continues and with which lsn, so a cut stays where it was made, and what lies behind it is never read again:
//
//   1 ◄── 2 ◄── 5        3 and 4 were behind a cut in 2: the chain of heads does not lead through them
//
// What this does not see: damage to the very last synced group before a power cut. Nothing intact vouches for it,
// so it looks like a torn tail. With copies on other nodes those vouch.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <summary>One run of recovery over a folder. Reads only.</summary>
/// <param name="handler">Told of every record; null: nobody is.</param>
internal sealed class LogReplay(IFileSystem files, string directory, LogRecordHandler? handler)
{
    private readonly ReplayedParts _parts = new();
    private readonly List<ReplayedSegment> _segments = [];
    private ulong? _nextLsn;
    private ulong _epoch;
    private ulong _synced;
    private long _records;
    private DocumentVersion _newest;
    private DocumentVersion _ceiling;

    public LogRecovery Run(ulong oldestSegment)
    {
        var chain = SegmentChain.Find(files, directory, oldestSegment);
        var torn = chain.Links.Count == 0 ? JudgeHeadless(chain) : null;
        ulong last = 0;
        for (var i = 0; i < chain.Links.Count && torn is null; i++)
        {
            using var reader = SegmentChain.Open(files, directory, chain.Links[i]);
            var cursor = new SegmentCursor(reader, chain.Links[i]);
            if (cursor.Header is { } header) last = Begin(header, reader.Path);
            Replay(cursor);
            torn = JudgeEnd(cursor, reader.Path, chain, i);
        }

        return new((_nextLsn ?? 1) - 1, _epoch, _newest, _ceiling, _records, torn) { LastSegment = last, Segments = _segments, Unsynced = _parts.After(_synced) };
    }

    private ulong Begin(SegmentHeader header, string path)
    {
        if (_nextLsn is { } expected && header.FirstLsn != expected)
            throw new CorruptionException(path, 0, $"it begins with lsn {header.FirstLsn}, the log before it ends with {expected - 1}");
        _epoch = Math.Max(_epoch, header.Epoch);
        _ceiling = Max(_ceiling, header.ClockCeiling);
        _nextLsn = header.FirstLsn;
        return header.Segment;
    }

    private void Replay(SegmentCursor cursor)
    {
        _parts.Begin(cursor.Segment);
        for (var began = cursor.Offset; cursor.TryNext(out var record); began = cursor.Offset)
        {
            handler?.Invoke(in record);
            _parts.Add(record.Lsn, began, cursor.Offset);
            _records++;
            _nextLsn = record.Lsn + 1;
            _newest = Max(_newest, record.BaseVersion);
            _ceiling = Max(_ceiling, record.ClockCeiling);
        }

        if (cursor.Offset > WalFormat.HeaderBytes) _segments.Add(new(cursor.Segment, cursor.Offset));
        _synced = Math.Max(_synced, cursor.SyncedLsn);
    }

    /// <summary>Where a segment ends: cleanly, because the next one continues it (both null), torn, or damaged.</summary>
    private (string, long)? JudgeEnd(SegmentCursor cursor, string path, SegmentChain chain, int at)
    {
        var expected = _nextLsn ?? 1;
        var isLast = at == chain.Links.Count - 1;
        if (!isLast && FirstLsnOf(chain.Links[at + 1]) is { } next && next <= expected) return null;

        var behind = cursor.SyncedLsnBehindTheBreak(expected);
        _synced = Math.Max(_synced, behind ?? 0);
        for (var later = at + 1; later < chain.Links.Count; later++) _synced = Math.Max(_synced, SyncedLsnOf(chain.Links[later], expected));
        if (_synced >= expected)
            throw new CorruptionException(path, cursor.Offset, cursor.Header is null ? "its head is damaged, and records follow" : $"record {expected} is damaged, and it was durable");
        return isLast && behind is null && cursor.IsAtCleanEnd() ? JudgeHeadless(chain) : (path, cursor.Offset);
    }

    /// <summary>What follows the end of the log without a head: prepared for later (null), torn as it began, or damaged.</summary>
    private (string, long)? JudgeHeadless(SegmentChain chain)
    {
        (string, long)? torn = null;
        foreach (var segment in chain.Headless)
        {
            using var reader = SegmentChain.Open(files, directory, segment);
            if (Math.Max(_synced, SyncedLsnOf(segment, _nextLsn ?? 1)) >= (_nextLsn ?? 1))
                throw new CorruptionException(reader.Path, 0, "its head is damaged, and records follow");
            if (!SegmentHeader.IsOfAnEarlierLife(reader, segment)) torn ??= (reader.Path, 0);
        }

        return torn;
    }

    private ulong? FirstLsnOf(ulong segment)
    {
        using var reader = SegmentChain.Open(files, directory, segment);
        return SegmentHeader.Read(reader, segment)?.Header.FirstLsn;
    }

    private ulong SyncedLsnOf(ulong segment, ulong expectedLsn)
    {
        using var reader = SegmentChain.Open(files, directory, segment);
        var cursor = new SegmentCursor(reader, segment);
        while (cursor.TryNext(out _))
        {
        }

        return Math.Max(cursor.SyncedLsn, cursor.SyncedLsnBehindTheBreak(expectedLsn) ?? 0);
    }

    private static DocumentVersion Max(DocumentVersion one, DocumentVersion other) => one > other ? one : other;
}
