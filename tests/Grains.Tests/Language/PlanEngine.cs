using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace Grains.Tests.Language;

/// <summary>A partition as the page describes it: its documents, five thousand more, and indexes on year, director and genres[]. What it would do for a request is the page's plan.</summary>
internal sealed class PlanEngine : IAsyncDisposable
{
    private const int OtherDocuments = 5_000;

    private readonly StorageEngine _engine;

    private PlanEngine(StorageEngine engine) => _engine = engine;

    public static async Task<PlanEngine> StartAsync(IEnumerable<(string Collection, StoredDocument[] Documents)> data)
    {
        var engine = await StorageEngine.OpenAsync("/db", new() { Files = new SimulatedFileSystem(), BackgroundWork = false, Seed = 1, Learning = LearningMode.Off });
        foreach (var (name, documents) in data.Append(("films", [])))
        {
            var collection = engine.Collection(name);
            await engine.WriteAsync([.. documents.Select(document => EngineWrite.Upsert(collection, document.Id, document.Fields))]);
            for (var i = 0; i < OtherDocuments; i += 500)
                await engine.WriteAsync([.. Enumerable.Range(i, 500).Select(n => EngineWrite.Upsert(collection, new($"other-{n:D4}"), Other(n)))]);
            foreach (var path in (string[])["year", "director", "genres[]"]) engine.DefineIndex(collection, path, "the page");
        }

        await engine.FlushAsync();
        await engine.BuildIndexesAsync();
        return new(engine);
    }

    /// <summary>Null for writes of documents by their ids, which look nothing up.</summary>
    public string? PlanOf(LiquidRequest request) => request switch
    {
        GetQuery get => PlanOf(get.From, new InFilter("_id", [.. get.Ids.Select(id => id.ToValue())])),
        ScanQuery scan => PlanOf(scan) + string.Concat(scan.Include.Select(include => $"\n{include.As}: {JoinOf(include.To)}")),
        AggregateQuery aggregate => _engine.Explain(_engine.Collection(aggregate.From), aggregate, execute: false)["access"].AsString(),
        TraverseQuery traverse => WalkOf(traverse.From, traverse.Start, traverse.Hops),
        PathQuery path => WalkOf(path.From, path.Start, path.Hops),
        WhereWrite write => PlanOf(write.Into, write.Where),
        _ => null,
    };

    private string WalkOf(string from, Filter? start, IReadOnlyList<Hop> hops)
        => $"start: {PlanOf(from, start)}" + string.Concat(hops.Select((hop, i) => $"\nhop {i}: {JoinOf(hop.To)}"));

    /// <summary>How the documents are found that hold one of the values; many of them are looked up together.</summary>
    private string JoinOf(JoinTarget to) => PlanOf(to.Collection, Filter.Eq(to.Field, "any value"));

    private string PlanOf(string from, Filter? where) => PlanOf(new ScanQuery { From = from, Where = where });

    private string PlanOf(ScanQuery query)
    {
        var request = new ScanRequest(_engine.Collection(query.From)) { Where = query.Where, Sort = query.Sort, Limit = query.Limit is { } limit ? limit + query.Skip : null };
        var explained = _engine.Explain(request, execute: false);
        var sort = explained["sort"].AsString();
        return sort.StartsWith("none", StringComparison.Ordinal) ? explained["access"].AsString() : $"{explained["access"].AsString()}, then sort: {sort}";
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private static Document Other(int n) => Document.Of(
        ("title", $"Other {n}"), ("year", 1900 + (n % 125)), ("rating", (n % 100) / 10.0), ("director", $"Director {n % 400}"), ("genres", Value.ArrayOf($"Genre {n % 20}")), ("cast", Value.From(Array.Empty<Value>())));
}
