// A product as our row, value by value, into a writer that is used again: what a service that cares about allocation does.
using System.Buffers.Text;
using IngoDB.Model;

namespace IngoDB.ProductBench;

/// <summary>Encodes products. One per thread.</summary>
internal sealed class ProductRows
{
    private static readonly Shape Fields = Shape.Of("type", "name", "category", "price", "rating", "stock", "description");

    private readonly DocWriter _writer = new();

    /// <summary>The writer with the row in it, until the next.</summary>
    public DocWriter Write(long number)
    {
        Span<byte> text = stackalloc byte[96];
        var category = Product.CategoriesUtf8[number % 10];
        _writer.Begin(Fields).Write("product"u8).Write(Text(text, "Product #"u8, number, default)).Write((ReadOnlySpan<byte>)category)
            .Write(Product.Price(number)).Write(Product.Rating(number)).Write(Product.Stock(number));
        var length = Text(text, "Description for product "u8, number, " in "u8).Length;
        category.CopyTo(text[length..]);
        return _writer.Write((ReadOnlySpan<byte>)text[..(length + category.Length)]);
    }

    private static ReadOnlySpan<byte> Text(Span<byte> target, ReadOnlySpan<byte> before, long number, ReadOnlySpan<byte> after)
    {
        before.CopyTo(target);
        Utf8Formatter.TryFormat(number, target[before.Length..], out var digits);
        after.CopyTo(target[(before.Length + digits)..]);
        return target[..(before.Length + digits + after.Length)];
    }
}
