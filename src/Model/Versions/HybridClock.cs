// A hybrid logical clock (Kulkarni et al., 2014, here in the 64-bit form that CockroachDB and YugabyteDB use):
// wall milliseconds in the high 48 bits, a counter in the low 16. It never goes back: when the wall clock does,
// the counter carries on from where it was. Observe(v) makes every later version greater than v, which is how a
// partition promises never to write below a snapshot that it has served.
//
// One thread at a time may take versions (the partition's writer); Latest may be read by any.

namespace IngoDB.Model;

/// <summary>Gives strictly increasing versions that follow the wall clock when it goes forward.</summary>
public sealed class HybridClock(TimeProvider time, DocumentVersion startAfter = default)
{
    private ulong _latest = startAfter.Raw;

    /// <summary>The greatest version given or observed so far.</summary>
    public DocumentVersion Latest => new(Volatile.Read(ref _latest));

    /// <summary>Reserves <paramref name="count"/> consecutive versions and returns the first.</summary>
    public DocumentVersion Take(int count = 1)
    {
        Invariant.Holds(count > 0);
        var wall = DocumentVersion.At(time.GetUtcNow()).Raw;
        while (true)
        {
            var latest = Volatile.Read(ref _latest);
            var first = Math.Max(latest + 1, wall);
            if (Interlocked.CompareExchange(ref _latest, first + (ulong)count - 1, latest) == latest) return new(first);
        }
    }

    /// <summary>The present, without taking it: max(wall clock, latest).</summary>
    public DocumentVersion Now() => new(Math.Max(DocumentVersion.At(time.GetUtcNow()).Raw, Latest.Raw));

    /// <summary>Every version taken from now on is greater than <paramref name="version"/>.</summary>
    public void Observe(DocumentVersion version)
    {
        ulong latest;
        while ((latest = Volatile.Read(ref _latest)) < version.Raw)
            if (Interlocked.CompareExchange(ref _latest, version.Raw, latest) == latest) return;
    }
}
