// One size: a fresh engine, and each operation with a number of repetitions that makes it long enough to be timed and is the same
// at every size. Small costs are the median of several turns, since one interruption is as long as a thousand gets. The block cache holds
// everything at every size: what it costs when it does not is the disk's law, not the engine's.
using System.Diagnostics;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.ProductBench;

namespace IngoDB.GrowthBench;

/// <summary>Measures all operations at one size.</summary>
internal sealed class GrowthRun(string folder, long documents)
{
    private const int BatchSize = 1000, Turns = 7, Lookups = 20_000, Queries = 20, InLog = 20_000;

    private const long CacheBytesMin = 256L << 20;

    private readonly EngineOptions _options = new() { Durability = Durability.Buffered, Learning = LearningMode.Off, BlockCacheBytes = Math.Max(CacheBytesMin, 2 * CacheSteps.BytesOfDocument * documents) };
    private readonly ProductRows _rows = new();
    private readonly List<GrowthPoint> _points = [];
    private StorageEngine _engine = null!;
    private CollectionId _products;

    public async Task<List<GrowthPoint>> RunAsync()
    {
        await OpenAsync();
        Add("ingest of N", Time(() => PutAll(0, i => (i, i))));
        await _engine.SettleAsync();
        Add("N updates", Time(Update));
        Add("settle after N updates", await TimeAsync(() => _engine.SettleAsync()));
        await _engine.WarmAsync();
        Add("get", MedianOf(Turns, GetAll) / Lookups);
        Add("absent key", MedianOf(Turns, GetAbsent) / Lookups);
        Add("100 keys, a key", MedianOf(Turns, GetHundreds) / Lookups);
        Add("count by two fields", MedianOf(3, () => _engine.Count(_products, Filter.And(Filter.Gt("price", 50), Filter.Gt("rating", 3.0)))));
        Add("first ten without index", MedianOf(3, () => Read(new(_products) { Sort = [new("stock")], Limit = 10 }, 10)));
        Add("range of 100 ids", MedianOf(Turns, ReadRanges) / Queries);
        _engine.DefineIndex(_products, "name", "growth");
        _engine.DefineIndex(_products, "price", "growth");
        Add("index build", await TimeAsync(() => _engine.BuildIndexesAsync()));
        Add("one of N by index", MedianOf(Turns, ReadNames) / Queries);
        Add("first ten by index", MedianOf(Turns, ReadFirst) / Queries);
        Add("snapshot", MedianOf(Turns, TakeSnapshots) / Lookups);
        await _engine.DisposeAsync();
        Add("open", await TimeAsync(OpenAsync));
        PutAll(documents, i => (i, i), InLog);
        await _engine.DisposeAsync();
        Add("open with 20,000 in the log", await TimeAsync(OpenAsync));
        await _engine.DisposeAsync();
        return _points;
    }

    private async Task OpenAsync()
    {
        _engine = await StorageEngine.OpenAsync(folder, _options);
        _products = _engine.Collection("products");
    }

    private void Update()
    {
        for (long i = 0; i < documents; i++)
        {
            var row = _rows.Write(i + documents);
            _engine.Put(_products, new(Product.Id(ExpectedState.UpdatedSlot(i, documents))), row.Shape, row.Row);
        }
    }

    private void PutAll(long from, Func<long, (long Slot, long Number)> write, long? count = null)
    {
        var batch = new PutBatch();
        var end = from + (count ?? documents);
        for (var i = from; i < end; i++)
        {
            var (slot, number) = write(i);
            batch.Put(_products, new(Product.Id(slot)), _rows.Write(number));
            if (batch.Count < BatchSize && i + 1 < end) continue;
            _engine.Put(batch);
            batch.Clear();
        }
    }

    private void GetAll()
    {
        for (var i = 0; i < Lookups; i++) Expect(_engine.TryGetRow(_products, new(Product.Id((i * 7919L + 1013) % documents)), null, out _, out _, out _));
    }

    private void GetAbsent()
    {
        for (var i = 0; i < Lookups; i++) Expect(!_engine.TryGetRow(_products, new(Product.AbsentId((i * 7919L + 1013) % documents)), null, out _, out _, out _));
    }

    private void GetHundreds()
    {
        var (ids, rows) = (new DocumentId[100], new RowResult[100]);
        for (var i = 0; i < Lookups; i += ids.Length)
        {
            for (var j = 0; j < ids.Length; j++) ids[j] = new(Product.Id(((i + j) * 7919L + 3001) % documents));
            Expect(_engine.TryGetRows(_products, ids, rows) == ids.Length);
        }
    }

    private void ReadRanges()
    {
        for (var i = 0; i < Queries; i++)
        {
            var first = i * 7919L % (documents - 100);
            Read(new(_products) { Where = Filter.And(Filter.Gte("_id", Value.From(Product.Id(first))), Filter.Lt("_id", Value.From(Product.Id(first + 100)))) }, 100);
        }
    }

    /// <summary>The last updates are in force whatever came before, each slot's last one.</summary>
    private void ReadNames()
    {
        var slots = new HashSet<long>();
        for (var i = documents - 1; slots.Count < Queries; i--)
            if (slots.Add(ExpectedState.UpdatedSlot(i, documents))) Read(new(_products) { Where = Filter.Eq("name", $"Product #{i + documents}") }, 1);
    }

    private void ReadFirst()
    {
        for (var i = 0; i < Queries; i++) Read(new(_products) { Sort = [new("price")], Limit = 10 }, 10);
    }

    private void TakeSnapshots()
    {
        for (var i = 0; i < Lookups; i++) _engine.TakeSnapshot().Dispose();
    }

    private void Read(ScanRequest request, int expected)
    {
        using var stream = _engine.Scan(request);
        var count = 0;
        while (stream.MoveNext()) count += stream.Row.Length > 0 ? 1 : 0;
        Expect(count == expected);
    }

    private void Add(string operation, double seconds) => _points.Add(new(operation, documents, seconds));

    private static void Expect(bool holds)
    {
        if (!holds) throw new WrongAnswerException("an operation gave something else than what was written");
    }

    private static double MedianOf(int turns, Action act)
    {
        act();
        return Enumerable.Range(0, turns).Select(_ => Time(act)).Order().ElementAt(turns / 2);
    }

    private static double Time(Action act)
    {
        var began = Stopwatch.GetTimestamp();
        act();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        var began = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
