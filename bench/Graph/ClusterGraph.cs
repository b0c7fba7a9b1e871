using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.Model;
using IngoDB.Silo;

namespace IngoDB.GraphBench;

/// <summary>Ours as a cluster of three silos with sixteen partitions on this machine, asked through its client.</summary>
internal sealed class ClusterGraph(string folder) : IGraphEngine
{
    private SiloGroup? _silos;
    private IngoDatabase? _database;

    public string Name => "ingodb-cluster";

    public async Task LoadAsync(GraphData data)
    {
        _silos = await SiloGroup.StartAsync(Enumerable.Range(1, 3).Select(n => SiloSettings.Numbered(folder, n, 3)));
        _database = new IngoDBClient(_silos.Silos[0].Grains).Database();
        await PutAsync("routes", IngoQueries.Routes(data));
        await PutAsync("documents", IngoQueries.Documents(data));
        await _database.AdminAsync("database.settle");
    }

    public async Task<Answer> FlightsAsync()
    {
        var answer = new Answer();
        await foreach (var page in _database!.QueryPagesAsync(IngoQueries.Flights))
            foreach (var route in page.Items) answer.Add(route["to"].AsString());
        answer.Leave("AUS");
        return answer;
    }

    public async Task<Answer> LinksAsync(GraphData data)
    {
        var answer = new Answer();
        await foreach (var page in _database!.QueryPagesAsync(IngoQueries.Links(data)))
            foreach (var document in page.Items) answer.Add(document.Id.Text);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        if (_silos is null) return;
        await _silos.StopAsync();
        await _silos.DisposeAsync();
    }

    private async Task PutAsync(string collection, IEnumerable<(DocumentId Id, Document Fields)> documents)
    {
        foreach (var some in documents.Chunk(2_000))
        {
            var written = await _database!.Collection(collection).UpsertManyAsync(some.Select(d => new StoredDocument(d.Id, default, d.Fields)), new WriteOptions { Buffered = true });
            if (written.Refused > 0) throw new InvalidOperationException("a document was refused");
        }
    }
}
