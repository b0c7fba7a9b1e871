// How one merge is shared by several threads. Its keys are cut where the rows of the inputs are cut into equal parts,
// as far as their quantiles tell; each part is merged by itself and leaves tables of its own, and the outputs of all
// parts, one after the other, are what one thread would have written, only cut at other keys.
//
//   inputs   |------A------|            cut at the key below which a half of the rows of A, B and C lies
//               |------B------|
//            |-----------C------------|
//            └─ thread 1 ─┴─ thread 2 ─┘
//
// A cut is a whole key, so that all versions of one are met by one thread. A part is worth a thread only from some
// megabytes on: every part ends with a sync and a table.

using System.Collections.Immutable;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>Where a merge is cut into parts; pure.</summary>
internal static class MergeParts
{
    public const long PartBytesMin = 4L << 20;

    /// <summary>The keys, ascending, at which the second and every later part begins; at most <paramref name="partsMax"/> - 1.</summary>
    public static ImmutableArray<ReadOnlyMemory<byte>> Cuts(CompactionChoice.Merge choice, int partsMax, long partBytesMin = PartBytesMin)
    {
        var parts = Math.Min(partsMax, choice.Inputs.Sum(t => t.FileBytes) / Math.Max(1, partBytesMin));
        var rows = RowDistribution.Of(choice.Inputs);
        if (parts < 2 || rows.TotalRows == 0) return [];

        var cuts = new SortedSet<ReadOnlyMemory<byte>>(KeyOrder.Instance);
        for (var i = 1; i < parts; i++) cuts.Add(Nearest(choice.Boundaries, rows, i / (double)parts, 0.25 / parts) ?? rows.KeyAt(i / (double)parts));
        return [.. cuts];
    }

    // Tables are cut at boundaries anyway; one that is near enough does for both.
    private static ReadOnlyMemory<byte>? Nearest(ImmutableArray<ReadOnlyMemory<byte>> boundaries, RowDistribution rows, double wanted, double distanceMax)
    {
        ReadOnlyMemory<byte>? nearest = null;
        foreach (var boundary in boundaries)
        {
            var distance = Math.Abs(rows.RankOf(boundary.Span) - wanted);
            if (distance < distanceMax) (nearest, distanceMax) = (boundary, distance);
        }

        return nearest;
    }
}
