using System.Buffers.Binary;
using System.Globalization;
using IngoDB.Model;

namespace IngoDB.GrainBench;

/// <summary>The documents of the product benchmark: seven fields, ids that ascend.</summary>
internal static class Products
{
    public const string Collection = "products";

    private static readonly string[] Categories = ["electronics", "books", "clothing", "home", "sports", "toys", "food", "automotive", "garden", "health"];

    public static DocumentId Id(long number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], unchecked((ulong)number * 0x517c_c1b7_2722_0a95UL));
        return new(new Guid(bytes, bigEndian: true));
    }

    private static readonly Shape s_shape = Shape.Of("type", "name", "category", "price", "rating", "stock", "description");

    /// <summary>The same as a row.</summary>
    public static DocWriter Write(DocWriter row, long number)
    {
        var category = Categories[number % 10];
        Span<char> text = stackalloc char[64];
        row.Begin(s_shape).Write("product");
        text.TryWrite(CultureInfo.InvariantCulture, $"Product #{number}", out var used);
        row.Write(text[..used]).Write(category).Write(number % 1000 + 0.99).Write(number % 50 / 10.0).Write(number % 500);
        text.TryWrite(CultureInfo.InvariantCulture, $"Description for product {number} in {category}", out used);
        return row.Write(text[..used]);
    }

    public static Document Document(long number)
    {
        var category = Categories[number % 10];
        return new DocumentBuilder(7)
            .Add("type", Value.From("product"))
            .Add("name", Value.From(string.Create(CultureInfo.InvariantCulture, $"Product #{number}")))
            .Add("category", Value.From(category))
            .Add("price", Value.From(number % 1000 + 0.99))
            .Add("rating", Value.From(number % 50 / 10.0))
            .Add("stock", Value.From(number % 500))
            .Add("description", Value.From(string.Create(CultureInfo.InvariantCulture, $"Description for product {number} in {category}")))
            .Build();
    }
}
