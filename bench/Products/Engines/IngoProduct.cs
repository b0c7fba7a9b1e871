// A product as our document and row, and what a reader looks at in it.
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

    public static double AsDouble(EncodedValue value) => value.Kind == ValueKind.Double ? BinaryPrimitives.ReadDoubleLittleEndian(value.Payload) : value.Decode().AsDouble();

    /// <summary>The id key is one tag and the id's bytes.</summary>
    public static long SlotOf(ReadOnlySpan<byte> idKey) => BinaryPrimitives.ReadInt64BigEndian(idKey[1..]);
}

/// <summary>Where the fields of interest are in a shape: looked up when the shape changes, not for each row.</summary>
internal struct ProductFields
{
    private Shape? _shape;
    private int _price, _stock, _rating, _name;

    public ProductFacts Facts(Shape shape, ReadOnlySpan<byte> row)
    {
        var fields = Of(shape, row);
        return ProductFacts.Of(IngoProduct.AsDouble(fields[_price]), fields[_stock].Decode().AsInt64());
    }

    public (double Price, double Rating) PriceAndRating(Shape shape, ReadOnlySpan<byte> row)
    {
        var fields = Of(shape, row);
        return (IngoProduct.AsDouble(fields[_price]), IngoProduct.AsDouble(fields[_rating]));
    }

    public (int NameLength, double Price) NameAndPrice(Shape shape, ReadOnlySpan<byte> row)
    {
        var fields = Of(shape, row);
        return (fields[_name].Payload.Length, IngoProduct.AsDouble(fields[_price]));
    }

    private RowReader Of(Shape shape, ReadOnlySpan<byte> row)
    {
        if (!ReferenceEquals(shape, _shape)) (_shape, _price, _stock, _rating, _name) = (shape, shape.OrdinalOf("price"), shape.OrdinalOf("stock"), shape.OrdinalOf("rating"), shape.OrdinalOf("name"));
        return new(shape, row);
    }
}
