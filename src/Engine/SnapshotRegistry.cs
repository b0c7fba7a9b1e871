// Which versions must stay readable. Compaction may drop a superseded version only when no read can ask for it:
//
//   watermark = min(oldest live snapshot, now - retention, newest visible version)
//
// Versions newer than the watermark are all kept, and of those at or below it the newest of each key, since that
// is what a read at the watermark sees. The watermark only rises; a read below it gets SnapshotTooOld. Taking a
// snapshot and computing the watermark exclude each other, so a snapshot can never begin below a watermark that
// a compaction is already using.
//
// A snapshot whose holder went away is not kept for ever: its lease ends, and reading it says so.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>The live snapshots of one engine. Thread-safe; never on the path of a latest read.</summary>
internal sealed class SnapshotRegistry(TimeProvider time, TimeSpan retention, TimeSpan lease, DocumentVersion watermark)
{
    private readonly Lock _gate = new();
    private readonly List<EngineSnapshot> _live = [];
    private DocumentVersion _watermark = watermark;

    /// <summary>Versions below this may be gone.</summary>
    public DocumentVersion Watermark
    {
        get { lock (_gate) return _watermark; }
    }

    public int LiveCount
    {
        get { lock (_gate) return _live.Count; }
    }

    /// <param name="readPoint">Asked inside the gate, so that no watermark can pass it.</param>
    /// <exception cref="SnapshotTooOldException">The read point lies below the watermark.</exception>
    public EngineSnapshot Take(Func<ReadPoint> readPoint)
    {
        lock (_gate)
        {
            var point = readPoint();
            if (point.Version < _watermark)
                throw new SnapshotTooOldException($"Version {point.Version} is older than what is kept (from {_watermark} on). Take a new snapshot.");
            var snapshot = new EngineSnapshot(this, point, time.GetUtcNow() + lease);
            _live.Add(snapshot);
            return snapshot;
        }
    }

    public void Release(EngineSnapshot snapshot)
    {
        lock (_gate) _live.Remove(snapshot);
    }

    /// <summary>The lease starts again, unless it has ended.</summary>
    public void Renew(EngineSnapshot snapshot)
    {
        lock (_gate) snapshot.LeaseEnds = time.GetUtcNow() + lease;
    }

    /// <summary>Raises the watermark as far as it may go now, and returns it.</summary>
    public DocumentVersion Advance(DocumentVersion visible)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _live.RemoveAll(s => s.EndLease(now));
            var next = retention > TimeSpan.Zero ? Min(visible, DocumentVersion.At(now - retention)) : visible;
            foreach (var snapshot in _live) next = Min(next, snapshot.Version);
            if (next > _watermark) _watermark = next;
            return _watermark;
        }
    }

    private static DocumentVersion Min(DocumentVersion left, DocumentVersion right) => left < right ? left : right;
}
