using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>
/// Bounds what is under way in a partition: what comes on top is refused with Busy at once, instead of waiting in a
/// queue that nobody sees. Orleans' own limits are per silo, not per grain. Thread-safe.
/// </summary>
internal sealed class AdmissionGate(string what, int underWayMax)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(25);

    private int _underWay;

    /// <exception cref="BusyException">Too much is under way; nothing was done.</exception>
    public Pass Enter()
    {
        if (Interlocked.Increment(ref _underWay) <= underWayMax) return new(this);
        Interlocked.Decrement(ref _underWay);
        throw new BusyException($"{underWayMax} {what} are under way in this partition.", RetryAfter);
    }

    internal readonly struct Pass(AdmissionGate gate) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref gate._underWay);
    }
}
