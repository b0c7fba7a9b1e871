// An atomic batch by partition: each has the pages of its own writes, and knows where their outcomes belong.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>What one partition has of the batch.</summary>
/// <param name="Pages">Its writes by collection, in the order of the batch.</param>
/// <param name="Positions">Where the i-th of them stands in the batch.</param>
internal sealed record TransactionPart(int Partition, CollectionPage[] Pages, int[] Positions);

/// <summary>A batch split by partition. Pure.</summary>
/// <param name="Count">Writes.</param>
/// <param name="Parts">By partition, ascending.</param>
internal sealed record TransactionSplit(int Count, IReadOnlyList<TransactionPart> Parts)
{
    /// <exception cref="InvalidRequestException"><c>batch.too_large</c>, <c>write.bad_page</c>.</exception>
    public static TransactionSplit Of(DatabaseMap map, IReadOnlyList<CollectionPage> pages)
    {
        var parts = new SortedDictionary<int, (List<CollectionPage> Pages, List<int> Positions)>();
        var before = 0;
        foreach (var page in pages)
        {
            var split = WriteSplit.Of(map, page.Page);
            foreach (var part in split.Parts)
            {
                if (!parts.TryGetValue(part.Partition, out var mine)) parts[part.Partition] = mine = ([], []);
                mine.Pages.Add(new() { Collection = page.Collection, CollectionId = page.CollectionId, Page = part.Page });
                foreach (var position in part.Positions) mine.Positions.Add(before + position);
            }

            before += split.Count;
        }

        Check(before, pages);
        return new(before, [.. parts.Select(part => new TransactionPart(part.Key, [.. part.Value.Pages], [.. part.Value.Positions]))]);
    }

    /// <summary>The id of a write, as a message names it.</summary>
    public static DocumentId IdAt(TransactionPart part, int index)
    {
        foreach (var page in part.Pages)
        {
            var reader = new WritePageReader(page.Page);
            while (reader.MoveNext())
                if (index-- == 0) return DocumentId.ReadKey(reader.IdKey);
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }

    private static void Check(int writes, IReadOnlyList<CollectionPage> pages)
    {
        if (writes > LiquidLimits.BulkWritesMax)
            throw new InvalidRequestException("batch.too_large", $"An atomic batch has at most {LiquidLimits.BulkWritesMax} writes; this one has {writes}.", "/writes", "Several batches, or one that is not atomic");
        var bytes = pages.Sum(BytesOf);
        if (bytes > LiquidLimits.AtomicBytesMax)
            throw new InvalidRequestException("batch.too_large", $"An atomic batch has at most {LiquidLimits.AtomicBytesMax} bytes of documents; this one has {bytes}.", "/writes", "Several batches, or one that is not atomic");
    }

    private static long BytesOf(CollectionPage page)
    {
        var bytes = 0L;
        var reader = new WritePageReader(page.Page);
        while (reader.MoveNext())
            if (reader.HasRow) bytes += reader.Row.Length;
        return bytes;
    }
}
