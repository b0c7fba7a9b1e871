namespace IngoDB.ProductBench;

/// <summary>How a phase is called in a table, and which way is better.</summary>
internal sealed record PhaseLabel(string Phase, string Text, bool MoreIsBetter, string Plot);

/// <summary>The rows of the tables, in their order.</summary>
internal static class PhaseLabels
{
    public static IReadOnlyList<PhaseLabel> All { get; } =
    [
        new("ingest", "ingest, batches of 1,000", true, "writes"),
        new("update", "single updates, one thread", true, "writes"),
        new("ingest_random", "ingest in random order", true, "writes"),
        new("durable_1", "durable puts, 1 caller", true, "durable"),
        new("durable_64", "durable puts, 64 callers", true, "durable"),
        new("durable_1024", "durable puts, 1,024 callers", true, "durable"),
        new("settle", "settle after the updates", false, "writes"),
        new("get_p50_us", "get, p50", false, "reads"),
        new("get_p99_us", "get, p99", false, "reads"),
        new("pure_reads", "reads, one thread", true, "reads"),
        new("reads_8t", "reads, 8 threads", true, "reads"),
        new("multiget100_ns", "100 keys at once, a key", false, "reads"),
        new("absent_ns", "absent key", false, "reads"),
        new("mixed", "mixed, 80 % reads", true, "reads"),
        new("scan_first_s", "first scan: category, by price, all documents", false, "scans"),
        new("scan_second_s", "second scan", false, "scans"),
        new("compound_top20_s", "price and rating, best 20", false, "scans"),
        new("ordered_top10_s", "category by price, first 10", false, "scans"),
        new("compaction_get_p99_us", "get p99 while everything is merged", false, "tails"),
        new("compaction_get_p999_us", "get p99.9 while everything is merged", false, "tails"),
        new("stall_max_ms", "longest stall of an update", false, "tails"),
        new("peak_rss_mb", "peak memory", false, "sizes"),
        new("disk_bytes_per_doc", "disk per document, settled", false, "sizes"),
        new("write_amp", "write amplification", false, "sizes"),
        new("recovery_s", "back after a kill", false, "tails"),
    ];
}
