namespace IngoDB.ProductBench;

/// <summary>All engines, in the order of the tables.</summary>
internal static class StoreKinds
{
    private const Abilities Grains = (Abilities.Documents | Abilities.Syncs | Abilities.AsyncPuts) & ~Abilities.Settles;

    public static IReadOnlyList<StoreKind> All { get; } =
    [
        new("ingodb", Abilities.All | Abilities.AsyncPuts | Abilities.Learns | Abilities.Groups, options => new IngoStore(options)),
        new("ingodb-grain", Grains, ClusterStore.InProcess),
        new("ingodb-gateway", Grains, ClusterStore.ThroughGateway),
        new("rocksdb", Abilities.All, options => new RocksStore(options)),
        new("sqlite", Abilities.All | Abilities.Groups, options => new SqliteStore(options, indexed: false)),
        new("sqlite-indexed", Abilities.Scans | Abilities.Settles | Abilities.Groups, options => new SqliteStore(options, indexed: true)),
        new("zonetree", Abilities.Documents | Abilities.Recovers, options => new ZoneTreeStore(options)),
        new("lmdb", Abilities.All, options => new LmdbStore(options)),
        new("litedb", (Abilities.Documents | Abilities.Recovers) & ~Abilities.ReadsBesideWrites, options => new LiteDbStore(options)),
        new("duckdb", Abilities.Scans | Abilities.Settles | Abilities.Groups, options => new DuckDbStore(options)),
        new("postgres", Abilities.Documents | Abilities.Syncs, options => new PostgresStore(options)),
    ];

    public static StoreKind Named(string name) =>
        All.FirstOrDefault(kind => kind.Name == name) ?? throw new ArgumentException($"'{name}' is no engine; these are: {string.Join(", ", All.Select(kind => kind.Name))}.");
}
