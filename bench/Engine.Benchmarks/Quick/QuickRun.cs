// The whole engine in one go, as a user would have it embedded: the steps of the original's benchmark that the
// first issue sets figures for. Everything is counted as the user waits for it: making the documents is inside the ingest,
// decoding them inside the gets, and each answer is checked.
//
//   ingest   N products, batches of 1,000, one thread, Durability.Buffered    settle   flush and compaction afterwards
//   gets     20,000 lookups in a scattered order, each timed                  scan     category = electronics, by price
//   again    the same scan, until an index has been learned
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

    private readonly CancellationToken _never = CancellationToken.None;

    public async Task<QuickFigures> RunAsync()
    {
        var collection = engine.Collection("products");
        var ingest = await TimeAsync(() => IngestAsync(collection));
        var settle = await TimeAsync(() => engine.SettleAsync(_never));
        var gets = TimeGets(collection);
        var getsAgain = TimeGets(collection);
        var scans = new List<ScanFigures>();
        for (var run = 1; run <= scanRuns; run++)
        {
            scans.Add(TimeScan(collection, run));
            await engine.SettleAsync(_never);
        }

        return new(documents, ingest, settle, gets, getsAgain, scans, engine.Status.TableBytes, Machine.PeakMemoryBytes);
    }

    private async Task IngestAsync(CollectionId collection)
    {
        var batch = new List<EngineWrite>(BatchSize);
        for (long i = 0; i < documents; i++)
        {
            batch.Add(EngineWrite.Upsert(collection, Products.Id(i), Products.Document(i)));
            if (batch.Count < BatchSize && i + 1 < documents) continue;
            await engine.WriteAsync(batch);
            batch.Clear();
        }
    }

    private GetFigures TimeGets(CollectionId collection)
    {
        var times = new TimeSpan[Lookups];
        var began = clock.GetTimestamp();
        for (var i = 0; i < Lookups; i++)
        {
            var number = (i * 7919L + 1013) % documents;
            var id = Products.Id(number);
            var start = clock.GetTimestamp();
            var found = engine.Get(collection, id);
            times[i] = clock.GetElapsedTime(start);
            if (found is null || found["stock"].AsInt64() != number % 500) throw new InvalidOperationException($"product {number} is wrong or missing");
        }

        var total = clock.GetElapsedTime(began);
        Array.Sort(times);
        return new(times[Lookups / 2], times[Lookups * 95 / 100], times[Lookups * 99 / 100], Lookups / total.TotalSeconds);
    }

    private ScanFigures TimeScan(CollectionId collection, int run)
    {
        var request = new ScanRequest(collection) { Where = Filter.Eq("category", Value.From("electronics")), Sort = [new("price")] };
        var began = clock.GetTimestamp();
        using var stream = engine.Scan(request);
        var (count, latest) = (0L, double.MinValue);
        while (stream.MoveNext())
        {
            var row = new RowReader(stream.Shape, stream.Row);
            var price = row.Field("price").Decode().AsDouble();
            if (price < latest || row.Field("stock").IsMissing) throw new InvalidOperationException($"row {count} is out of order or has no stock");
            (count, latest) = (count + 1, price);
        }

        var time = clock.GetElapsedTime(began);
        if (count != (documents + 9) / 10) throw new InvalidOperationException($"{count} of {(documents + 9) / 10} rows");
        return new(run, time, stream.Work.DocumentsExamined, count, stream.Work.AccessPath);
    }

    private async Task<StepFigures> TimeAsync(Func<Task> step)
    {
        var (began, processor) = (clock.GetTimestamp(), Machine.ProcessorTime);
        await step();
        return new(clock.GetElapsedTime(began), Machine.ProcessorTime - processor);
    }
}
