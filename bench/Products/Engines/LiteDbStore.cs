// LiteDB with documents as BSON in its default mode, batches in a transaction. It has no setting that waits for the disk.
using LiteDB;

namespace IngoDB.ProductBench;

/// <summary>LiteDB.</summary>
internal sealed class LiteDbStore : IProductStore
{
    private readonly LiteDatabase _database;
    private readonly ILiteCollection<BsonDocument> _products;

    public LiteDbStore(StoreOptions options)
    {
        _database = new(new ConnectionString { Filename = Path.Combine(options.Folder, "products.db"), Connection = ConnectionType.Direct });
        _products = _database.GetCollection("products", BsonAutoId.Guid);
    }

    public void PutBatch(ReadOnlySpan<ProductWrite> writes)
    {
        _database.BeginTrans();
        foreach (var write in writes) Put(write);
        _database.Commit();
    }

    public void Put(ProductWrite write)
    {
        var number = write.Number;
        _products.Upsert(new BsonDocument
        {
            ["_id"] = Product.Id(write.Slot), ["type"] = "product", ["name"] = $"Product #{number}", ["category"] = Product.Category(number), ["price"] = Product.Price(number),
            ["rating"] = Product.Rating(number), ["stock"] = Product.Stock(number), ["description"] = $"Description for product {number} in {Product.Category(number)}",
        });
    }

    public ProductFacts Get(long slot) => Facts(_products.FindById(Product.Id(slot)));

    public bool HasAbsent(long slot) => _products.FindById(Product.AbsentId(slot)) is not null;

    public Answer Electronics()
    {
        Span<byte> id = stackalloc byte[Product.IdBytes];
        var sum = new AnswerSum();
        foreach (var document in _products.Query().Where("category = 'electronics'").OrderBy("price").ToEnumerable())
        {
            var facts = Facts(document);
            document["_id"].AsGuid.TryWriteBytes(id, bigEndian: true, out _);
            sum.Ascends(facts.PriceCents);
            sum.Add(Product.SlotOf(id), facts);
        }

        return sum.Total;
    }

    public Answer BestRated(int limit)
    {
        var sum = new AnswerSum();
        foreach (var document in _products.Query().Where("price > 50 AND rating > 3.0").OrderByDescending("rating").Limit(limit).ToEnumerable())
        {
            if (document["price"].AsDouble <= 50) throw new WrongAnswerException("a price that the filter forbids");
            sum.Descends(document["rating"].AsDouble);
            sum.Add((int)(document["rating"].AsDouble * 10 + 0.5));
        }

        return sum.Total;
    }

    public Answer Cheapest(int limit)
    {
        var sum = new AnswerSum();
        foreach (var document in _products.Query().Where("category = 'electronics'").OrderBy("price").Limit(limit).ToEnumerable())
        {
            if (document["name"].AsString.Length == 0) throw new WrongAnswerException("a row without a name");
            var cents = Facts(document).PriceCents;
            sum.Ascends(cents);
            sum.Add(cents);
        }

        return sum.Total;
    }

    public void Settle() => _database.Checkpoint();

    public void Dispose() => _database.Dispose();

    private static ProductFacts Facts(BsonDocument? document) => document is null ? ProductFacts.Absent : ProductFacts.Of(document["price"].AsDouble, document["stock"].AsInt64);
}
