// Opening a replicated log: what is there, and whether what is missing was ever vouched for.
//
//   record x does not check ─┬─ REPLICA, or a record that checks (also a later one), says that x was synced ──► damage: this copy is broken
//                            └─ nobody does ──────────────────────────────────────────────────────────────► a torn tail: cut there
//
// Damage is not cut away: the copy keeps what it has for a salvage, and is mended from another one. What is left after a torn tail may lie
// in the page cache only; it is written again and synced before anybody counts on it (replication.md, R7).

using IngoDB.Engine.Files;
using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Grains.Replicas;

/// <summary>What was found.</summary>
/// <param name="Log">Open, unless it is damaged.</param>
/// <param name="State">As the core wants it.</param>
/// <param name="Damage">What was vouched for and is not there; null: nothing.</param>
/// <param name="CutAfter">A torn tail was cut behind this lsn; null: none.</param>
internal sealed record RecoveredLog(ReplicaLog? Log, LogState State, string? Damage, Lsn? CutAfter)
{
    /// <summary>Of the last entry that was trimmed.</summary>
    public DocumentVersion BaseVersion { get; init; }
}

/// <summary>One recovery of a folder.</summary>
internal sealed class ReplicaLogRecovery(IFileSystem files, string folder, Lsn syncedByState, int segmentBytesMax = ReplicaLog.SegmentBytesMaxDefault, long tailBytesMax = ReplicaLog.TailBytesMaxDefault)
{
    private readonly List<LogSegment> _segments = [];
    private readonly Dictionary<LogSegment, byte[]> _contents = [];
    private EpochHistory _history = EpochHistory.Empty;
    private DocumentVersion _ceiling;
    private DocumentVersion _version;
    private Lsn _last;
    private Lsn _vouched = syncedByState;
    private ulong _checksum;

    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    /// <exception cref="CorruptionException">The file that says where the log begins does not check.</exception>
    public RecoveredLog Run()
    {
        files.CreateDirectory(folder);
        var begin = CheckedFile.Read(files, Path.Combine(folder, LogBaseFile.Name), ReplicaJson.Default.LogBaseFile) ?? LogBaseFile.Empty;
        (_last, _history, _ceiling, _version) = (new(begin.Lsn), begin.ToHistory(), new(begin.Ceiling), new(begin.LastVersion));
        var names = files.ListFiles(folder).Select(name => (Name: name, First: LogSegment.FirstOf(name))).Where(file => file.First is not null).OrderBy(file => file.First!.Value.Value).ToList();
        var torn = false;
        foreach (var (name, first) in names) torn |= !Take(name, first!.Value, torn);
        if (torn && _vouched > _last)
        {
            foreach (var segment in _segments) segment.Dispose();
            return new(null, LogState.Empty, $"{folder}: record {_last.Next} does not check, and {_vouched} was synced", null);
        }

        if (_vouched > _last) return new(null, LogState.Empty, $"{folder}: the log ends with {_last}, and {_vouched} was synced", null);
        if (torn) CutTail();
        WriteAgain();
        var log = new ReplicaLog(files, folder, _segments, new(begin.Lsn), _last, segmentBytesMax, tailBytesMax);
        return new(log, new LogState(new(begin.Lsn), _last, _last, _history, _ceiling, _version), null, torn ? _last : null) { BaseVersion = new(begin.LastVersion) };
    }

