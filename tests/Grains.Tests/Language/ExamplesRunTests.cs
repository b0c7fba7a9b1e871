// The examples of the schema are not only read, they run: over a part of the real data, embedded, on one silo and on three, with the
// answers of the plain models. Time limits are taken off, since a machine may stand still.

using System.Runtime.CompilerServices;
using System.Text.Json;
using Grains.Tests.Silos;
using IngoDB.Client;
using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using IngoDB.Tests;

namespace Grains.Tests.Language;

public sealed class ExamplesRunTests(SiloFixture fixture)
{
    private const int AirportsKept = 40;

    /// <summary>What the writes among the examples do, in their order, one after the other.</summary>
    private static readonly string[] Written =
    [
        "Inserted", "Unchanged", "document.conflict", "Replaced", "document.missing", "document.conflict", "Inserted Deleted", "Inserted Inserted",
        "write.unexpected_count", "matched MOVIES modified 0", "matched 0 modified 0",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_valid_example_runs_embedded_and_gives_what_the_models_give()
    {
        await using var engine = await StorageEngine.OpenAsync("/db", new() { Files = new SimulatedFileSystem(), BackgroundWork = false, Seed = 1 });
        var data = Data();
        foreach (var (name, documents) in data)
        {
            var collection = engine.Collection(name);
            await engine.WriteAsync([.. documents.Select(document => EngineWrite.Upsert(collection, document.Id, document.Fields))]);
        }

        await CheckAsync(data, query =>
        {
            using var stream = engine.Query(query);
            return Task.FromResult<IReadOnlyList<StoredDocument>>(stream.ToList());
        }, async write =>
        {
            var reply = await engine.WriteAsync(write);
            return reply.Where is { } where ? $"matched {where.Matched} modified {where.Modified}" : string.Join(' ', reply.Results.Select(result => result.ErrorCode ?? result.Status.ToString()));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Every_valid_example_runs_in_a_cluster_and_gives_what_the_models_give(int silos)
    {
        var database = (await fixture.ClientOfAsync(silos)).Database($"examples-{silos}");
        var data = Data();
        foreach (var (name, documents) in data) (await database.Collection(name).UpsertManyAsync(documents, cancellationToken: Cancellation)).EnsureApplied();
        await CheckAsync(data, query => AskAsync(database, query), async write =>
        {
            if (write is WhereWrite) return await database.ExecuteJsonAsync(LiquidJson.Write(write), cancellationToken: Cancellation) is { Where: { } where } ? $"matched {where.Matched} modified {where.Modified}" : "nothing";
            return string.Join(' ', (await database.WriteAsync(write, Cancellation)).Results.Select(result => result.ErrorCode ?? result.Status.ToString()));
        });
    }

    private static async Task CheckAsync(Dictionary<string, List<StoredDocument>> data, Func<Query, Task<IReadOnlyList<StoredDocument>>> ask, Func<Write, Task<string>> write)
    {
        var written = new List<string>();
        var queries = 0;
        foreach (var request in Examples())
        {
            if (request is Query query)
            {
                queries++;
                var found = (await ask(Untimed(query))).Select(document => document with { Version = DocumentVersion.None }).ToList();
                Assert.NotEmpty(found);
                if (query is PathQuery path) CheckPaths(path, data, found);
                else Assert.Equal(Expected(query, data).Select(document => ReferenceAggregate.Exact(document.Fields)), found.Select(document => ReferenceAggregate.Exact(document.Fields)));
                continue;
            }

            try
            {
                written.Add(await write((Write)request));
            }
            catch (IngoDBException refused)
            {
                written.Add(refused.Code); // a refusal is what some of them are there to show
            }
        }

        Assert.Equal(10, queries);
        var movies = data["movies"].Count + written.Take(9).Count(what => what == "Inserted") + 1;
        Assert.Equal(Written.Select(what => what.Replace("MOVIES", $"{movies}", StringComparison.Ordinal)), written);
        Assert.Empty(await ask(new GetQuery { From = "airports", Ids = [new("AUS")] })); // the bulk deletes it
    }

    private static List<StoredDocument> Expected(Query query, Dictionary<string, List<StoredDocument>> data) => query switch
    {
        GetQuery get => [.. get.Ids.SelectMany(id => data[get.From].Where(document => document.Id.Equals(id)))],
        ScanQuery scan => [.. ReferenceInclude.Of(NaiveAnswers.Of(scan, data[scan.From]), scan.Include, name => data[name]).Select(document => scan.Select is null ? document : Selected(document, scan.Select))],
        AggregateQuery aggregate => ReferenceAggregate.Of(data[aggregate.From], aggregate),
        TraverseQuery traverse => new ReferenceGraph(data.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<StoredDocument>)pair.Value)).Traverse(traverse),
        _ => throw new InvalidOperationException("no plain reading of such a query"),
    };

    private static StoredDocument Selected(StoredDocument document, IReadOnlyList<FieldPath> select)
        => document with { Fields = Document.Of([.. select.Where(path => document.Fields.Contains(path.Text)).Select(path => (path.Text, document.Fields[path.Text]))]) };

    /// <summary>Three different ways, each as long as it says, the first as short as any.</summary>
    private static void CheckPaths(PathQuery query, Dictionary<string, List<StoredDocument>> data, List<StoredDocument> found)
    {
        Assert.Equal(query.K, found.Count);
        var routes = data["routes"].ToDictionary(route => route.Id, route => route["dist"].AsInt64());
        foreach (var path in found)
            Assert.Equal(path["weight"].AsInt64(), path["nodes"].AsArray().ToArray().Select(node => node.AsDocument()).Where(node => node["collection"] == "routes").Sum(node => routes[DocumentId.FromValue(node["_id"])]));
        Assert.Equal(found.Select(path => path["weight"].AsInt64()).Order(), found.Select(path => path["weight"].AsInt64()));
        Assert.Equal(query.K, found.Select(path => path["nodes"]).Distinct().Count());

        var far = new Dictionary<string, long> { ["AUS"] = 0 };
        for (var flights = 0; flights < query.Depth / 2; flights++)
            foreach (var (from, to, miles) in data["routes"].Select(route => (route["from"].AsString(), route["to"].AsString(), route["dist"].AsInt64())).ToList())
                if (far.TryGetValue(from, out var before)) far[to] = Math.Min(far.GetValueOrDefault(to, long.MaxValue), before + miles);
        Assert.Equal(far["WLG"], found[0]["weight"].AsInt64());
    }

    private static Query Untimed(Query query) => query switch
    {
        ScanQuery { Budget: { } budget } scan => scan with { Budget = budget with { Milliseconds = null } },
        TraverseQuery { Budget: { } budget } traverse => traverse with { Budget = budget with { Milliseconds = null } },
        _ => query,
    };

    private static async Task<IReadOnlyList<StoredDocument>> AskAsync(IngoDatabase database, Query query)
    {
        var result = await database.QueryAsync(query, cancellationToken: Cancellation);
        return result.Value is { } value ? [new(new("result"), DocumentVersion.None, value)] : result.Items;
    }

    /// <summary>The airports with the most routes, Austin and Wellington; the routes between them; some movies; made-up orders.</summary>
    private static Dictionary<string, List<StoredDocument>> Data()
    {
        var routes = SharedData.Read("routes.jsonl");
        var kept = routes.GroupBy(route => route["from"].AsString()).OrderByDescending(from => from.Count()).ThenBy(from => from.Key, StringComparer.Ordinal).Take(AirportsKept).Select(from => from.Key).Append("AUS").Append("AKL").Append("WLG").ToHashSet();
        var movies = SharedData.Read("movies.jsonl").Where(movie => movie["year"] == 1977L || movie["title"] == "Alien" || movie.Fields["cast"].AsArray().Length > 14 || movie.Fields["cast"].AsArray().ToArray().Contains("Harrison Ford"));
        return new(StringComparer.Ordinal)
        {
            ["airports"] = [.. SharedData.Read("airports.jsonl").Where(airport => kept.Contains(airport["code"].AsString())).Select(airport => airport with { Id = new(airport["code"].AsString()) }).OrderBy(airport => airport.Id)],
            ["routes"] = [.. routes.Where(route => kept.Contains(route["from"].AsString()) && kept.Contains(route["to"].AsString())).OrderBy(route => route.Id)],
            ["movies"] = [.. movies.OrderBy(movie => movie.Id)],
            ["customers"] = [.. Enumerable.Range(0, 9).Select(i => new StoredDocument(new($"c{i}"), DocumentVersion.None, Document.Of(("name", $"Customer {i}"), ("city", "Wien"))))],
            ["orders"] = [.. Enumerable.Range(0, 400).Select(i => new StoredDocument(new($"o{i:D3}"), DocumentVersion.None, OrderOf(i)))],
        };
    }

    private static Document OrderOf(int i) => Document.Of(
        ("customer", $"c{i % 11}"), ("at", Value.From(new DateTimeOffset(2023, 9, 1, 0, 0, 0, TimeSpan.Zero).AddDays(i))), ("ship.to", i % 5 == 0 ? "at-1010" : "DE-80331"),
        ("items", Value.From([.. Enumerable.Range(0, i % 4).Select(item => Value.From(Document.Of(("sku", $"A-{item}"), ("qty", i % 6))))])), ("total", i % 3 == 0 ? Value.From("much") : Value.From(i)), ("note", i % 7 == 0 ? "urgent!" : "later"));

    private static IEnumerable<LiquidRequest> Examples([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder!.FullName, "IngoDB.Orleans.sln"))) folder = folder.Parent;
        using var examples = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.FullName, "docs", "liquid-ast.examples.json")));
        return [.. examples.RootElement.GetProperty("valid").EnumerateArray().Select(example => LiquidJson.Read(example.GetRawText()))];
    }
}
