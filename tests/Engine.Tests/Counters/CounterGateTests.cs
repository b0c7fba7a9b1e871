// What must not get worse unnoticed. Times are no gate: on a machine that others use too they say little. Counters are the same
// in every run, so a bound may lie close to what is true; who makes something better lowers its bound, who must raise one says
// why in the commit.

namespace IngoDB.Tests.Counters;

public sealed class CounterGateTests
{
    /// <summary>At most. What the number means stands beside it.</summary>
    private static readonly Dictionary<string, double> Bounds = new()
    {
        // The log holds a row once, with its key and a thousandth of a record's frame.
        ["ingest: bytes written to the log, a document"] = 130,

        // One table, written once: rows in blocks, compressed, with their filter, fences and columns.
        ["settle: bytes written to tables, a document"] = 45,
        ["table bytes on disk, a document"] = 45,

        // One table is asked, and in it one row; of a key that is the first of its block also the block before. What was met before is in
        // memory, and handed out as it lies there.
        ["get: tables probed"] = 1,
        ["get: rows looked at"] = 1.01,
        ["get: blocks looked into"] = 1.02,
        ["get, met before: blocks decoded"] = 0,
        ["get, met before: bytes allocated"] = 0,
        ["get, met before: bytes read from files"] = 0,
        ["100 keys at once: bytes allocated"] = 0,

        // The index by hash and the filter together let one absent key in two thousand through.
        ["absent: tables probed"] = 1,
        ["absent: blocks looked into"] = 0.002,

        // Columns decide, so that only rows that are returned are looked at; a row returned costs its place, a query its tables of
        // codes.
        ["scan of a tenth: rows examined, of all"] = 0.11,
        ["scan of a tenth: bytes allocated, a row returned"] = 10,
        ["best twenty: rows examined, of all"] = 0.001,
        ["best twenty: bytes allocated"] = 40_000,

        // Built from blocks in memory; an entry is the value, the row's place and little else.
        ["index build: bytes read, a document"] = 60,
        ["index build: bytes written, a document"] = 3,
        ["indexed scan: rows examined, a row returned"] = 1,
        ["indexed scan of a hundred: bytes allocated"] = 40_000,
        ["first ten by index: rows examined"] = 10,

        // A key is written once for all its rows, so an entry is hardly more than the step to its row.
        ["index over two fields: bytes written, a document"] = 3,
        ["first ten of a category: rows examined"] = 10,
        ["first ten of a category: bytes allocated"] = 25_000,

        // Who finds the memtable full begins the next, three times here; nothing for a put.
        ["puts that allocated, of ten thousand"] = 10,

        // Both tables are read at most once, and what is left is written once.
        ["merge: bytes read, a document"] = 100,
        ["merge: bytes written, a document"] = 68,
        ["merged: table bytes on disk, a document"] = 56,
    };

    [Fact]
    public async Task No_counter_of_the_benchmark_exceeds_its_bound()
    {
        var counts = await ProductGate.RunAsync();
        foreach (var (what, count) in counts) TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {count} (at most {Bounds.GetValueOrDefault(what)})");

        Assert.Equal(Bounds.Keys.Order(StringComparer.Ordinal), counts.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(counts.Where(count => count.Value > Bounds[count.Key]).Select(count => $"{count.Key}: {count.Value}, at most {Bounds[count.Key]}"));
    }

    [Fact]
    public async Task Counters_are_the_same_in_every_run()
    {
        var first = await ProductGate.RunAsync();
        var second = await ProductGate.RunAsync();
        Assert.Equal(Counted(first), Counted(second));

        // What the runtime allocates for itself on the way (a larger hash table of its own) may differ by a few bytes.
        static IEnumerable<KeyValuePair<string, double>> Counted(IReadOnlyDictionary<string, double> counts) => counts.Where(count => !count.Key.Contains("allocated", StringComparison.Ordinal)).OrderBy(count => count.Key, StringComparer.Ordinal);
    }
}
