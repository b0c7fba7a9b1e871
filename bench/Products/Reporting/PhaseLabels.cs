namespace IngoDB.ProductBench;

/// <summary>How a phase is called in a table, and which way is better.</summary>
/// <param name="Must">What our engine has to reach with a million products, in the row's unit.</param>
/// <param name="MustRatio">And how many times better than RocksDB in the same run.</param>
internal sealed record PhaseLabel(string Phase, string Text, bool MoreIsBetter, string Plot, double? Must = null, double? MustRatio = null);

/// <summary>The rows of the tables, in their order.</summary>
internal static class PhaseLabels
{
    public static IReadOnlyList<PhaseLabel> All { get; } =
    [
        new("ingest", "ingest, batches of 1,000", true, "writes", 1_200_000, 2),
        new("update", "single updates, one thread", true, "writes", 800_000, 5),
        new("ingest_random", "ingest in random order", true, "writes"),
        new("ingest_durable", "durable ingest, batches of 1,000", true, "durable", 1_000_000, 2),
        new("durable_1", "durable puts, 1 caller", true, "durable", MustRatio: 1),
        new("durable_64", "durable puts, 64 callers", true, "durable", 250_000, 3),
        new("durable_1024", "durable puts, 1,024 callers", true, "durable", 700_000, 3),
        new("settle", "settle after the updates", false, "writes", 0.8),
        new("rest_s", "what follows by itself (cache)", false, "writes"),
        new("get_p50_us", "get, p50", false, "reads", 1.2, 3.5),
        new("get_p99_us", "get, p99", false, "reads"),
        new("pure_reads", "reads, one thread", true, "reads", 800_000, 3.5),
        new("reads_8t", "reads, 8 threads", true, "reads", 1_500_000, 3.5),
        new("multiget100_ns", "100 keys at once, a key", false, "reads", 250, 8),
        new("multiget256", "256 keys a call, four calls under way", true, "reads"),
        new("absent_ns", "absent key", false, "reads", 100, 5),
        new("mixed", "mixed, 80 % reads", true, "reads", 800_000, 5),
        new("scan_first_s", "first scan: category, by price, all documents", false, "scans", 0.025, 25),
        new("scan_second_s", "second scan", false, "scans", 0.006),
        new("compound_top20_s", "price and rating, best 20", false, "scans", 0.003, 200),
        new("ordered_top10_s", "category by price, first 10", false, "scans", 0.0001),
        new("groups_s", "count and mean price of each category", false, "scans"),
        new("compaction_get_p99_us", "get p99 while everything is merged", false, "tails", 10),
        new("compaction_get_p999_us", "get p99.9 while everything is merged", false, "tails", 200),
        new("stall_max_ms", "longest stall of an update", false, "tails", 20),
        new("peak_rss_mb", "peak memory", false, "sizes", 400),
        new("disk_bytes_per_doc", "disk per document, settled", false, "sizes", 50),
        new("write_amp", "write amplification", false, "sizes", 2.5),
        new("recovery_s", "back after a kill", false, "tails"),
    ];
}
