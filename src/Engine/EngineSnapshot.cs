// Holding a version readable costs space, since compaction must keep what the holder may still see. So a snapshot is
// a lease: it ends with Dispose, or by itself when its holder stops renewing it, and after that it refuses to read
// rather than show a point in time with holes.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>A point in time that is kept readable until disposed, or until its lease ends without a <see cref="Renew"/>.</summary>
public sealed class EngineSnapshot : IDisposable
{
    private readonly SnapshotRegistry _registry;

    internal EngineSnapshot(SnapshotRegistry registry, ReadPoint point, DateTimeOffset leaseEnds)
        => (_registry, Point, LeaseEnds) = (registry, point, leaseEnds);

    public DocumentVersion Version => Point.Version;

    internal ReadPoint Point { get; }

    internal DateTimeOffset LeaseEnds { get; set; }

    private volatile bool _ended;

    /// <summary>True from the moment on when compaction no longer minds this snapshot.</summary>
    internal bool EndLease(DateTimeOffset now) => _ended |= LeaseEnds < now;

    internal void ThrowIfEnded()
    {
        if (_ended) throw new SnapshotTooOldException($"The lease of the snapshot at {Version} has ended. Take a new one, and renew it while it is in use.");
    }

    /// <summary>Starts the lease again.</summary>
    /// <exception cref="SnapshotTooOldException">The lease had ended; what it saw may be gone.</exception>
    public void Renew()
    {
        _registry.Renew(this);
        ThrowIfEnded();
    }

    public void Dispose()
    {
        _registry.Release(this);
        _ended = true;
    }
}
