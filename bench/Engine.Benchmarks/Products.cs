// The generator of the original's benchmark, formula by formula, so that figures compare: seven fields, ten categories, a
// thousand prices, ids that ascend. Nothing is random; document i is always the same.
using System.Buffers.Binary;
using System.Globalization;
using IngoDB.Model;

namespace IngoDB.Benchmarks;

/// <summary>Product i of the benchmark.</summary>
internal static class Products
{
    public static readonly string[] Categories = ["electronics", "books", "clothing", "home", "sports", "toys", "food", "automotive", "garden", "health"];

    public static DocumentId Id(long i)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, i);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], unchecked((ulong)i * 0x517c_c1b7_2722_0a95UL));
        return new(new Guid(bytes, bigEndian: true));
    }

    public static Document Document(long i)
    {
        var category = Categories[i % 10];
        return new DocumentBuilder(7)
            .Add("type", Value.From("product"))
            .Add("name", Value.From(string.Create(CultureInfo.InvariantCulture, $"Product #{i}")))
            .Add("category", Value.From(category))
            .Add("price", Value.From(i % 1000 + 0.99))
            .Add("rating", Value.From(i % 50 / 10.0))
            .Add("stock", Value.From(i % 500))
            .Add("description", Value.From(string.Create(CultureInfo.InvariantCulture, $"Description for product {i} in {category}")))
            .Build();
    }
}
