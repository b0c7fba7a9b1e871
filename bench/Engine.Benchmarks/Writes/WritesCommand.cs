// The write path alone, part by part, as a user would have it embedded; each figure with the processor time of all threads,
// since on a shared machine that is the steadier one.
//
//   ingest     N products by PutBatch, 1,000 each, buffered and durable
//   update     N products put one by one in a scattered order, beside flushes and merges, with its longest stalls; then settle
//   durable    puts of 1, 64 and 1,024 callers at once, beside the bare pwrite and fdatasync of as many bytes on this disk
//   recover    the log of N products, replayed, and their tables, opened
using System.Globalization;
using System.Text.Unicode;
using IngoDB.Benchmarks.Quick;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Benchmarks.Writes;

/// <summary><c>--writes [--docs N] [--only PART]</c>.</summary>
internal static class WritesCommand
{
    private const int BatchSize = 1000;
    public static readonly Shape Fields = Shape.Of("type", "name", "category", "price", "rating", "stock", "description");
    private static readonly EngineOptions Buffered = new() { Durability = Durability.Buffered, Learning = LearningMode.Off };

    public static async Task<int> RunAsync(string[] args)
    {
        var documents = int.Parse(Option(args, "--docs") ?? "1000000", CultureInfo.InvariantCulture);
        var only = Option(args, "--only");
        foreach (var (name, act) in new (string, Func<int, Task>)[] { ("ingest", IngestAsync), ("update", UpdateAsync), ("durable", DurableAsync), ("recover", RecoverAsync) })
            if (only is null || only == name) await act(documents);
        return 0;
    }

    private static async Task IngestAsync(int documents)
    {
        foreach (var durability in (Durability[])[Durability.Buffered, Durability.Buffered, Durability.Durable])
        {
            await InFolderAsync(Buffered, engine =>
            {
                Time($"ingest, {durability}", documents, () => Ingest(engine, documents, durability));
                return Task.CompletedTask;
            });
        }
    }

    private static Task UpdateAsync(int documents) => InFolderAsync(Buffered, async engine =>
    {
        Ingest(engine, documents, Durability.Buffered);
        var products = engine.Collection("products");
        var writer = new DocWriter();
        for (var round = 0; round < 3; round++)
        {
            var stalls = new Stalls();
            Time("update", documents, () =>
            {
                for (var i = 0; i < documents; i++)
                {
                    var number = (i * 7919L + 1013) % documents;
                    stalls.Begin();
                    engine.Put(products, Products.Id(number), Fields, Row(writer, number));
                    stalls.End();
                }
            });
            Console.WriteLine(stalls);
            await TimeAsync("settle", documents, () => engine.SettleAsync());
            var status = engine.Status;
            Console.WriteLine($"{"",-28}{status.Tables} tables, {(double)status.TableBytes / documents:N2} bytes a document");
        }
    });

    private static async Task DurableAsync(int documents)
    {
        foreach (var (callers, count) in (ReadOnlySpan<(int, int)>)[(1, 3_000), (64, 2_000), (1024, 500)]) Time($"bare sync of {callers} records", count * callers, () => BareSync(count, callers));
        await InFolderAsync(Buffered, async engine =>
        {
            var products = engine.Collection("products");
            var writer = new DocWriter();
            for (var round = 0; round < 2; round++)
            {
                Time("durable, 1 caller", 5_000, () =>
                {
                    for (var i = 0; i < 5_000; i++) engine.Put(products, Products.Id(i), Fields, Row(writer, i), Durability.Durable);
                });
                foreach (var callers in (int[])[64, 1024]) await TimeAsync($"durable, {callers} callers", 300_000, () => PutBesideAsync(engine, callers, 300_000));
            }
        });
    }

    private static async Task RecoverAsync(int documents)
    {
        var folder = Directory.CreateTempSubdirectory("ingodb-writes-").FullName;
        try
        {
            var options = Buffered with { SealedMemtablesMax = 1_000 };
            for (var round = 0; round < 3; round++)
            {
                await using (var engine = await StorageEngine.OpenAsync(folder, options with { BackgroundWork = false })) Ingest(engine, documents, Durability.Buffered);
                StorageEngine? opened = null;
                await TimeAsync("recover the log", documents, async () => opened = await StorageEngine.OpenAsync(folder, options));
                await opened!.FlushAsync();
                await opened.CompactAsync(everything: true);
                await opened.DisposeAsync();
                await TimeAsync("open the tables", documents, async () => opened = await StorageEngine.OpenAsync(folder, options));
                await opened.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static void Ingest(StorageEngine engine, int documents, Durability durability)
    {
        var products = engine.Collection("products");
        var (batch, writer) = (new PutBatch(), new DocWriter());
        for (var i = 0; i < documents; i++)
        {
            Row(writer, i);
            batch.Put(products, Products.Id(i), writer);
            if (batch.Count < BatchSize && i + 1 < documents) continue;
            engine.Put(batch, durability);
            batch.Clear();
        }
    }

    private static Task PutBesideAsync(StorageEngine engine, int callers, int puts)
    {
        var products = engine.Collection("products");
        var next = 0;
        return Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var writer = new DocWriter();
            for (int i; (i = Interlocked.Increment(ref next)) <= puts;) await engine.PutAsync(products, Products.Id(i), Fields, Row(writer, i), Durability.Durable);
        })));
    }

    public static ReadOnlySpan<byte> Row(DocWriter writer, long i)
    {
        Span<byte> text = stackalloc byte[96];
        var category = Products.Categories[i % 10];
        writer.Begin(Fields).Write("product"u8);
        Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"Product #{i}", out var length);
        writer.Write(text[..length]).Write(category).Write(i % 1000 + 0.99).Write(i % 50 / 10.0).Write(i % 500);
        Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"Description for product {i} in {category}", out length);
        return writer.Write(text[..length]).Row;
    }

    /// <summary>What a group of so many callers would cost if there were no engine: their bytes into blocks that were written before.</summary>
    private static void BareSync(int count, int callers)
    {
        const int recordBytes = 200, fileBytes = 16 << 20;
        var folder = Directory.CreateTempSubdirectory("ingodb-writes-").FullName;
        using (var file = LocalFileSystem.Instance.Create(Path.Combine(folder, "bare")))
        {
            file.Write(0, new byte[fileBytes]);
            file.SyncData();
            var records = new byte[recordBytes * callers];
            for (var i = 0L; i < count; i++)
            {
                file.Write(i * records.Length % (fileBytes - records.Length), records);
                file.SyncData();
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task InFolderAsync(EngineOptions options, Func<StorageEngine, Task> act)
    {
        var folder = Directory.CreateTempSubdirectory("ingodb-writes-").FullName;
        try
        {
            await using var engine = await StorageEngine.OpenAsync(folder, options);
            await act(engine);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Time(string what, int count, Action act) => TimeAsync(what, count, () =>
    {
        act();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    private static async Task TimeAsync(string what, int count, Func<Task> act)
    {
        var (began, processor, allocated) = (TimeProvider.System.GetTimestamp(), Machine.ProcessorTime, GC.GetTotalAllocatedBytes());
        await act();
        var time = TimeProvider.System.GetElapsedTime(began);
        Console.WriteLine($"{what,-28}{count / time.TotalSeconds,12:N0}/s{(Machine.ProcessorTime - processor).TotalMicroseconds / count,8:N2} µs of processor{(GC.GetTotalAllocatedBytes() - allocated) / (double)count,10:N1} bytes allocated each");
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
