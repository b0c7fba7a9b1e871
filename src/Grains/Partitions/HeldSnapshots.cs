// A snapshot of the cluster is a version that every partition keeps readable. Its holder may crash or forget, so what
// is held here is always a lease, renewed by those who still need it.

using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>
/// Snapshots that clients hold: a lease in the engine each, renewed by its holders, counted because two may hold the
/// same point in time. A holder that goes away is forgotten when the lease is over. One turn at a time (the grain's).
/// </summary>
internal sealed class HeldSnapshots(StorageEngine engine, TimeProvider time) : IDisposable
{
    private readonly Dictionary<ulong, Held> _held = [];

    public async ValueTask HoldAsync(DocumentVersion version, CancellationToken cancellationToken)
    {
        ForgetEnded();
        var snapshot = await engine.SnapshotAtAsync(version, cancellationToken);
        var holders = 1;
        if (_held.Remove(version.Raw, out var known))
        {
            holders += known.Holders;
            known.Snapshot.Dispose();
        }

        _held[version.Raw] = new(snapshot, holders, time.GetTimestamp());
    }

    /// <exception cref="SnapshotTooOldException">The lease had ended and what it saw is gone.</exception>
    public async ValueTask RenewAsync(DocumentVersion version, CancellationToken cancellationToken)
    {
        ForgetEnded();
        if (_held.TryGetValue(version.Raw, out var known))
        {
            known.Snapshot.Renew();
            _held[version.Raw] = known with { RenewedAt = time.GetTimestamp() };
        }
        else
        {
            // A restarted partition does not know its holders; what they see is still there if it is young enough.
            await HoldAsync(version, cancellationToken);
        }
    }

    public void Release(DocumentVersion version)
    {
        if (!_held.TryGetValue(version.Raw, out var known)) return;
        if (known.Holders > 1) _held[version.Raw] = known with { Holders = known.Holders - 1 };
        else Forget(version.Raw, known);
    }

    public void Dispose()
    {
        foreach (var held in _held.Values) held.Snapshot.Dispose();
        _held.Clear();
    }

    private void ForgetEnded()
    {
        foreach (var (version, held) in _held.ToList())
            if (time.GetElapsedTime(held.RenewedAt) > engine.Options.SnapshotLease) Forget(version, held);
    }

    private void Forget(ulong version, Held held)
    {
        _held.Remove(version);
        held.Snapshot.Dispose();
    }

    private sealed record Held(EngineSnapshot Snapshot, int Holders, long RenewedAt);
}
