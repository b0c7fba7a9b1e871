using System.Buffers.Binary;
using System.Globalization;
using IngoDB.Model;

namespace IngoDB.ProductBench;

/// <summary>A product as our document and back.</summary>
internal static class IngoProduct
{
    public static Document Document(long number)
    {
        var category = Product.Category(number);
        return new DocumentBuilder(7)
            .Add("type", Value.From("product"))
            .Add("name", Value.From(string.Create(CultureInfo.InvariantCulture, $"Product #{number}")))
            .Add("category", Value.From(category))
            .Add("price", Value.From(Product.Price(number)))
            .Add("rating", Value.From(Product.Rating(number)))
            .Add("stock", Value.From(Product.Stock(number)))
            .Add("description", Value.From(string.Create(CultureInfo.InvariantCulture, $"Description for product {number} in {category}")))
            .Build();
    }

    public static ProductFacts Facts(RowReader row) => ProductFacts.Of(row.Field("price").Decode().AsDouble(), row.Field("stock").Decode().AsInt64());

    /// <summary>The id key is one tag and the id's bytes.</summary>
    public static long SlotOf(ReadOnlySpan<byte> idKey) => BinaryPrimitives.ReadInt64BigEndian(idKey[1..]);
}
