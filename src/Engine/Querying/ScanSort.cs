using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The sort keys that matter: ids are unique, so nothing after `_id` does, and `_id` ascending is the order anyway.</summary>
internal sealed record ScanSort(IReadOnlyList<SortKey> Keys)
{
    /// <summary>Ascending by id: the primary order.</summary>
    public bool IsById => Keys.Count == 0;

    public static ScanSort Of(IReadOnlyList<SortKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (!keys[i].Field.IsId) continue;
            return new([.. keys.Take(keys[i].Descending ? i + 1 : i)]);
        }

        return new(keys);
    }
}