    /// <summary>Reads a segment; behind a break only for what its records vouch for. False: it ends in something that is no clean end.</summary>
    private bool Take(string name, Lsn first, bool isBehindBreak)
    {
        var path = Path.Combine(folder, name);
        var segment = new LogSegment(files.Open(path, writable: true), first);
        var bytes = new byte[segment.File.Length];
        segment.File.Read(0, bytes);
        segment.Allocated = bytes.Length;
        _segments.Add(segment);
        _contents[segment] = bytes;
        var head = LogSegment.ReadHead(bytes, first);
        if (head is { Format: > LogSegment.FormatKnown } newer) throw new UnsupportedFormatException(path, newer.Format, LogSegment.FormatKnown);
        // A segment whose entries are trimmed was about to be deleted; the rest of the log begins behind it.
        if (isBehindBreak || head is null || first != _last.Next)
        {
            if (head is not null && first <= _last) return TakeTrimmed(segment, bytes);
            Vouch(bytes, first, from: 0);
            return false;
        }

        _checksum = head.Value.Checksum;
        return TakeRecords(segment, bytes);
    }

    private bool TakeRecords(LogSegment segment, byte[] bytes)
    {
        var at = LogSegment.HeadBytes;
        while (LogSegment.ReadRecord(bytes.AsMemory(at), segment.First) is { } record && record.Entry.Lsn == _last.Next && record.Before == _checksum)
        {
            var entry = record.Entry;
            segment.Offsets.Add(at);
            (_last, _checksum, _version) = (entry.Lsn, record.Checksum, entry.LastVersion);
            _history = _history.Extend(entry.Epoch, entry.Lsn);
            if (entry.Ceiling > _ceiling) _ceiling = entry.Ceiling;
            _vouched = Lsn.Max(_vouched, record.Synced);
            at += record.Size;
        }

        (segment.End, segment.LastChecksum) = (at, _checksum);
        if (!bytes.AsSpan(at).ContainsAnyExcept((byte)0)) return true;
        Vouch(bytes, segment.First, at);
        return false;
    }

    /// <summary>All of it lies below where the log begins: a deletion that did not come to its end.</summary>
    private bool TakeTrimmed(LogSegment segment, byte[] bytes)
    {
        var (at, last) = (LogSegment.HeadBytes, segment.First.Previous);
        while (LogSegment.ReadRecord(bytes.AsMemory(at), segment.First) is { } record && record.Entry.Lsn == last.Next)
        {
            last = record.Entry.Lsn;
            at += record.Size;
        }

        if (last > _last) return false;
        _segments.Remove(segment);
        _contents.Remove(segment);
        segment.Dispose();
        files.Delete(segment.File.Path);
        return true;
    }

    /// <summary>Records behind the break, wherever they begin: what do they say was synced?</summary>
    private void Vouch(byte[] bytes, Lsn segment, int from)
    {
        for (var at = (from + 7) & -8; at + LogSegment.RecordHeadBytes + LogEntryCodec.EntryHeadBytes <= bytes.Length; at += 8)
        {
            // Cheap first: an entry's lsn is a little above the break, or it is none.
            var lsn = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + LogSegment.RecordHeadBytes));
            if (lsn <= _last.Value || lsn > _last.Value + bytes.Length) continue;
            if (LogSegment.ReadRecord(bytes.AsMemory(at), segment) is { } record) _vouched = Lsn.Max(_vouched, record.Synced);
        }
    }

    private void CutTail()
    {
        for (var i = _segments.Count - 1; i >= 0; i--)
        {
            var segment = _segments[i];
            if (segment.Offsets.Count > 0 || (i == 0 && LogSegment.ReadHead(_contents[segment], segment.First) is not null && segment.First == _last.Next))
            {
                segment.File.SetLength(segment.End);
                segment.Allocated = segment.End;
                segment.IsDirty = true;
                break;
            }

            _segments.RemoveAt(i);
            segment.Dispose();
            files.Delete(segment.File.Path);
        }

        files.SyncDirectory(folder);
    }

    /// <summary>What nobody vouches for may be in memory only, after a sync that failed: write it again.</summary>
    private void WriteAgain()
    {
        foreach (var segment in _segments)
        {
            if (segment.Last <= _vouched && !segment.IsDirty) continue;
            segment.File.Write(0, _contents[segment].AsSpan(0, (int)segment.End));
            segment.File.SyncData();
            segment.IsDirty = false;
        }
    }
}
