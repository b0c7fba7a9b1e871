// The benchmark's products, 100,000 of them, driven by hand: no background thread, a clock that stands still, a disk in
// memory. What is left are counters, which are the same in every run on every machine: bytes read and written, blocks decoded,
// probes, rows examined, bytes allocated.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.ProductBench;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Counters;

/// <summary>Runs the story and counts.</summary>
internal sealed class ProductGate(StorageEngine engine, CountingFileSystem disk)
{
    public const int Documents = 100_000;
    private const int BatchSize = 1000, Lookups = 20_000;

    private readonly CollectionId _products = engine.Collection("products");
    private readonly ProductRows _rows = new();
    private readonly Dictionary<string, double> _counts = [];

    /// <summary>The whole story, from an empty folder.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> RunAsync()
    {
        var disk = new CountingFileSystem(new SimulatedFileSystem());
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var engine = await StorageEngine.OpenAsync("/db", new EngineOptions { Files = disk, Time = time, BackgroundWork = false, Seed = 1, Durability = Durability.Buffered, Learning = LearningMode.StatisticsOnly });
        var gate = new ProductGate(engine, disk);
        await gate.IngestAsync();
        gate.Gets();
        gate.Absent();
        gate.Scans();
        await gate.IndexedScanAsync();
        await gate.UpdatesAsync();
        await gate.PutsAsync();
        return gate._counts;
    }

    private async Task IngestAsync()
    {
        var began = disk.Work;
        PutAll(i => (i, i));
        Count("ingest: bytes written to the log, a document", (disk.Work - began).BytesWritten / (double)Documents);
        began = disk.Work;
        await engine.SettleAsync();
        Count("settle: bytes written to tables, a document", (disk.Work - began).BytesWritten / (double)Documents);
        Count("table bytes on disk, a document", engine.Status.TableBytes / (double)Documents);
    }

