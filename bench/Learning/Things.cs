using System.Globalization;
using IngoDB.Model;

namespace IngoDB.LearningBench;

/// <summary>The documents of every experiment: what number <c>i</c> looks like follows from <c>i</c>.</summary>
internal static class Things
{
    public static readonly string[] Fields = ["category", "brand", "price", "rating", "stock", "tenant", "code", "next"];

    public static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"k{i:D8}");

    public static string Tenant(int i) => string.Create(CultureInfo.InvariantCulture, $"t{i % 10_000}");

    public static object[] Values(int i, int docs) =>
    [
        $"c{i % 50}", $"b{i * 31L % 500}", i * 7_919L % 10_007, i * 31L % 50 / 10.0, (long)(i % 1_000), Tenant(i), $"n{i}", $"n{((i * 17L) + 1) % docs}",
    ];

    public static Document Document(int i, int docs)
    {
        var document = new DocumentBuilder();
        var values = Values(i, docs);
        for (var field = 0; field < Fields.Length; field++)
            document.Add(Fields[field], values[field] switch { string text => text, double number => number, var whole => (long)whole });
        return document.Build();
    }
}
