// The questions as traversals. Routes are documents that join where they land with where others take off; links are arrays of ids.

using IngoDB.Engine;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.GraphBench;

/// <summary>The questions.</summary>
internal static class IngoQueries
{
    public static TraverseQuery Flights { get; } = new()
    {
        From = "routes",
        Start = Filter.Eq("from", "AUS"),
        Hops = [new("to", new("routes", "from")) { Min = 0, Max = GraphData.Flights - 1 }],
        Select = ["to"],
        Distinct = true,
    };

    public static TraverseQuery Links(GraphData data) => new()
    {
        From = "documents",
        Start = Filter.In("_id", [.. Enumerable.Range(0, GraphData.Starts).Select(i => Value.From(GraphData.IdOf(data.StartOf(i))))]),
        Hops = [new("links", new("documents", "_id")) { Min = 0, Max = GraphData.Depth }],
        Select = ["_id"],
    };

    public static IEnumerable<(DocumentId Id, Document Fields)> Routes(GraphData data)
        => data.Routes.Select((route, i) => (new DocumentId($"r{i:D6}"), Document.Of(("from", route.From), ("to", route.To), ("dist", route.Miles))));

    public static IEnumerable<(DocumentId Id, Document Fields)> Documents(GraphData data)
        => Enumerable.Range(0, data.Documents).Select(i => (new DocumentId(GraphData.IdOf(i)),
            Document.Of(("name", $"Document {i}"), ("links", Value.From([.. Enumerable.Range(0, GraphData.Links).Select(link => Value.From(GraphData.IdOf(data.LinkOf(i, link))))])))));
}

/// <summary>Ours in this process.</summary>
internal sealed class IngoGraph(string folder) : IGraphEngine
{
    private StorageEngine? _engine;

    public string Name => "ingodb";

    public async Task LoadAsync(GraphData data)
    {
        _engine = await StorageEngine.OpenAsync(folder, new EngineOptions { Durability = Durability.Buffered });
        await PutAsync("routes", IngoQueries.Routes(data));
        await PutAsync("documents", IngoQueries.Documents(data));
        await _engine.FlushAsync();
        await _engine.CompactAsync();
    }

    public Task<Answer> FlightsAsync()
    {
        var answer = new Answer();
        using var routes = _engine!.Query(IngoQueries.Flights);
        while (routes.MoveNext()) answer.Add(TextOf(routes));
        answer.Leave("AUS");
        return Task.FromResult(answer);
    }

    public Task<Answer> LinksAsync(GraphData data)
    {
        var answer = new Answer();
        using var documents = _engine!.Query(IngoQueries.Links(data));
        while (documents.MoveNext()) answer.Add(documents.IdKey[1..]);
        return Task.FromResult(answer);
    }

    public ValueTask DisposeAsync() => _engine?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static ReadOnlySpan<byte> TextOf(DocumentStream row) => new RowReader(row.Shape, row.Row)[0].Payload;

    private async Task PutAsync(string collection, IEnumerable<(DocumentId Id, Document Fields)> documents)
    {
        var id = _engine!.Collection(collection);
        foreach (var some in documents.Chunk(1_000)) await _engine.WriteAsync([.. some.Select(d => EngineWrite.Upsert(id, d.Id, d.Fields))]);
    }
}
