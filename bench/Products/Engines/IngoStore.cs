// Ours, embedded: the public API as a user of the library has it.
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.ProductBench;

/// <summary>A <see cref="StorageEngine"/> in this process.</summary>
internal sealed class IngoStore : IProductStore
{
    private static readonly FieldPath Category = "category", Price = "price", Rating = "rating", Name = "name";

    private readonly StorageEngine _engine;
    private readonly CollectionId _products;
    private readonly ThreadLocal<Scratch> _scratch = new(() => new());

    public IngoStore(StoreOptions options)
    {
        _engine = StorageEngine.OpenAsync(options.Folder, new EngineOptions { Durability = options.Durable ? Durability.Durable : Durability.Buffered }).GetAwaiter().GetResult();
        _products = _engine.Collection("products");
    }

    public string? LatestAccess { get; private set; }

    public void PutBatch(ReadOnlySpan<ProductWrite> writes)
    {
        var scratch = _scratch.Value!;
        scratch.Batch.Clear();
        foreach (var write in writes) scratch.Batch.Put(_products, new(Product.Id(write.Slot)), scratch.Rows.Write(write.Number));
        _engine.Put(scratch.Batch);
    }

    public void Put(ProductWrite write)
    {
        var row = _scratch.Value!.Rows.Write(write.Number);
        _engine.Put(_products, new(Product.Id(write.Slot)), row.Shape, row.Row);
    }

    public async ValueTask PutAsync(ProductWrite write)
    {
        await Begin().ConfigureAwait(false);

        ValueTask<DocumentVersion> Begin()
        {
            var row = _scratch.Value!.Rows.Write(write.Number);
            return _engine.PutAsync(_products, new(Product.Id(write.Slot)), row.Shape, row.Row);
        }
    }

    public ProductFacts Get(long slot) =>
        _engine.TryGetRow(_products, new(Product.Id(slot)), null, out _, out var shape, out var row) ? _scratch.Value!.Fields.Facts(shape, row.Span) : ProductFacts.Absent;

    public bool HasAbsent(long slot) => _engine.TryGetRow(_products, new(Product.AbsentId(slot)), null, out _, out _, out _);

    public void GetMany(ReadOnlySpan<long> slots, Span<ProductFacts> facts)
    {
        var scratch = _scratch.Value!;
        var (ids, rows) = (scratch.Ids, scratch.Found);
        for (var i = 0; i < slots.Length; i++) ids[i] = new(Product.Id(slots[i]));
        _engine.TryGetRows(_products, ids.AsSpan(0, slots.Length), rows.AsSpan(0, slots.Length));
        for (var i = 0; i < slots.Length; i++) facts[i] = rows[i].Found ? scratch.Fields.Facts(rows[i].Shape!, rows[i].Row.Span) : ProductFacts.Absent;
    }

    public Answer Electronics()
    {
        var (sum, fields) = (new AnswerSum(), new ProductFields());
        using var stream = _engine.Scan(new(_products) { Where = Filter.Eq(Category, Value.From("electronics")), Sort = [new(Price)] });
        while (stream.MoveNext())
        {
            var facts = fields.Facts(stream.Shape, stream.Row);
            sum.Ascends(facts.PriceCents);
            sum.Add(IngoProduct.SlotOf(stream.IdKey), facts);
        }

        LatestAccess = stream.Work.AccessPath;
        return sum.Total;
    }

    public Answer BestRated(int limit)
    {
        var (sum, fields) = (new AnswerSum(), new ProductFields());
        var where = Filter.And(Filter.Gt(Price, Value.From(50)), Filter.Gt(Rating, Value.From(3.0)));
        using var stream = _engine.Scan(new(_products) { Where = where, Sort = [new(Rating, Descending: true)], Limit = limit });
        while (stream.MoveNext())
        {
            var (price, rating) = fields.PriceAndRating(stream.Shape, stream.Row);
            sum.Descends(rating);
            if (price <= 50) throw new WrongAnswerException("a price that the filter forbids");
            sum.Add((int)(rating * 10 + 0.5));
        }

        LatestAccess = stream.Work.AccessPath;
        return sum.Total;
    }

    public Answer Categories()
    {
        var sum = new AnswerSum();
        using var stream = _engine.Query(new AggregateQuery { From = "products", By = [Category], Compute = [new("n", new(AccumulatorFunction.Count)), new("mean", new(AccumulatorFunction.Avg, Price))] });
        while (stream.MoveNext())
        {
            var group = stream.Decode();
            sum.Add(group["category"].AsString(), group["n"].AsInt64(), group["mean"].Kind == ValueKind.Double ? group["mean"].AsDouble() : group["mean"].AsInt64());
        }

        LatestAccess = stream.Work.AccessPath;
        return sum.Total;
    }

    public Answer Cheapest(int limit)
    {
        var (sum, fields) = (new AnswerSum(), new ProductFields());
        using var stream = _engine.Scan(new(_products) { Where = Filter.Eq(Category, Value.From("electronics")), Sort = [new(Price)], Limit = limit, Select = [Name, Price] });
        while (stream.MoveNext())
        {
            var (nameLength, price) = fields.NameAndPrice(stream.Shape, stream.Row);
            var cents = (int)(price * 100 + 0.5);
            if (nameLength == 0) throw new WrongAnswerException("a row without a name");
            sum.Ascends(cents);
            sum.Add(cents);
        }

        LatestAccess = stream.Work.AccessPath;
        return sum.Total;
    }

    public void Settle() => _engine.SettleAsync().GetAwaiter().GetResult();

    public void Rest() => _engine.WarmAsync().GetAwaiter().GetResult();

    public bool Learn()
    {
        _engine.AdvanceLearning();
        Settle();
        return _engine.Indexes.Any(index => index.IsReady);
    }

    public bool MergeEverything()
    {
        _engine.CompactAsync(everything: true).GetAwaiter().GetResult();
        return true;
    }

    public void Dispose()
    {
        _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _scratch.Dispose();
    }

    /// <summary>What a thread of the application keeps to write and read without allocating.</summary>
    private sealed class Scratch
    {
        public ProductRows Rows { get; } = new();

        public PutBatch Batch { get; } = new();

        public ProductFields Fields;

        public DocumentId[] Ids { get; } = new DocumentId[1000];

        public RowResult[] Found { get; } = new RowResult[1000];
    }
}
