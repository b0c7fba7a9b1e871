// Ours through the client of a service: documents in and out of a cluster of one silo with one partition, so that the figures are
// comparable with the embedded engine's. `grain` runs the silo in this process; `gateway` starts it as a process of its own and
// talks to it over TCP. Point reads are also offered with many calls under way, as a service has them.
using System.Buffers.Binary;
using IngoDB.Abstractions.Clustering;
using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.Model;
using IngoDB.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace IngoDB.ProductBench;

/// <summary>A database behind grains.</summary>
internal sealed class ClusterStore : IProductStore
{
    private readonly IAsyncDisposable _silo;
    private readonly IHost? _host;
    private readonly int? _siloProcess;
    private readonly DocumentCollection _products;
    private readonly WriteOptions _options;
    private readonly ThreadLocal<(RowBatch Batch, ProductRows Rows)> _batch = new(() => (new(), new()));

    private ClusterStore(StoreOptions options, IAsyncDisposable silo, IHost? host, int? siloProcess, IngoDatabase database)
    {
        (_silo, _host, _siloProcess) = (silo, host, siloProcess);
        _products = database.Collection("products");
        _options = new() { Buffered = !options.Durable };
    }

    public int Outstanding => 256;

    public TimeSpan OtherProcessorTime => _siloProcess is { } id ? ProcFiles.ProcessorTime(id) : TimeSpan.Zero;

    public long OtherPeakBytes => _siloProcess is { } id ? ProcFiles.PeakMemoryBytes(id) : 0;

    public static ClusterStore InProcess(StoreOptions options)
    {
        var settings = SiloSettings.Numbered(options.Folder, 1, 1) with { More = More(options) };
        var silos = SiloGroup.StartAsync([settings]).GetAwaiter().GetResult();
        return new(options, silos, null, null, new IngoDBClient(silos.Silos[0].Grains).Database());
    }

