// How long executions took, in powers of two: bucket i counts those of 2^(i-1) to 2^i microseconds, bucket 0 those below
// one. That is enough to tell a shape that is always slow from one that is slow now and then, costs one count a query, and
// adds up over partitions.

using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace IngoDB.Engine.Statistics;

/// <summary>Counts of durations. Not thread-safe; a value inside its owner, nothing is allocated to count.</summary>
internal struct TimeHistogram
{
    /// <summary>The last one holds everything above half a minute.</summary>
    public const int Buckets = 26;

    private Counts _counts;

    public void Add(TimeSpan time, int executions) => _counts[BucketOf(time)] += executions;

    public static int BucketOf(TimeSpan time)
        => Math.Min(Buckets - 1, BitOperations.Log2((ulong)Math.Max(0, time.Ticks / TimeSpan.TicksPerMicrosecond) << 1 | 1));

    public readonly ImmutableArray<long> Read() => [.. ((ReadOnlySpan<long>)_counts)];

    public void Restore(ReadOnlySpan<long> counts) => counts[..Math.Min(counts.Length, Buckets)].CopyTo(_counts);

    /// <summary>The upper end of the bucket that the quantile lies in; zero when nothing was counted.</summary>
    public static TimeSpan Quantile(ImmutableArray<long> counts, double quantile)
    {
        if (counts.IsDefaultOrEmpty) return TimeSpan.Zero;
        var (left, bucket) = (counts.Sum() * quantile, 0);
        if (left <= 0) return TimeSpan.Zero;
        while (bucket < counts.Length - 1 && (left -= counts[bucket]) > 0) bucket++;
        return TimeSpan.FromMicroseconds(1L << bucket);
    }

    public static ImmutableArray<long> Sum(ImmutableArray<long> left, ImmutableArray<long> right)
    {
        if (left.IsDefaultOrEmpty) return right;
        if (right.IsDefaultOrEmpty) return left;
        var sum = left.ToBuilder();
        for (var i = 0; i < Math.Min(sum.Count, right.Length); i++) sum[i] += right[i];
        return sum.ToImmutable();
    }

    [InlineArray(Buckets)]
    private struct Counts
    {
        private long _first;
    }
}
