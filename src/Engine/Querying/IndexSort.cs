// Which orders an index can give, and which part of it. Keys of an index are those of its fields one after the other, all
// ascending; read backwards all descend. So a sort by several fields is an order of an index when all its fields go the same way:
//
//   category+price        sort category, price            forwards
//                         sort category desc, price desc  backwards
//                         sort category, price desc       no: each category would have to be turned round
//
// Nulls at another end than their own are two stretches of the index, which works out for one field only.

using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Sort keys that the last fields of an index may give.</summary>
internal sealed record IndexSort(IReadOnlyList<SortKey> Keys)
{
    public bool Descending => Keys[0].Descending;

    /// <summary>Where nulls go when that is not their own place; null with several keys.</summary>
    public NullsOrder? Nulls => Keys[0].Nulls;

    /// <summary>E.g. <c>category+price</c>.</summary>
    public string Text => string.Join('+', Keys.Select(key => key.Field.Text));

    /// <summary>Null: no index gives this order.</summary>
    public static IndexSort? Of(ScanSort sort)
    {
        if (sort.IsById) return null;
        foreach (var key in sort.Keys)
            if (key.Field.IsId || key.Field.IsVersion || key.Field.FansOut || key.Field.StartsAtElement || key.Descending != sort.Keys[0].Descending || (sort.Keys.Count > 1 && key.Nulls is not null)) return null;
        return new(sort.Keys);
    }
}

/// <summary>A part of an index that lies in the order of a sort.</summary>
/// <param name="Prefix">The one key of all fields before those sorted by; empty when there are none.</param>
/// <param name="Ranges">Of keys of the first field sorted by.</param>
/// <param name="IsLast">It is the last field, too.</param>
internal sealed record IndexStretch(ReadOnlyMemory<byte> Prefix, KeyRange[] Ranges, bool IsLast)
{
    /// <summary>As ranges of whole keys.</summary>
    public KeyRange[] Keys => Under(Ranges);

    public KeyRange[] Under(KeyRange[] ranges) => IndexUse.Under(Prefix, ranges, IsLast);
}
