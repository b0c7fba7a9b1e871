// The segment files of one folder: prepares the next, remembers the old, keeps a few released files to be used again.
//
// The next segment is prepared ahead, beside the writers: its blocks are allocated, its name is durable and its pages are mapped,
// so that beginning it costs the writer who fills the one before no more than a head.
//
// A recycled file is renamed to its new id. The rename is durable before the head is written, so records of a segment only ever
// lie in a file that durably has its name. Until then the spare keeps its old name, below everything the manifest
// still needs, where recovery does not look. How far a spare was written is remembered: a sync over blocks that were written
// before leaves the file system's journal in peace (SegmentWriter.cs).

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <summary>Files of the log. Thread-safe.</summary>
internal sealed class SegmentStore(IFileSystem files, string directory, LogOptions options) : IDisposable
{
    private const int SparesMax = 2;

    private readonly Lock _gate = new();
    private readonly List<(ulong Segment, long Written)> _older = [.. WalFormat.SegmentsIn(files.ListFiles(directory)).Select(segment => (segment, 0L))];
    private readonly Queue<(ulong Segment, long Written)> _spares = new();
    private (ulong Segment, IFile File, long Written)? _prepared;
    private ulong _newest;

    /// <summary>The segment that is ready to begin; null when none is.</summary>
    public ulong? Prepared
    {
        get
        {
            lock (_gate) return _prepared?.Segment;
        }
    }

    /// <summary>Recovered bytes may lie in the page cache only, and a sync that failed in an earlier life may have
    /// marked them clean. Writing the same bytes in place and syncing makes them durable for certain.</summary>
    public void MakeDurable(IReadOnlyList<UnsyncedPart> parts)
    {
        foreach (var part in parts)
        {
            using var file = files.Open(PathOf(part.Segment), writable: true);
            var buffer = new byte[(int)Math.Clamp(part.To - part.From, 1, 1 << 20)];
            for (var at = part.From; at < part.To; at += buffer.Length)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, part.To - at));
                var read = file.Read(at, piece);
                file.Write(at, piece[..read]);
            }

            file.SyncData();
        }
    }

    /// <summary>Makes a segment ready; may run beside everything else. Where the log has gone on without it, it is given up.</summary>
    public void Prepare(ulong segment, long bytes)
    {
        var (file, written) = Make(segment, bytes);
        lock (_gate)
        {
            if (_prepared is null && segment > _newest)
            {
                _prepared = (segment, file, written);
                return;
            }
        }

        file.Dispose();
        files.Delete(PathOf(segment));
    }

    /// <summary>The file of a segment that begins now, and up to where it was written in an earlier life.</summary>
    public (IFile File, long Written) Take(ulong segment, long bytes)
    {
        (ulong Segment, IFile File, long Written)? prepared;
        lock (_gate)
        {
            Invariant.Holds(segment > _newest && (_older.Count == 0 || segment > _older[^1].Segment));
            _newest = segment;
            (prepared, _prepared) = (_prepared, null);
        }

        if (prepared is { } ready && ready.Segment == segment) return (ready.File, ready.Written);
        if (prepared is { } other)
        {
            other.File.Dispose();
            files.Delete(PathOf(other.Segment));
        }

        return Make(segment, bytes);
    }

    /// <summary>It is no longer written; kept until released.</summary>
    public void Retire(ulong segment, long written)
    {
        lock (_gate) _older.Add((segment, written));
    }

    public void Release(ulong oldestNeeded)
    {
        while (true)
        {
            ulong segment;
            long written;
            lock (_gate)
            {
                if (_older.Count == 0 || _older[0].Segment >= oldestNeeded) return;
                (segment, written) = _older[0];
                _older.RemoveAt(0);
            }

            var isSpare = LengthOf(segment) <= options.SegmentBytesMax;
            lock (_gate)
            {
                isSpare &= _spares.Count < SparesMax;
                if (isSpare) _spares.Enqueue((segment, written));
            }

            if (!isSpare) files.Delete(PathOf(segment));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _prepared?.File.Dispose();
            _prepared = null;
        }
    }

    private (IFile File, long Written) Make(ulong segment, long bytes)
    {
        (ulong Segment, long Written)? spare;
        lock (_gate) spare = _spares.TryDequeue(out var released) ? released : null;
        var path = PathOf(segment);
        var recycled = spare is { } old && files.Exists(PathOf(old.Segment));
        if (recycled) files.Rename(PathOf(spare!.Value.Segment), path);
        var file = recycled ? files.Open(path, writable: true) : files.Create(path);
        try
        {
            file.Preallocate(Math.Clamp(bytes, options.SegmentBytesMin, options.SegmentBytesMax));
            file.Map(Math.Max(file.Length, options.SegmentBytesMax));
            files.SyncDirectory(directory);
            return (file, recycled ? spare!.Value.Written : 0);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private string PathOf(ulong segment) => Path.Combine(directory, WalFormat.FileName(segment));

    private long LengthOf(ulong segment)
    {
        using var file = files.Open(PathOf(segment));
        return file.Length;
    }
}