    public static ClusterStore ThroughGateway(StoreOptions options)
    {
        var silo = SiloProcess.Start(options.Folder, More(options));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseIngoDBFileClustering(Path.Combine(options.Folder, "cluster"))
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (SiloSettings.ClusterName, SiloSettings.ClusterName)));
        builder.Services.AddIngoDBClient();
        var host = builder.Build();
        host.StartAsync().GetAwaiter().GetResult();
        return new(options, silo, host, silo.Id, host.Services.GetRequiredService<IngoDatabase>());
    }

    public void PutBatch(ReadOnlySpan<ProductWrite> writes) => PutBatchAsync(writes.ToArray()).GetAwaiter().GetResult();

    public async Task PutBatchAsync(ProductWrite[] writes)
    {
        if (await Send().ConfigureAwait(false) is { Count: > 0 } refused) throw new InvalidOperationException(refused[0].ErrorMessage);

        Task<IReadOnlyList<WriteResult>> Send()
        {
            var (batch, rows) = _batch.Value;
            foreach (var write in writes) batch.Upsert(Product.Id(write.Slot), rows.Write(write.Number));
            return _products.UpsertRowsAsync(batch, _options);
        }
    }

    public void Put(ProductWrite write) => _products.UpsertAsync(IngoProduct.Document(write.Number), Product.Id(write.Slot), _options).GetAwaiter().GetResult();

    public async ValueTask PutAsync(ProductWrite write) => await _products.UpsertAsync(IngoProduct.Document(write.Number), Product.Id(write.Slot), _options).ConfigureAwait(false);

    public ProductFacts Get(long slot) => GetAsync(slot).AsTask().GetAwaiter().GetResult();

    public async ValueTask<ProductFacts> GetAsync(long slot) => await _products.GetRowAsync(Product.Id(slot)).ConfigureAwait(false) is { } row ? FactsOf(row) : ProductFacts.Absent;

    public bool HasAbsent(long slot) => _products.GetRowAsync(Product.AbsentId(slot)).AsTask().GetAwaiter().GetResult() is not null;

    public void GetMany(ReadOnlySpan<long> slots, Span<ProductFacts> facts)
    {
        var found = new ProductFacts[slots.Length];
        GetManyAsync(slots.ToArray(), found).GetAwaiter().GetResult();
        found.CopyTo(facts);
    }

    public async Task GetManyAsync(long[] slots, ProductFacts[] facts)
    {
        var rows = await _products.GetRowsAsync(slots.Select(slot => (DocumentId)Product.Id(slot))).ConfigureAwait(false);
        Read(rows, slots, facts);
    }

    public Answer Electronics() => ReadElectronicsAsync().GetAwaiter().GetResult();

    public Answer BestRated(int limit)
    {
        var sum = new AnswerSum();
        var where = Filter.And(Filter.Gt("price", 50), Filter.Gt("rating", 3.0));
        foreach (var document in _products.Where(where).OrderByDescending("rating").Take(limit).ToListAsync().GetAwaiter().GetResult())
        {
            sum.Descends(document["rating"].AsDouble());
            sum.Add((int)(document["rating"].AsDouble() * 10 + 0.5));
        }

        return sum.Total;
    }

    public Answer Cheapest(int limit)
    {
        var sum = new AnswerSum();
        foreach (var document in _products.Where(Filter.Eq("category", "electronics")).OrderBy("price").Take(limit).Select("name", "price").ToListAsync().GetAwaiter().GetResult())
        {
            if (document["name"].AsString().Length == 0) throw new WrongAnswerException("a row without a name");
            var cents = (int)(document["price"].AsDouble() * 100 + 0.5);
            sum.Ascends(cents);
            sum.Add(cents);
        }

        return sum.Total;
    }

    /// <summary>A silo settles by itself, in the background.</summary>
    public void Settle()
    {
    }

    public void Dispose()
    {
        _host?.StopAsync().GetAwaiter().GetResult();
        _host?.Dispose();
        _batch.Dispose();
        _silo.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private async Task<Answer> ReadElectronicsAsync()
    {
        var sum = new AnswerSum();
        await foreach (var document in _products.Where(Filter.Eq("category", "electronics")).OrderBy("price").AsAsyncEnumerable().ConfigureAwait(false))
        {
            var facts = Facts(document);
            sum.Ascends(facts.PriceCents);
            sum.Add(SlotOf(document.Id), facts);
        }

        return sum.Total;
    }

    /// <summary>Those that there are, in the order in which they were asked for.</summary>
    private static void Read(DocumentRows rows, long[] slots, ProductFacts[] facts)
    {
        var fields = new ProductFields();
        Array.Fill(facts, ProductFacts.Absent);
        for (var i = 0; rows.MoveNext(); i++)
        {
            var row = rows.Current;
            var slot = SlotOf(row.Id);
            while (slots[i] != slot) i++;
            facts[i] = fields.Facts(row.Shape, row.Fields.Row);
        }
    }

    private static ProductFacts FactsOf(DocumentRow row) => new ProductFields().Facts(row.Shape, row.Fields.Row);

    private static long SlotOf(DocumentId id)
    {
        Span<byte> bytes = stackalloc byte[Product.IdBytes];
        id.Uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes);
    }

    private static ProductFacts Facts(StoredDocument? document) => document is null ? ProductFacts.Absent : ProductFacts.Of(document["price"].AsDouble(), document["stock"].AsInt64());

    private static Dictionary<string, string?> More(StoreOptions options) => new()
    {
        ["IngoDB:Partitions"] = "1",
        ["IngoDB:Retention"] = "00:00:00",
        ["IngoDB:Buffered"] = options.Durable ? "false" : "true",
        ["Logging:LogLevel:Default"] = "None",
        ["Logging:LogLevel:IngoDB"] = "None",
        ["Logging:Console:LogLevel:Default"] = "None",
    };
}
