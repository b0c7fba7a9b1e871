using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Ranges of entry keys inside one collection.</summary>
internal static class EntryRanges
{
    public static KeyRange Of(CollectionId collection) => KeyRange.Between(EntryKey.Prefix(collection), End(collection));

    /// <param name="ids">A range of id keys.</param>
    public static KeyRange Of(CollectionId collection, KeyRange ids)
    {
        var prefix = EntryKey.Prefix(collection);
        return ids.High is { } high
            ? new(Join(prefix, ids.Low.Span), ids.LowInclusive, Join(prefix, high.Span), ids.HighInclusive)
            : new(Join(prefix, ids.Low.Span), ids.LowInclusive, End(collection), false);
    }

    public static KeyRange After(ReadOnlyMemory<byte> idKey) => new(idKey, LowInclusive: false, null, false);

    public static byte[] Join(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> idKey) => [.. prefix, .. idKey];

    private static ReadOnlyMemory<byte>? End(CollectionId collection)
        => collection.Value == uint.MaxValue ? default(ReadOnlyMemory<byte>?) : EntryKey.Prefix(new(collection.Value + 1)).AsMemory();
}
