using IngoDB.Model;

namespace IngoDB.Cli.Demo;

/// <summary>What the answers must be, by going through every number of the generator.</summary>
internal static class BruteForce
{
    public const string TopCategory = "books";
    public const int Top = 10;

    /// <summary>The name that is looked for. Every product has another one, so there is no column of them that would answer without an index.</summary>
    public static string SelectiveName(ProductGenerator world) => ProductGenerator.NameOf(world.Products / 2);

    /// <summary>name = <see cref="SelectiveName"/>, by <c>_id</c>.</summary>
    public static List<StoredDocument> Selective(ProductGenerator world)
        => Products(world, i => ProductGenerator.NameOf(i) == SelectiveName(world));

    /// <summary>The ten dearest books; equal prices by <c>_id</c>.</summary>
    public static List<StoredDocument> TopTen(ProductGenerator world)
    {
        var books = Enumerable.Range(0, world.Products).Where(i => ProductGenerator.CategoryOf(i) == TopCategory);
        return [.. books.OrderByDescending(ProductGenerator.PriceOf).ThenBy(i => i).Take(Top).Select(ProductGenerator.Product)];
    }

    /// <summary>What these users ordered: user → orders → products. The answer is where the last hop ends, each product once, by <c>_id</c>.</summary>
    public static List<StoredDocument> Walk(ProductGenerator world, IReadOnlyCollection<int> users)
    {
        var orders = Enumerable.Range(0, world.Orders).Where(o => users.Contains(world.UserOfOrder(o)));
        return [.. orders.Select(world.ProductOfOrder).Distinct().Order().Select(ProductGenerator.Product)];
    }

    private static List<StoredDocument> Products(ProductGenerator world, Func<int, bool> where)
        => [.. Enumerable.Range(0, world.Products).Where(where).Select(ProductGenerator.Product)];
}
