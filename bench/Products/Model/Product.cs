// The generator of the original's benchmark, formula by formula, so that figures compare: seven fields, ten categories, a
// thousand prices, ids that ascend. Nothing is random; product i is always the same. A document is known by two numbers: the
// slot says whose id it has, the number says what is in it (after an update they differ), so that every answer can be checked
// without keeping a second database.
using System.Buffers.Binary;

namespace IngoDB.ProductBench;

/// <summary>A write: product <paramref name="Number"/> under the id of slot <paramref name="Slot"/>.</summary>
internal readonly record struct ProductWrite(long Slot, long Number);

/// <summary>The two fields that are read of every document returned.</summary>
internal readonly record struct ProductFacts(int PriceCents, int Stock)
{
    public static ProductFacts Absent { get; } = new(-1, -1);

    public static ProductFacts Of(long number) => new((int)(number % 1000) * 100 + 99, (int)(number % 500));

    public static ProductFacts Of(double price, long stock) => new((int)(price * 100 + 0.5), (int)stock);
}

/// <summary>The fields of product i.</summary>
internal static class Product
{
    public const int IdBytes = 16;

    /// <summary>What one product is as an encoded row: the unit of write amplification, for every engine the same.</summary>
    public const int EncodedBytes = 124;

    public static readonly string[] Categories = ["electronics", "books", "clothing", "home", "sports", "toys", "food", "automotive", "garden", "health"];

    public static readonly byte[][] CategoriesUtf8 = [.. Categories.Select(System.Text.Encoding.UTF8.GetBytes)];

    public static string Category(long number) => Categories[number % 10];

    public static double Price(long number) => number % 1000 + 0.99;

    public static double Rating(long number) => number % 50 / 10.0;

    public static long Stock(long number) => number % 500;

    public static void WriteId(long slot, Span<byte> target) => WriteId(slot, 0, target);

    /// <summary>An id that nobody has, between two that somebody has: its first half is a real one's.</summary>
    public static void WriteAbsentId(long slot, Span<byte> target) => WriteId(slot, 1, target);

    public static Guid Id(long slot)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        WriteId(slot, bytes);
        return new(bytes, bigEndian: true);
    }

    public static Guid AbsentId(long slot)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        WriteAbsentId(slot, bytes);
        return new(bytes, bigEndian: true);
    }

    public static long SlotOf(ReadOnlySpan<byte> id) => BinaryPrimitives.ReadInt64BigEndian(id);

    private static void WriteId(long slot, ulong add, Span<byte> target)
    {
        BinaryPrimitives.WriteInt64BigEndian(target, slot);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], unchecked((ulong)slot * 0x517c_c1b7_2722_0a95UL + add));
    }
}
