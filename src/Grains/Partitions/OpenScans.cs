// The next page of a scan is cheapest where the last one stopped, with the stream still open. But a stream holds a
// snapshot, and clients go away without a word; so open scans are a cache, bounded and short-lived, never a promise.

namespace IngoDB.Grains.Partitions;

/// <summary>
/// The scans of one partition that are between two pages: a bounded number (the one idle longest makes room), each for
/// a short time. Nothing depends on a scan being here; its token alone is enough to begin again. Thread-safe.
/// </summary>
internal sealed class OpenScans(TimeProvider time, int scansMax = 64) : IDisposable
{
    public static TimeSpan IdleMax { get; } = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, OpenScan> _idle = [];
    private bool _disposed;

    public int Count
    {
        get { lock (_gate) return _idle.Count; }
    }

    /// <summary>Takes the scan out, for one page; null when it is gone, in use, or cannot go on from there.</summary>
    public OpenScan? Take(ulong id, ReadOnlySpan<byte> after)
    {
        OpenScan? scan;
        lock (_gate)
            if (!_idle.Remove(id, out scan)) return null;
        if (scan.CanGoOnAfter(after)) return scan;
        scan.Dispose();
        return null;
    }

    /// <summary>Puts it back for its next page.</summary>
    public void Put(ulong id, OpenScan scan)
    {
        List<OpenScan> closed = [];
        lock (_gate)
        {
            scan.UsedAt = time.GetTimestamp();
            if (_disposed) closed.Add(scan);
            else if (!_idle.TryAdd(id, scan)) closed.Add(scan);
            if (_idle.Count > scansMax) closed.Add(RemoveLocked(_idle.MinBy(s => s.Value.UsedAt).Key));
        }

        foreach (var scan1 in closed) scan1.Dispose();
    }

    /// <summary>Closes those that nobody has asked for lately.</summary>
    public void CloseIdle()
    {
        List<OpenScan> closed = [];
        lock (_gate)
        {
            foreach (var (id, scan) in _idle.Where(s => time.GetElapsedTime(s.Value.UsedAt) > IdleMax).ToList()) closed.Add(RemoveLocked(id));
        }

        foreach (var scan in closed) scan.Dispose();
    }

    public void Dispose()
    {
        List<OpenScan> closed;
        lock (_gate)
        {
            _disposed = true;
            closed = [.. _idle.Values];
            _idle.Clear();
        }

        foreach (var scan in closed) scan.Dispose();
    }

    private OpenScan RemoveLocked(ulong id)
    {
        _idle.Remove(id, out var scan);
        return scan!;
    }
}
