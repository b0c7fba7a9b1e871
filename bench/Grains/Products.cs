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
