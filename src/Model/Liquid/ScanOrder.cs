namespace IngoDB.Model;

/// <summary>
/// The order of a scan: sort keys, then <c>_id</c> ascending. Total. Missing is below everything and descending is the
/// exact reverse; <see cref="SortKey.Nulls"/> moves null and missing to one end without changing the rest.
/// </summary>
public sealed class ScanOrder(IReadOnlyList<SortKey> keys) : IComparer<StoredDocument>
{
    public IReadOnlyList<SortKey> Keys { get; } = keys;

    public int Compare(StoredDocument? x, StoredDocument? y)
    {
        Invariant.Holds(x is not null && y is not null);
        foreach (var key in Keys)
            if (Compare(key, key.Field.In(x), key.Field.In(y)) is not 0 and var byKey) return byKey;
        return x.Id.CompareTo(y.Id);
    }

    private static int Compare(SortKey key, in Value left, in Value right)
    {
        var byNulls = key.Nulls is null ? 0 : IsNull(left).CompareTo(IsNull(right));
        if (byNulls != 0) return key.Nulls == NullsOrder.Last ? byNulls : -byNulls;
        var byValue = left.CompareTo(right);
        return key.Descending ? -byValue : byValue;
    }

    private static bool IsNull(in Value value) => value.Kind is ValueKind.Missing or ValueKind.Null;
}
