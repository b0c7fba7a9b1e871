namespace IngoDB.ProductBench;

/// <summary>All engines, in the order of the tables.</summary>
internal static class StoreKinds
{
    public static IReadOnlyList<StoreKind> All { get; } =
    [
        new("ingodb", Abilities.All | Abilities.AsyncPuts | Abilities.Learns, options => new IngoStore(options)),
        new("rocksdb", Abilities.All, options => new RocksStore(options)),
        new("sqlite", Abilities.All, options => new SqliteStore(options, indexed: false)),
        new("sqlite-indexed", Abilities.Scans, options => new SqliteStore(options, indexed: true)),
    ];

    public static StoreKind Named(string name) =>
        All.FirstOrDefault(kind => kind.Name == name) ?? throw new ArgumentException($"'{name}' is no engine; these are: {string.Join(", ", All.Select(kind => kind.Name))}.");
}
