// What is measured over one connection, in-process or through a gateway: the empty call, gets one by one and many at once,
// and batch ingest. Every document that comes back is checked in two fields.

using System.Diagnostics;
using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace IngoDB.GrainBench;

/// <summary>The phases over one grain factory.</summary>
internal sealed class Phases(string name, IGrainFactory grains, Process? other, int documents, TimeSpan duration, string phase, int[]? onlyCallers)
{
    private const int BatchSize = 1_000;
    private const int MultiGetSize = 256;
    private const int BatchesUnderWay = 4;

    private readonly DocumentCollection _products = new IngoDBClient(grains).Database().Collection(Products.Collection);
    private readonly ThreadLocal<(RowBatch Batch, DocWriter Row)> _rows = new(() => (new(), new()));
    private readonly IEchoGrain _echo = grains.GetGrain<IEchoGrain>(0);

    public async Task RunAsync(Action<Rate> report)
    {
        report(await IngestAsync($"ingest {BatchSize}", SendDocuments));
        report(await IngestAsync($"ingest rows {BatchSize}", SendRows));
        foreach (var callers in onlyCallers ?? [1, 32, 256])
        {
            await MeasureAsync("empty", callers, Empty, report);
            await MeasureAsync("get", callers, Get, report);
            await MeasureAsync("get row", callers, GetRow, report);
        }

        foreach (var callers in onlyCallers ?? [1, 4])
        {
            await MeasureAsync($"multiget {MultiGetSize}", callers, GetMany, report);
            await MeasureAsync($"multiget {MultiGetSize} rows", callers, GetManyRows, report);
        }
    }

    /// <summary>How many calls single gets should share, in turns: the machine is never twice the same.</summary>
    public async Task CompareCallsAsync(Action<Rate> report)
    {
        await IngestAsync("", SendRows);
        var clients = ((int[])[1, 2, 4, 8]).ToDictionary(calls => calls, calls => new IngoDBClient(grains, new() { GetCalls = calls }).Database().Collection(Products.Collection));
        foreach (var count in onlyCallers ?? [8, 32, 128])
        {
            for (var round = 0; round < 3; round++)
            {
                report(await OneAsync("empty", count, duration, Empty));
                foreach (var (calls, products) in clients) report(await OneAsync($"get row, {calls} calls", count, duration, (caller, call) => GetRow(products, caller, call)));
            }
        }
    }

    private async Task MeasureAsync(string what, int callers, Func<int, int, ValueTask<int>> operation, Action<Rate> report)
    {
        if (!what.Contains(phase, StringComparison.Ordinal) && what != "empty") return;
        await OneAsync(what, callers, duration / 2, operation);
        report(await OneAsync(what, callers, duration, operation));
    }

    private Task<Rate> OneAsync(string phase, int callers, TimeSpan time, Func<int, int, ValueTask<int>> operation) => Rate.OfAsync($"{name}: {phase}", callers, time, other, operation);

    /// <summary>Everything three times; the first time the runtime compiles.</summary>
    private async Task<Rate> IngestAsync(string what, Func<int, Task> send)
    {
        Rate? last = null;
        var batches = documents / BatchSize;
        for (var pass = 0; pass < 3; pass++)
        {
            var next = -1;
            last = await OneAsync(what, BatchesUnderWay, TimeSpan.FromMinutes(5), async (_, _) =>
            {
                var batch = Interlocked.Increment(ref next);
                if (batch >= batches) return 0;
                await send(batch * BatchSize);
                return BatchSize;
            });
        }

        return last!;
    }

    private async Task SendDocuments(int first)
    {
        var done = await _products.UpsertManyAsync(Enumerable.Range(first, BatchSize).Select(i => new StoredDocument(Products.Id(i), default, Products.Document(i))));
        if (done.Refused > 0) throw new InvalidOperationException($"{done.Refused} refused");
    }

    private Task SendRows(int first)
    {
        var (batch, row) = _rows.Value;
        for (var i = first; i < first + BatchSize; i++) batch.Upsert(Products.Id(i), Products.Write(row, i));
        return SentAsync();

        async Task SentAsync()
        {
            if (await _products.UpsertRowsAsync(batch) is { Count: > 0 } refused) throw new InvalidOperationException($"{refused.Count} refused");
        }
    }

    private async ValueTask<int> Empty(int caller, int call) => await _echo.EchoAsync(call) == call ? 1 : throw new InvalidOperationException("another echo");

    private async ValueTask<int> Get(int caller, int call)
    {
        var number = NumberOf(caller, call);
        var found = await _products.GetAsync(Products.Id(number)) ?? throw new InvalidOperationException($"{number} is missing");
        Check(number, found.Fields["price"].AsDouble(), found.Fields["stock"].AsInt64());
        return 1;
    }

    private ValueTask<int> GetRow(int caller, int call) => GetRow(_products, caller, call);

    private async ValueTask<int> GetRow(DocumentCollection products, int caller, int call)
    {
        var number = NumberOf(caller, call);
        var found = await products.GetRowAsync(Products.Id(number)) ?? throw new InvalidOperationException($"{number} is missing");
        Check(number, found.Fields.Field("price").Decode().AsDouble(), found.Fields.Field("stock").Decode().AsInt64());
        return 1;
    }

    private async ValueTask<int> GetMany(int caller, int call)
    {
        var found = await _products.GetManyAsync(IdsOf(caller, call));
        foreach (var (_, document) in found) _ = document.Fields["price"].AsDouble() + document.Fields["stock"].AsInt64();
        return MultiGetSize;
    }

    private async ValueTask<int> GetManyRows(int caller, int call)
    {
        var rows = await _products.GetRowsAsync(IdsOf(caller, call));
        for (var i = 0; i < MultiGetSize; i++)
        {
            if (!rows.MoveNext()) throw new InvalidOperationException("too few documents");
            var fields = rows.Current.Fields;
            Check(NumberOf(caller, call * MultiGetSize + i), fields.Field("price").Decode().AsDouble(), fields.Field("stock").Decode().AsInt64());
        }

        return MultiGetSize;
    }

    private DocumentId[] IdsOf(int caller, int call)
    {
        var ids = new DocumentId[MultiGetSize];
        for (var i = 0; i < ids.Length; i++) ids[i] = Products.Id(NumberOf(caller, call * MultiGetSize + i));
        return ids;
    }

    private long NumberOf(int caller, int call) => (long)((uint)(call * 2654435761u + caller * 40503u) % (uint)documents);

    private static void Check(long number, double price, long stock)
    {
        if (price != number % 1000 + 0.99 || stock != number % 500) throw new InvalidOperationException($"{number} is another document");
    }
}
