// The segment files of one folder: makes the next, remembers the old, keeps one released file to be used again.
//
// A recycled file is renamed to its new id. The rename is durable before the head is written, and the head before
// any record, so records of a segment only ever lie in a file that durably has its name. Until then the spare
// keeps its old name, below everything the manifest still needs, where recovery does not look.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <summary>Files of the log. One thread at a time.</summary>
internal sealed class SegmentStore(IFileSystem files, string directory, LogOptions options)
{
    private readonly List<ulong> _older = WalFormat.SegmentsIn(files.ListFiles(directory));
    private ulong? _spare;

    /// <summary>The newest segment that is not being written; 0 when there is none.</summary>
    public ulong Newest => _older.Count == 0 ? 0 : _older[^1];

    /// <summary>Recovered bytes may lie in the page cache only, and a sync that failed in an earlier life may have
    /// marked them clean. Writing the same bytes in place and syncing makes them durable for certain.</summary>
    public void MakeNewestDurable()
    {
        if (_older.Count == 0) return;
        using var file = files.Open(PathOf(Newest), writable: true);
        var end = EndOf(Newest);
        var buffer = new byte[(int)Math.Clamp(end, 1, 1 << 20)];
        for (long at = 0; at < end; at += buffer.Length)
        {
            var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at));
            var read = file.Read(at, piece);
            file.Write(at, piece[..read]);
        }

        file.SyncData();
    }

    /// <param name="bytes">How much to allocate ahead.</param>
    public SegmentWriter Begin(in SegmentHeader header, long bytes)
    {
        Invariant.Holds(header.Segment > Newest);
        var path = PathOf(header.Segment);
        var recycled = _spare is { } spare && files.Exists(PathOf(spare));
        if (recycled) files.Rename(PathOf(_spare!.Value), path);
        _spare = null;
        var file = recycled ? files.Open(path, writable: true) : files.Create(path);
        try
        {
            file.Preallocate(Math.Clamp(bytes, options.SegmentBytesMin, options.SegmentBytesMax));
            files.SyncDirectory(directory);
            return new SegmentWriter(file, in header, options.SegmentBytesMax);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>It is no longer written; kept until released.</summary>
    public void Retire(ulong segment) => _older.Add(segment);

    public void Release(ulong oldestNeeded)
    {
        while (_older.Count > 0 && _older[0] < oldestNeeded)
        {
            var segment = _older[0];
            _older.RemoveAt(0);
            if (_spare is null && LengthOf(segment) <= options.SegmentBytesMax) _spare = segment;
            else files.Delete(PathOf(segment));
        }
    }

    private string PathOf(ulong segment) => Path.Combine(directory, WalFormat.FileName(segment));

    private long LengthOf(ulong segment)
    {
        using var file = files.Open(PathOf(segment));
        return file.Length;
    }

    private long EndOf(ulong segment)
    {
        using var reader = new SegmentReader(files.Open(PathOf(segment)));
        var cursor = new SegmentCursor(reader, segment);
        while (cursor.TryNext(out _))
        {
        }

        return cursor.Header is null ? 0 : cursor.Offset;
    }
}
