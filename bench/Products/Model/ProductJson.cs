// What a user of a key-value store would write: the document as JSON text in UTF-8. Written by hand, without a writer object,
// since the peers shall not pay for our laziness; read by Utf8JsonReader, which stops as soon as it has what it came for.
using System.Buffers.Text;
using System.Text.Json;

namespace IngoDB.ProductBench;

/// <summary>A product as JSON bytes.</summary>
internal static class ProductJson
{
    public const int BytesMax = 320;

    public static int Write(long number, Span<byte> target)
    {
        var category = Product.CategoriesUtf8[number % 10];
        var at = 0;
        Text("{\"type\":\"product\",\"name\":\"Product #"u8, target, ref at);
        Number(number, target, ref at);
        Text("\",\"category\":\""u8, target, ref at);
        Text(category, target, ref at);
        Text("\",\"price\":"u8, target, ref at);
        Number(number % 1000, target, ref at);
        Text(".99,\"rating\":"u8, target, ref at);
        Number(number % 50 / 10, target, ref at);
        target[at++] = (byte)'.';
        Number(number % 10, target, ref at);
        Text(",\"stock\":"u8, target, ref at);
        Number(number % 500, target, ref at);
        Text(",\"description\":\"Description for product "u8, target, ref at);
        Number(number, target, ref at);
        Text(" in "u8, target, ref at);
        Text(category, target, ref at);
        Text("\"}"u8, target, ref at);
        return at;
    }

    public static ProductFacts ReadFacts(ReadOnlySpan<byte> json)
    {
        var (price, stock) = (0.0, 0L);
        var reader = new Utf8JsonReader(json);
        for (var left = 2; left > 0 && reader.Read();)
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            if (reader.ValueTextEquals("price"u8)) (price, left) = (NextDouble(ref reader), left - 1);
            else if (reader.ValueTextEquals("stock"u8)) (stock, left) = (NextInt64(ref reader), left - 1);
        }

        return ProductFacts.Of(price, stock);
    }

    public static bool HasCategory(ReadOnlySpan<byte> json, ReadOnlySpan<byte> category, out double price)
    {
        price = 0;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            if (reader.ValueTextEquals("category"u8))
            {
                reader.Read();
                if (!reader.ValueTextEquals(category)) return false;
            }
            else if (reader.ValueTextEquals("price"u8))
            {
                price = NextDouble(ref reader);
                return true;
            }
        }

        return false;
    }

    public static (double Price, double Rating) ReadPriceAndRating(ReadOnlySpan<byte> json)
    {
        var (price, rating) = (0.0, 0.0);
        var reader = new Utf8JsonReader(json);
        for (var left = 2; left > 0 && reader.Read();)
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            if (reader.ValueTextEquals("price"u8)) (price, left) = (NextDouble(ref reader), left - 1);
            else if (reader.ValueTextEquals("rating"u8)) (rating, left) = (NextDouble(ref reader), left - 1);
        }

        return (price, rating);
    }

    /// <summary>The length of the name, which is what a reader of a projected answer looks at beside the price.</summary>
    public static int NameLength(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("name"u8)) continue;
            reader.Read();
            return reader.ValueSpan.Length;
        }

        return 0;
    }

    private static double NextDouble(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetDouble();
    }

    private static long NextInt64(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }

    private static void Text(ReadOnlySpan<byte> text, Span<byte> target, ref int at)
    {
        text.CopyTo(target[at..]);
        at += text.Length;
    }

    private static void Number(long number, Span<byte> target, ref int at)
    {
        Utf8Formatter.TryFormat(number, target[at..], out var written);
        at += written;
    }
}
