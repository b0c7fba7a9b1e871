// Which tables of a level a read may have to look into at once. Tables are intervals of keys; sweeping them from
// left to right gives components (tables connected through overlaps) and, in each, the point where most of them lie
// on top of each other:
//
//   |--A--|   |---D---|
//     |--B------|                one component A B C D; its depth is 3, at the point where B, C and D lie
//            |-C-|
//
// Time-ordered ids make neighbours touch by a few late rows. Such a hair of overlap costs no read anything and is
// not worth rewriting two tables for, so a table counts only between its second and its last but one quantile.

using System.Collections.Immutable;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <param name="Tables">Everything that is connected.</param>
/// <param name="Deepest">The largest set with a point in common.</param>
internal sealed record OverlapSet(ImmutableArray<TableInfo> Tables, ImmutableArray<TableInfo> Deepest)
{
    private const int QuantilesToTrim = 16;

    public int Depth => Deepest.Length;

    /// <summary>The components of the tables, by key.</summary>
    public static IReadOnlyList<OverlapSet> Of(IEnumerable<TableInfo> tables)
    {
        var sets = new List<OverlapSet>();
        var connected = ImmutableArray.CreateBuilder<TableInfo>();
        var open = new List<TableInfo>();
        ImmutableArray<TableInfo> deepest = [];
        foreach (var table in tables.OrderBy(First, KeyOrder.Instance).ThenBy(t => t.Id))
        {
            open.RemoveAll(t => EndsBefore(t, table));
            if (open.Count == 0) Close();
            open.Add(table);
            connected.Add(table);
            if (open.Count > deepest.Length) deepest = [.. open];
        }

        Close();
        return sets;

        void Close()
        {
            if (connected.Count > 0) sets.Add(new([.. connected], deepest));
            connected.Clear();
            deepest = [];
        }
    }

    /// <summary>Whether one ends before the other begins, hairs aside.</summary>
    public static bool EndsBefore(TableInfo left, TableInfo right) => Last(left).Span.SequenceCompareTo(First(right).Span) < 0;

    private static ReadOnlyMemory<byte> First(TableInfo table) => table.Quantiles.Length >= QuantilesToTrim ? table.Quantiles[1] : table.FirstKey;

    private static ReadOnlyMemory<byte> Last(TableInfo table) => table.Quantiles.Length >= QuantilesToTrim ? table.Quantiles[^2] : table.LastKey;
}
