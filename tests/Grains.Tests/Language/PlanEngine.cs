using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace Grains.Tests.Language;

/// <summary>A partition as the page describes it: its documents, five thousand more, and indexes on year, director and genres[]. What it would do for a scan is the page's plan.</summary>
internal sealed class PlanEngine : IAsyncDisposable
{
    private const int OtherDocuments = 5_000;

    private readonly StorageEngine _engine;

    private PlanEngine(StorageEngine engine) => _engine = engine;

    public static async Task<PlanEngine> StartAsync(IEnumerable<(string Collection, StoredDocument[] Documents)> data)
    {
        var engine = await StorageEngine.OpenAsync("/db", new() { Files = new SimulatedFileSystem(), BackgroundWork = false, Seed = 1, Learning = LearningMode.Off });
        foreach (var (name, documents) in data)
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

    public string PlanOf(ScanQuery query)
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
