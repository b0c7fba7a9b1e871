// The documents of the original's benchmark, computed from their number: document i never has to be kept to know what
// it says. That is what lets the demo check every answer against brute force without holding a second database.
//
//   id      bytes 0-7: i big-endian; bytes 8-15: i × 517cc1b727220a95 (wrapping) big-endian; so ids ascend with i
//   fields  type, name, category (i mod 10), price (i mod 1000 + 0.99), rating (i mod 50, tenths), stock (i mod 500),
//           description
//
// Users and orders around them make a graph: order o is of user o mod users, for product (o × 7919) mod products.

using System.Buffers.Binary;
using System.Globalization;
using IngoDB.Model;

namespace IngoDB.Cli.Demo;

internal sealed record ProductGenerator(int Products)
{
    public const string ProductCollection = "products";
    public const string OrderCollection = "orders";
    public const string UserCollection = "users";

    private static readonly string[] s_categories = ["electronics", "books", "clothing", "home", "sports", "toys", "food", "automotive", "garden", "health"];
    private static readonly string[] s_cities = ["Austin", "Bergen", "Cusco", "Dakar", "Essen", "Faro", "Genoa", "Hue", "Ibiza", "Jena"];

    public int Users { get; } = Math.Max(10, Products / 200);

    public int Orders { get; } = Math.Max(20, Products / 20);

    public static Guid IdOf(int i)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)i);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], unchecked((ulong)i * 0x517cc1b727220a95UL));
        return new Guid(bytes, bigEndian: true);
    }

    public static string CategoryOf(int i) => s_categories[i % s_categories.Length];

    public static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"Product #{i}");

    public static double PriceOf(int i) => (i % 1000) + 0.99;

    public static double RatingOf(int i) => i % 50 / 10.0;

    public static StoredDocument Product(int i) => new(new DocumentId(IdOf(i)), default, Document.Of(
        ("type", "product"),
        ("name", NameOf(i)),
        ("category", CategoryOf(i)),
        ("price", PriceOf(i)),
        ("rating", RatingOf(i)),
        ("stock", (ulong)(i % 500)),
        ("description", string.Create(CultureInfo.InvariantCulture, $"Description for product {i} in {CategoryOf(i)}"))));

    public static DocumentId UserId(int u) => new(string.Create(CultureInfo.InvariantCulture, $"user-{u:D7}"));

    public static DocumentId OrderId(int o) => new(string.Create(CultureInfo.InvariantCulture, $"order-{o:D8}"));

    public static string CityOf(int u) => s_cities[u % s_cities.Length];

    public int UserOfOrder(int o) => o % Users;

    public int ProductOfOrder(int o) => (int)((long)o * 7919 % Products);

    public static StoredDocument User(int u) => new(UserId(u), default, Document.Of(("name", string.Create(CultureInfo.InvariantCulture, $"User {u}")), ("city", CityOf(u))));

    public StoredDocument Order(int o) => new(OrderId(o), default, Document.Of(
        ("user", UserId(UserOfOrder(o)).ToValue()),
        ("product", IdOf(ProductOfOrder(o))),
        ("quantity", (o % 5) + 1)));
}
