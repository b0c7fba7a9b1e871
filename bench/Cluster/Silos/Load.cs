using System.Diagnostics;

namespace IngoDB.ClusterBench.Silos;

/// <summary>So many callers, each with one call under way, for a time.</summary>
internal static class Load
{
    /// <param name="operation">Given the ordinals of caller and call; says how many operations it was.</param>
    public static async Task<LoadResult> RunAsync(int callers, TimeSpan duration, Func<int, int, Task<int>> operation)
    {
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var (mine, count) = (new List<double>(), 0L);
            for (var call = 0; Stopwatch.GetElapsedTime(began) < duration; call++)
            {
                var asked = Stopwatch.GetTimestamp();
                count += await operation(caller, call);
                mine.Add(Stopwatch.GetElapsedTime(asked).TotalMicroseconds);
            }

            return (mine, count);
        })));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var all = new Samples(times.SelectMany(t => t.mine));
        return new(times.Sum(t => t.count), seconds, all.Quantile(0.5), all.Quantile(0.99));
    }
}

/// <summary>Times of one call in microseconds.</summary>
internal sealed record LoadResult(long Operations, double Seconds, double P50Microseconds, double P99Microseconds)
{
    public double PerSecond => Operations / Seconds;
}

/// <summary>Values in order.</summary>
internal sealed class Samples
{
    private readonly double[] _sorted;

    public Samples(IEnumerable<double> values)
    {
        _sorted = [.. values];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    /// <summary>The smallest value that at least this share of all does not exceed.</summary>
    public double Quantile(double share) => _sorted.Length == 0 ? double.NaN : _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Length) - 1, 0, _sorted.Length - 1)];
}
