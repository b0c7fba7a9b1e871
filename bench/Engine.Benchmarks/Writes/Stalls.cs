// How long single puts took at worst, and what the collector did meanwhile: a put that waits stands in no average.
using System.Globalization;

namespace IngoDB.Benchmarks.Writes;

/// <summary>The slowest of many acts. One thread.</summary>
internal sealed class Stalls
{
    private const double NotedFromMs = 1;
    private const int Shown = 6;

    private readonly List<(double Ms, double AtMs, int Collections)> _noted = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _began;
    private int _collections;

    public void Begin()
    {
        _collections = GC.CollectionCount(0);
        _began = TimeProvider.System.GetTimestamp();
    }

    public void End()
    {
        var ms = TimeProvider.System.GetElapsedTime(_began).TotalMilliseconds;
        if (ms >= NotedFromMs) _noted.Add((ms, TimeProvider.System.GetElapsedTime(_started, _began).TotalMilliseconds, GC.CollectionCount(0) - _collections));
    }

    public override string ToString()
    {
        var longest = _noted.OrderByDescending(stall => stall.Ms).Take(Shown).Select(stall => string.Create(CultureInfo.InvariantCulture, $"{stall.Ms:N1} ms at {stall.AtMs:N0} ({stall.Collections} collections)"));
        return string.Create(CultureInfo.InvariantCulture, $"  {_noted.Count} above {NotedFromMs} ms, the longest {string.Join(", ", longest)}");
    }
}
