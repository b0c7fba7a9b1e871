// STUB of the contract.
namespace IngoDB.Model;

/// <summary>The plainest possible reading of the semantics, over decoded documents: the naive model that every faster path is compared with.</summary>
public static class FilterEvaluator
{
    public static bool Matches(Filter? filter, StoredDocument document) => throw new NotImplementedException();
}

/// <summary>The order of a scan: sort keys, then <c>_id</c> ascending. Total.</summary>
public sealed class ScanOrder(IReadOnlyList<SortKey> keys) : IComparer<StoredDocument>
{
    public IReadOnlyList<SortKey> Keys { get; } = keys;

    public int Compare(StoredDocument? x, StoredDocument? y) => throw new NotImplementedException();
}
