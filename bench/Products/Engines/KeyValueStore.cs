// What all key-value peers have in common: the document is JSON bytes under a 16-byte key, and a query is a pass over
// everything in the application.
namespace IngoDB.ProductBench;

/// <summary>A store that knows keys and bytes.</summary>
internal abstract class KeyValueStore : IProductStore
{
    protected delegate void RowReader(ReadOnlySpan<byte> id, ReadOnlySpan<byte> json);

    public abstract void PutBatch(ReadOnlySpan<ProductWrite> writes);

    public abstract void Put(ProductWrite write);

    public abstract void Settle();

    public abstract void Dispose();

    public virtual bool MergeEverything() => false;

    public ProductFacts Get(long slot)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        Product.WriteId(slot, id);
        return GetFacts(id);
    }

    public bool HasAbsent(long slot)
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        Product.WriteAbsentId(slot, id);
        return GetFacts(id) != ProductFacts.Absent;
    }

    public virtual void GetMany(ReadOnlySpan<long> slots, Span<ProductFacts> facts)
    {
        for (var i = 0; i < slots.Length; i++) facts[i] = Get(slots[i]);
    }

    public Answer Electronics()
    {
        var found = new FoundRows();
        ReadAll((id, json) =>
        {
            if (ProductJson.HasCategory(json, "electronics"u8, out var price)) found.Add(price, Product.SlotOf(id), json);
        });
        return found.Electronics();
    }

    public Answer BestRated(int limit)
    {
        var top = new TopRows(limit);
        ReadAll((_, json) =>
        {
            var (price, rating) = ProductJson.ReadPriceAndRating(json);
            if (price > 50 && rating > 3.0) top.Offer(-rating, json);
        });
        return top.BestRated();
    }

    public Answer Cheapest(int limit)
    {
        var top = new TopRows(limit);
        ReadAll((_, json) =>
        {
            if (ProductJson.HasCategory(json, "electronics"u8, out var price)) top.Offer(price, json);
        });
        return top.Cheapest();
    }

    protected abstract ProductFacts GetFacts(ReadOnlySpan<byte> id);

    protected abstract void ReadAll(RowReader read);
}
