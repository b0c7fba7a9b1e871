// Where the outputs of a merge are cut. The partition is thought of as S shards of equal numbers of rows, S a power
// of two, so that the cuts of a small S are among those of a larger one and tables of different levels end at the
// same keys. S is the smallest that keeps a shard of this density under TableBytesMax.
//
// Quantiles are estimates and move as data arrives. A cut therefore snaps to a key at which a table begins already,
// if one is near: otherwise every merge would cut a little beside the last one, and the slivers would overlap.

using System.Collections.Immutable;
using System.Numerics;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>Decides the keys at which a new output begins.</summary>
internal static class ShardBoundaries
{
    /// <summary>How far a cut may move to meet an existing one, in shards.</summary>
    private const double SnapShards = 0.25;

    public static ImmutableArray<ReadOnlyMemory<byte>> For(IReadOnlyCollection<TableInfo> inputs, IEnumerable<TableInfo> all, RowDistribution rows, long tableBytesMax)
    {
        var bytes = inputs.Sum(t => t.FileBytes);
        if (bytes <= tableBytesMax || rows.TotalRows == 0) return [];

        var first = inputs.Select(t => t.FirstKey).Min(KeyOrder.Instance);
        var last = inputs.Select(t => t.LastKey).Max(KeyOrder.Instance);
        var share = Math.Max(rows.Share(first.Span, last.Span), RowDistribution.ShareMin);
        var shards = ShardsFor(bytes / share / tableBytesMax);
        var present = all.Select(t => t.FirstKey).ToList();

        var boundaries = new SortedSet<ReadOnlyMemory<byte>>(KeyOrder.Instance);
        for (var i = (long)(rows.RankOf(first.Span) * shards); i < shards; i++)
        {
            var key = Snap(rows.KeyAt(i / (double)shards), present, rows, SnapShards / shards);
            if (key.Span.SequenceCompareTo(first.Span) <= 0) continue;
            if (key.Span.SequenceCompareTo(last.Span) > 0) break;
            boundaries.Add(key);
        }

        return [.. boundaries];
    }

    private static long ShardsFor(double tables) => (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(Math.Ceiling(tables), 1, 1L << 40));

    private static ReadOnlyMemory<byte> Snap(ReadOnlyMemory<byte> key, List<ReadOnlyMemory<byte>> present, RowDistribution rows, double distanceMax)
    {
        var wanted = rows.RankOf(key.Span);
        var (nearest, distance) = (key, distanceMax);
        foreach (var candidate in present)
        {
            var there = Math.Abs(rows.RankOf(candidate.Span) - wanted);
            if (there < distance) (nearest, distance) = (candidate, there);
        }

        return nearest;
    }
}
