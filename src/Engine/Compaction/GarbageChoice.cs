// Overlap alone never rewrites a table that nothing overlaps, and what is dead in it would stay for ever. So a table
// is also rewritten for what it would lose:
//
//   superseded   versions below a newer one of the same key, once the whole table is at or below the watermark
//   dropped      rows of collections that are gone
//   hiding       deletions and expired rows; they can go only together with every older version they hide, so the
//                inputs are the table and all older tables that overlap it, if the hiding rows are worth that
//
// Each choice strictly shrinks what it counts: a table is never rewritten twice for the same garbage.

using System.Collections.Immutable;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>Finds tables that are mostly garbage.</summary>
internal static class GarbageChoice
{
    /// <summary>Rewriting pays when at least this fraction of the rows that it reads goes away.</summary>
    private const double SureFraction = 0.5;

    private const double HidingFraction = 0.25;

    /// <summary>Sets worth rewriting, none of which holds an excluded table.</summary>
    public static IEnumerable<(ImmutableArray<TableInfo> Inputs, CompactionCause Cause)> In(CompactionView view)
    {
        foreach (var table in view.Tables)
        {
            if (view.Excluded.Contains(table.Id)) continue;
            var dropped = DroppedRows(table, view);
            var superseded = table.NewestVersion <= view.Watermark ? table.SupersededCount : 0;
            if (Outweighs(dropped, table.EntryCount)) yield return ([table], CompactionCause.DroppedCollection);
            else if (Outweighs(Math.Max(dropped, superseded), table.EntryCount)) yield return ([table], CompactionCause.Garbage);
            else if (WithWhatItHides(table, view) is { IsEmpty: false } inputs) yield return (inputs, CompactionCause.Garbage);
        }
    }

    /// <summary>Every row belongs to a collection that is gone: nothing needs to be read to drop it.</summary>
    public static bool IsWhollyDropped(TableInfo table, ImmutableHashSet<Entries.CollectionId> dropped)
        => !table.Collections.IsEmpty && table.Collections.All(c => dropped.Contains(c.Collection));

    private static bool Outweighs(long garbage, long entries) => garbage > 0 && garbage >= entries * SureFraction;

    private static long DroppedRows(TableInfo table, CompactionView view)
        => view.DroppedCollections.IsEmpty ? 0 : table.Collections.Where(c => view.DroppedCollections.Contains(c.Collection)).Sum(c => c.Rows);

    private static ImmutableArray<TableInfo> WithWhatItHides(TableInfo table, CompactionView view)
    {
        if (table.NewestVersion > view.Watermark) return [];
        var hiding = table.DeleteCount + (table.ExpiringCount > 0 && table.ExpiresMax <= view.Watermark ? table.ExpiringCount : 0);
        if (hiding == 0 || hiding < table.EntryCount * SureFraction) return [];

        var hidden = view.Tables.Where(t => t.Id != table.Id && t.OldestVersion < table.NewestVersion && KeysOverlap(t, table)).ToList();
        if (hidden.Any(t => view.Excluded.Contains(t.Id))) return [];
        return hiding >= (table.EntryCount + hidden.Sum(t => t.EntryCount)) * HidingFraction ? [table, .. hidden] : [];
    }

    /// <summary>Exactly, hairs included: a single older version that stays behind would come back to life.</summary>
    private static bool KeysOverlap(TableInfo left, TableInfo right)
        => left.FirstKey.Span.SequenceCompareTo(right.LastKey.Span) <= 0 && right.FirstKey.Span.SequenceCompareTo(left.LastKey.Span) <= 0;
}