    private void Gets()
    {
        var counters = new ReadCounters();
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        var at = ReadPoint.At(engine.Visible);
        for (var i = 0; i < Lookups; i++)
        {
            var length = EntryKey.Write(key, _products, new(Product.Id((i * 7919L + 1013) % Documents)));
            Assert.True(PointReader.TryGet(engine.State, at, key[..length], ref counters, out _));
        }

        Count("get: tables probed", counters.FilterProbes / (double)Lookups);
        Count("get: rows looked at", counters.RowsExamined / (double)Lookups);
        Count("get: blocks looked into", counters.BlocksRead / (double)Lookups);
        Count("get, met before: blocks decoded", counters.BlocksDecoded / (double)Lookups);
        for (var i = 0; i < Lookups; i++) engine.TryGetRow(_products, new(Product.Id(i * 31L % Documents)), null, out _, out _, out _);
        var (reads, allocated) = (disk.Work, GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < Lookups; i++) engine.TryGetRow(_products, new(Product.Id(i * 31L % Documents)), null, out _, out _, out _);
        Count("get, met before: bytes allocated", (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Lookups);
        Count("get, met before: bytes read from files", (disk.Work - reads).BytesRead / (double)Lookups);
        Hundreds();
    }

    private void Hundreds()
    {
        var (ids, rows, found) = (new DocumentId[100], new RowResult[100], 0);
        engine.TryGetRows(_products, ids, rows);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Lookups; i += ids.Length)
        {
            for (var j = 0; j < ids.Length; j++) ids[j] = new(Product.Id((i + j) * 7919L % Documents));
            found += engine.TryGetRows(_products, ids, rows);
        }

        Count("100 keys at once: bytes allocated", (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Lookups);
        Assert.Equal(Lookups, found);
    }

    private void Absent()
    {
        var counters = new ReadCounters();
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        var at = ReadPoint.At(engine.Visible);
        for (var i = 0; i < Lookups; i++)
        {
            var length = EntryKey.Write(key, _products, new(Product.AbsentId((i * 7919L + 4001) % Documents)));
            Assert.False(PointReader.TryGet(engine.State, at, key[..length], ref counters, out _));
        }

        Count("absent: tables probed", counters.FilterProbes / (double)Lookups);
        Count("absent: blocks looked into", counters.BlocksRead / (double)Lookups);
    }

    private void Scans()
    {
        var electronics = new ScanRequest(_products) { Where = Filter.Eq("category", "electronics"), Sort = [new("price")] };
        Read(electronics, Documents / 10);
        var (work, allocated) = Read(electronics, Documents / 10);
        Count("scan of a tenth: rows examined, of all", work.DocumentsExamined / (double)Documents);
        Count("scan of a tenth: bytes allocated, a row returned", allocated / (Documents / 10.0));
        var best = new ScanRequest(_products) { Where = Filter.And(Filter.Gt("price", 50), Filter.Gt("rating", 3.0)), Sort = [new("rating", Descending: true)], Limit = 20 };
        Read(best, 20);
        (work, allocated) = Read(best, 20);
        Count("best twenty: rows examined, of all", work.DocumentsExamined / (double)Documents);
        Count("best twenty: bytes allocated", allocated);
    }

    private async Task IndexedScanAsync()
    {
        engine.DefineIndex(_products, "price", "gate");
        var began = disk.Work;
        await engine.BuildIndexesAsync();
        Count("index build: bytes read, a document", (disk.Work - began).BytesRead / (double)Documents);
        Count("index build: bytes written, a document", (disk.Work - began).BytesWritten / (double)Documents);
        var equal = new ScanRequest(_products) { Where = Filter.Eq("price", 123.99), Sort = [new("rating")] };
        Read(equal, Documents / 1000);
        var (work, allocated) = Read(equal, Documents / 1000);
        Count("indexed scan: rows examined, a row returned", work.DocumentsExamined / (Documents / 1000.0));
        Count("indexed scan of a hundred: bytes allocated", allocated);
        var first = new ScanRequest(_products) { Sort = [new("price")], Limit = 10 };
        Read(first, 10);
        Count("first ten by index: rows examined", Read(first, 10).Work.DocumentsExamined);
        engine.DefineIndex(_products, IndexFields.Of("category", "price"), "gate");
        began = disk.Work;
        await engine.BuildIndexesAsync();
        Count("index over two fields: bytes written, a document", (disk.Work - began).BytesWritten / (double)Documents);
        var cheapest = new ScanRequest(_products) { Where = Filter.Eq("category", "electronics"), Sort = [new("price")], Limit = 10 };
        Read(cheapest, 10);
        (work, allocated) = Read(cheapest, 10);
        Count("first ten of a category: rows examined", work.DocumentsExamined);
        Count("first ten of a category: bytes allocated", allocated);
    }

    private async Task UpdatesAsync()
    {
        PutAll(i => (ExpectedState.UpdatedSlot(i, Documents), i + Documents));
        await engine.FlushAsync();
        var began = disk.Work;
        await engine.CompactAsync(everything: true);
        var work = disk.Work - began;
        Count("merge: bytes read, a document", work.BytesRead / (double)Documents);
        Count("merge: bytes written, a document", work.BytesWritten / (double)Documents);
        Count("merged: table bytes on disk, a document", engine.Status.TableBytes / (double)Documents);
    }

    /// <summary>On real files: the disk in memory allocates what it keeps. With background work, which has memory ready before a memtable is full.</summary>
    private async Task PutsAsync()
    {
        const int counted = 10_000, before = 20_000;
        using var folder = new TemporaryFolder();
        await using var real = await StorageEngine.OpenAsync(folder.Path, new EngineOptions { Seed = 1, Durability = Durability.Buffered, MemtableBytes = 1 << 20 });
        var products = real.Collection("products");
        var (row, allocating) = (_rows.Write(0), 0);
        for (var i = 0; i < before + counted; i++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            real.Put(products, new(Product.Id(i)), row.Shape, row.Row);
            if (i >= before && GC.GetAllocatedBytesForCurrentThread() > allocated) allocating++;
        }

        Count("puts that allocated, of ten thousand", allocating);
    }

    private void PutAll(Func<long, (long Slot, long Number)> write)
    {
        var batch = new PutBatch();
        for (var i = 0; i < Documents; i++)
        {
            var (slot, number) = write(i);
            batch.Put(_products, new(Product.Id(slot)), _rows.Write(number));
            if (batch.Count < BatchSize && i + 1 < Documents) continue;
            engine.Put(batch);
            batch.Clear();
        }
    }

    private (QueryWork Work, long Allocated) Read(ScanRequest request, int expected)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        using var stream = engine.Scan(request);
        var count = 0;
        while (stream.MoveNext()) count++;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.Equal(expected, count);
        return (stream.Work, allocated);
    }

    private void Count(string what, double value) => _counts.Add(what, Math.Round(value, 3));
}
