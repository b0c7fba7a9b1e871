// What indexes of one table say, as sets of rows: ascending arrays, each row once. An entry's reference carries whether the
// table holds a newer version of the same document; it says so in every index, so the reference as a whole is the
// element, and comparing references compares rows.

using System.Runtime.InteropServices;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Evaluates terms over the indexes of one table. One thread at a time.</summary>
/// <param name="indexes">Those of the table; all of the term are there.</param>
internal sealed class RowSets(IReadOnlyDictionary<IndexId, TableIndex> indexes, BudgetMeter meter, ReadCountersBox counters)
{
    private const int EntriesPerCheck = 1 << 12;

    /// <summary>References (<see cref="RowReference.Encoded"/>), ascending. Fewer than there are when the budget ends it.</summary>
    public uint[] Of(IndexTerm term) => term switch
    {
        IndexTerm.Range range => InRanges(range),
        IndexTerm.AllOf all => Intersection(all.Args),
        IndexTerm.AnyOf any => Union(any.Args),
        _ => [],
    };

    private uint[] InRanges(IndexTerm.Range range)
    {
        var entries = new RangeEntries(new(indexes[range.Index.Id], counters), range.Ranges, descending: false);
        var found = new List<uint>();
        while (entries.MoveNext())
        {
            found.Add(entries.Reference.Encoded);
            if (found.Count % EntriesPerCheck == 0 && !meter.ReadEntries(EntriesPerCheck)) return [];
        }

        meter.ReadEntries(found.Count % EntriesPerCheck);
        // Rows of one key ascend and are each there once; those of several keys do not.
        return range.Ranges is [{ IsPoint: true }] ? [.. found] : Distinct(found);
    }

    private static uint[] Distinct(List<uint> found)
    {
        var rows = CollectionsMarshal.AsSpan(found);
        rows.Sort();
        var count = 0;
        foreach (var row in rows)
            if (count == 0 || rows[count - 1] != row) rows[count++] = row;
        return rows[..count].ToArray();
    }

    private uint[] Union(IReadOnlyList<IndexTerm> args)
    {
        var all = new List<uint>();
        foreach (var arg in args) all.AddRange(Of(arg));
        return Distinct(all);
    }

    private uint[] Intersection(IReadOnlyList<IndexTerm> args)
    {
        var all = Of(args[0]);
        for (var i = 1; i < args.Count && all.Length > 0; i++) all = Both(all, Of(args[i]));
        return all;
    }

    private static uint[] Both(ReadOnlySpan<uint> left, ReadOnlySpan<uint> right)
    {
        var both = new List<uint>(Math.Min(left.Length, right.Length));
        for (int l = 0, r = 0; l < left.Length && r < right.Length;)
        {
            if (left[l] == right[r]) both.Add(left[l]);
            var (atLeft, atRight) = (left[l], right[r]);
            if (atLeft <= atRight) l++;
            if (atRight <= atLeft) r++;
        }

        return [.. both];
    }
}
