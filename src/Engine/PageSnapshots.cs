// A cursor names a point in time, and somebody has to keep that readable until the next page is asked for. Each page begins the
// lease again; a reader who stays away for longer than a lease is told to begin anew. Two readers may stand at the same point.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>The snapshots that cursors of this engine refer to. Bounded in number; thread-safe.</summary>
internal sealed class PageSnapshots(SnapshotRegistry registry)
{
    private const int SnapshotsMax = 64;

    private readonly Lock _gate = new();
    private readonly List<EngineSnapshot> _kept = [];

    /// <summary>The point in time of a cursor.</summary>
    /// <exception cref="SnapshotTooOldException">What it saw may be gone.</exception>
    public EngineSnapshot At(DocumentVersion version)
    {
        lock (_gate)
        {
            if (_kept.Find(snapshot => snapshot.Version == version) is not { } kept) return KeepLocked(registry.Take(() => ReadPoint.At(version)));
            try
            {
                kept.Renew();
                return kept;
            }
            catch (SnapshotTooOldException)
            {
                // Its lease is over; no cursor can bring it back.
                _kept.Remove(kept);
                throw;
            }
        }
    }

    /// <summary>A cursor that refers to it was given out.</summary>
    public void Keep(EngineSnapshot snapshot)
    {
        lock (_gate)
            if (_kept.Exists(kept => kept.Version == snapshot.Version)) snapshot.Dispose();
            else KeepLocked(snapshot);
    }

    private EngineSnapshot KeepLocked(EngineSnapshot snapshot)
    {
        if (_kept.Count == SnapshotsMax)
        {
            _kept[0].Dispose();
            _kept.RemoveAt(0);
        }

        _kept.Add(snapshot);
        return snapshot;
    }
}
