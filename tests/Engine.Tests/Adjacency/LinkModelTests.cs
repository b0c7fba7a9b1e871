// A walk over links gives what a naive walk gives, in the same order: whatever the graph and the traversal, however many tables the
// documents lie in, and with what was written, replaced and deleted after the links were made, at the present and at a snapshot.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Adjacency;

public sealed class LinkModelTests : EngineFixture
{
    private int _run;

    // A link is made as soon as a walk has noted that it wants it.
    protected override EngineOptions Options => base.Options with { LinkCostPerRow = 0, ColumnRowsMin = 1 };

    private static Gen<TraverseQuery> Plain { get; } = TraverseGenerators.Query.Select(query => query with
    {
        Emit = EmitMode.Nodes,
        Order = TraverseOrder.Bfs,
        Unique = query.Unique == UniqueMode.Path ? UniqueMode.Global : query.Unique,
        Hops = [.. query.Hops.Select(hop => hop with { Fanout = null })],
    });

    [Fact]
    public async Task A_walk_over_links_gives_what_a_naive_walk_gives()
        => await Gen.Select(TraverseGenerators.Graph, TraverseGenerators.Graph, Plain, Gen.Int[0, 3]).SampleAsync(async (before, later, plain, kind) =>
        {
            var (graph, query) = Named(before, plain);
            await WriteAsync(graph, tables: 1 + (kind % 2));
            Assert.Equal(Expected(graph, query), Read(query, out _));
            await Engine.BuildIndexesAsync();
            Assert.Equal(Expected(graph, query), Read(query, out var path));
            if (graph.Values.All(documents => documents.Count > 0)) Assert.Equal("links", path);

            // Half of the ids stay as they are; of the others, what stands in `later` replaces or joins, and what it lacks goes.
            using var then = Engine.TakeSnapshot();
            var changed = graph.ToDictionary(c => c.Key, c => c.Value);
            static bool Stays(StoredDocument document) => document.Id.ToString()[^1] % 2 == 0;
            await ChangeAsync(changed, Named(later, plain).Graph.ToDictionary(c => c.Key, c => (IReadOnlyList<StoredDocument>)[.. c.Value.Where(d => !Stays(d)), .. graph[c.Key].Where(Stays)]));
            Assert.Equal(Expected(changed, query), Read(query, out _));
            Assert.Equal(Expected(graph, query), Read(query, out _, then));
            if (kind < 2) return;
            await Engine.FlushAsync();
            Assert.Equal(Expected(changed, query), Read(query, out _));
            await Engine.CompactAsync(everything: true);
            Assert.Equal(Expected(changed, query), Read(query, out _));
            await Engine.BuildIndexesAsync();
            Assert.Equal(Expected(changed, query), Read(query, out _));
            Assert.Equal(Expected(graph, query), Read(query, out _, then));
        }, iter: 400, threads: 1);

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Sets_of_more_documents_than_a_word_has_bits_are_walked_alike(int seed)
    {
        var random = new Random(seed);
        StoredDocument Random(int i) => new(new($"n{i:D3}"), new(1), Document.Of(("k", i % 7), ("x", random.Next(40)), ("to", Value.From([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value.From($"n{random.Next(330):D3}"))]))));
        var documents = Enumerable.Range(0, 300).Select(Random).ToList();
        var graph = new Dictionary<string, IReadOnlyList<StoredDocument>> { ["a"] = documents, ["b"] = [.. documents.Take(100)] };
        await WriteAsync(graph, tables: 2);
        TraverseQuery[] queries =
        [
            new() { From = "a", Start = Filter.Eq("k", 3), Hops = [new("to", new("a", "_id")) { Min = 0, Max = 5, Where = Filter.Ne("k", 2), Prune = Filter.Eq("k", 5) }], Select = ["k"] },
            new() { From = "a", Start = Filter.Eq("_id", "n007"), Hops = [new("x", new("b", "x")) { Max = 2 }, new("to", new("a", "_id")) { Min = 0, Max = 2 }] },
            new() { From = "b", Hops = [new("to", new("a", "_id"))], Unique = UniqueMode.None },
            new() { From = "a", Start = Filter.Lt("x", 3), Hops = [new("to", new("b", "_id")), new("_id", new("a", "to[]")) { Max = 3 }], Limit = 20 },
            new() { From = "a", Start = Filter.Lt("x", 3), Hops = [new("to", new("a", "_id")) { Min = 0, Max = 5 }], Select = ["x"], Distinct = true },
            new() { From = "a", Start = Filter.Lt("x", 3), Hops = [new("to", new("b", "_id")), new("_id", new("a", "to[]")) { Min = 0, Max = 3 }], Select = ["k", "x"], Distinct = true },
        ];
        foreach (var query in queries) Read(query, out _);
        await Engine.BuildIndexesAsync();
        for (var round = 0; round < 3; round++)
        {
            foreach (var query in queries)
            {
                var expected = Expected(graph, query);
                Assert.Equal(query.Limit is { } limit ? expected.Take(limit) : expected, Read(query, out var path));
                Assert.Equal("links", path);
            }

            var changed = new Dictionary<string, IReadOnlyList<StoredDocument>> { ["a"] = [.. graph["a"].Where((_, i) => random.Next(9) > 0 || i > 250), .. Enumerable.Range(300 + (10 * round), 10).Select(Random)], ["b"] = graph["b"] };
            await ChangeAsync(graph, changed);
            if (round == 1) await Engine.FlushAsync();
        }
    }

    private (Dictionary<string, IReadOnlyList<StoredDocument>> Graph, TraverseQuery Query) Named(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> graph, TraverseQuery query)
    {
        // Collections of their own for each run, so that one engine serves all.
        var run = _run / 2;
        _run++;
        string Name(string collection) => $"{collection}{run}";
        return (graph.ToDictionary(c => Name(c.Key), c => c.Value), query with { From = Name(query.From), Hops = [.. query.Hops.Select(hop => hop with { To = hop.To with { Collection = Name(hop.To.Collection) } })] });
    }

    private async Task WriteAsync(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> graph, int tables)
    {
        for (var table = 0; table < tables; table++)
        {
            foreach (var (name, documents) in graph)
            {
                // What is written twice, or only to be deleted, leaves older versions and deletes in the tables.
                var collection = Engine.Collection(name);
                var last = table == tables - 1;
                foreach (var document in documents) await Write(EngineWrite.Upsert(collection, document.Id, last ? document.Fields : Document.Of(("to", "n1"), ("x", 1))));
                if (!last) await Write(EngineWrite.Upsert(collection, new("gone"), Document.Of(("to", "n1"))));
                else await Write(EngineWrite.Delete(collection, new("gone")));
            }

            await Engine.FlushAsync();
        }
    }

    private async Task ChangeAsync(Dictionary<string, IReadOnlyList<StoredDocument>> graph, IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> to)
    {
        foreach (var (name, documents) in to)
        {
            var collection = Engine.Collection(name);
            foreach (var gone in graph[name].ExceptBy(documents.Select(d => d.Id), d => d.Id)) await Write(EngineWrite.Delete(collection, gone.Id));
            foreach (var document in documents)
                if (!graph[name].Any(before => before.Id == document.Id && before.Fields == document.Fields)) await Write(EngineWrite.Upsert(collection, document.Id, document.Fields));
            graph[name] = [.. documents.OrderBy(d => d.Id)];
        }
    }

    private static List<(DocumentId, Document)> Expected(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> graph, TraverseQuery query)
        => [.. new ReferenceGraph(graph).Traverse(query).Select(Fields)];

    private List<(DocumentId, Document)> Read(TraverseQuery query, out string path, EngineSnapshot? at = null)
    {
        using var stream = Engine.Query(query, at);
        List<(DocumentId, Document)> documents = [.. stream.ToList().Select(Fields)];
        path = stream.Work.AccessPath;
        return documents;
    }

    private static (DocumentId, Document) Fields(StoredDocument document) => (document.Id, document.Fields);
}
