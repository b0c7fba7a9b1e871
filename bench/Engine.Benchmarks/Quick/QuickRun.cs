// The whole engine in one go, as a user would have it embedded: the steps of the original's benchmark that the
// first issue sets figures for. Everything is counted as the user waits for it: making the documents is inside the ingest,
// decoding them inside the gets, and each answer is checked.
//
//   ingest     N products, batches of 1,000, one thread, Durability.Buffered
//   settle     flush and compaction afterwards
//   gets       20,000 lookups in a scattered order, each timed, three times: the first pass reads its blocks from files, the
//              second meets them again and keeps them, the third finds them in memory
//   broad      category = electronics by price: a tenth of all, reading two fields of each; no index pays for it
//   selective  price = 123.99: a thousandth of all; first by examining everything, then by the index that was learned
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Benchmarks.Quick;

/// <summary>Runs the procedure once and gives its figures.</summary>
internal sealed class QuickRun(StorageEngine engine, long documents, int scanRuns, TimeProvider clock)
{
    private const int BatchSize = 1000;
    private const int Lookups = 20_000;

    private readonly CollectionId _products = engine.Collection("products");

    public async Task<QuickFigures> RunAsync()
    {
        var ingest = await TimeAsync(IngestAsync);
        var settle = await TimeAsync(() => engine.SettleAsync());
        await engine.WarmAsync();
        GetFigures[] gets = [TimeGets(), TimeGets(), TimeGets()];
        var broad = await TimeScansAsync(Filter.Eq("category", Value.From("electronics")), "price", every: 10);
        var selective = await TimeScansAsync(Filter.Eq("price", Value.From(123.99)), "rating", every: 1000);
        return new(documents, ingest, settle, gets, broad, selective, engine.Status.TableBytes, Machine.PeakMemoryBytes);
    }

    private async Task IngestAsync()
    {
        var batch = new List<EngineWrite>(BatchSize);
        for (long i = 0; i < documents; i++)
        {
            batch.Add(EngineWrite.Upsert(_products, Products.Id(i), Products.Document(i)));
            if (batch.Count < BatchSize && i + 1 < documents) continue;
            await engine.WriteAsync(batch);
            batch.Clear();
        }
    }

    private GetFigures TimeGets()
    {
        var times = new TimeSpan[Lookups];
        var (began, processor) = (clock.GetTimestamp(), Machine.ProcessorTime);
        for (var i = 0; i < Lookups; i++)
        {
            var number = (i * 7919L + 1013) % documents;
            var id = Products.Id(number);
            var start = clock.GetTimestamp();
            var found = engine.Get(_products, id);
            times[i] = clock.GetElapsedTime(start);
            if (found is null || found["stock"].AsInt64() != number % 500) throw new InvalidOperationException($"product {number} is wrong or missing");
        }

        var step = new StepFigures(clock.GetElapsedTime(began), Machine.ProcessorTime - processor);
        Array.Sort(times);
        return new(times[Lookups / 2], times[Lookups * 95 / 100], times[Lookups * 99 / 100], step);
    }

    private async Task<IReadOnlyList<ScanFigures>> TimeScansAsync(Filter where, FieldPath sort, int every)
    {
        var scans = new List<ScanFigures>();
        for (var run = 1; run <= scanRuns; run++)
        {
            scans.Add(TimeScan(new(_products) { Where = where, Sort = [new(sort)] }, sort, run, every));
            await engine.SettleAsync();
        }

        return scans;
    }

    private ScanFigures TimeScan(ScanRequest request, FieldPath sort, int run, int every)
    {
        var (began, processor) = (clock.GetTimestamp(), Machine.ProcessorTime);
        using var stream = engine.Scan(request);
        var (count, latest) = (0L, double.MinValue);
        while (stream.MoveNext())
        {
            var row = new RowReader(stream.Shape, stream.Row);
            var key = row.At(sort).Decode().AsDouble();
            if (key < latest || row.Field("stock").IsMissing) throw new InvalidOperationException($"row {count} is out of order or has no stock");
            (count, latest) = (count + 1, key);
        }

        var step = new StepFigures(clock.GetElapsedTime(began), Machine.ProcessorTime - processor);
        if (count != documents / every) throw new InvalidOperationException($"{count} of {documents / every} rows");
        return new(run, step, stream.Work.DocumentsExamined, count, stream.Work.AccessPath);
    }

    private async Task<StepFigures> TimeAsync(Func<Task> step)
    {
        var (began, processor) = (clock.GetTimestamp(), Machine.ProcessorTime);
        await step();
        return new(clock.GetElapsedTime(began), Machine.ProcessorTime - processor);
    }
}
