// Random graphs, random traversals: the machine gives what a naive walk gives, in the same order, out of a list, out of an
// engine that has its documents in memory, in tables with columns and behind indexes, and cut into pieces by any budget.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Traversing;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Traversing;

public sealed class TraversalModelTests : EngineFixture
{
    private int _run;

    [Fact]
    public async Task A_traversal_gives_what_a_naive_walk_gives()
        => await TraverseGenerators.GraphAndQuery.SampleAsync(async sample =>
        {
            var expected = new ReferenceGraph(sample.Graph).Traverse(sample.Query);
            await using var traversal = new Traversal(sample.Query, SourceOf(sample.Graph), TimeProvider.System);
            Assert.Equal(expected, await ReadAsync(traversal));
            Assert.Null(traversal.StoppedBy);
        }, iter: 4_000, threads: 1, print: Print);

    [Fact]
    public async Task Whatever_budget_cuts_it_the_pieces_are_the_whole()
        => await Gen.Select(TraverseGenerators.GraphAndQuery, Gen.Int[0, 3], Gen.Int[1, 9], (sample, kind, amount) => (sample, kind, amount)).SampleAsync(async cut =>
        {
            var budget = cut.kind switch { 0 => new Budget(Documents: cut.amount), 1 => new Budget(Bytes: cut.amount * 20), 2 => new Budget(Nodes: cut.amount), _ => new Budget(Milliseconds: cut.amount) };
            var expected = new ReferenceGraph(cut.sample.Graph).Traverse(cut.sample.Query);
            await using var traversal = new Traversal(cut.sample.Query with { Budget = budget }, SourceOf(cut.sample.Graph), new TickingTime());
            var results = await ReadAsync(traversal);
            for (var requests = 1; traversal.Resume(); requests++)
            {
                Assert.InRange(requests, 0, 100_000);
                results.AddRange(await ReadAsync(traversal));
            }

            Assert.Equal(expected, results);
        }, iter: 2_000, threads: 1, print: cut => $"{cut.kind} {cut.amount} {Print(cut.sample)}");

    [Fact]
    public async Task The_engine_gives_the_same_from_memory_from_columns_and_through_indexes()
        => await TraverseGenerators.GraphAndQuery.SampleAsync(async sample =>
        {
            // Collections of their own for each run, so that one engine serves all.
            var run = ++_run;
            string Named(string collection) => $"{collection}{run}";
            var query = sample.Query with { From = Named(sample.Query.From), Hops = [.. sample.Query.Hops.Select(hop => hop with { To = hop.To with { Collection = Named(hop.To.Collection) } })] };
            var graph = sample.Graph.ToDictionary(c => Named(c.Key), c => c.Value);
            foreach (var (name, documents) in graph)
            {
                var collection = Engine.Collection(name);
                foreach (var document in documents) await Engine.WriteAsync([EngineWrite.Upsert(collection, document.Id, document.Fields)]);
            }

            var expected = new ReferenceGraph(graph).Traverse(query).Select(Fields).ToList();
            Assert.Equal(expected, Read(query));
            await Engine.FlushAsync();
            Assert.Equal(expected, Read(query));
            if (run % 4 != 0) return;
            foreach (var name in graph.Keys)
            {
                Engine.DefineIndex(Engine.Collection(name), "to[]", "test");
                Engine.DefineIndex(Engine.Collection(name), "x[]", "test");
            }

            await Engine.BuildIndexesAsync();

            Assert.Equal(expected, Read(query));
        }, iter: 150, threads: 1, print: Print);

    private List<(DocumentId, Document)> Read(TraverseQuery query)
    {
        using var stream = Engine.Query(query);
        return [.. stream.ToList().Select(Fields)];
    }

    private static (DocumentId, Document) Fields(StoredDocument document) => (document.Id, document.Fields);

    internal static ListSource SourceOf(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> graph) => new([.. graph.Select(c => (c.Key, c.Value))]);

    internal static async Task<List<StoredDocument>> ReadAsync(Traversal traversal)
    {
        var results = new List<StoredDocument>();
        while (await traversal.MoveNextAsync()) results.Add(traversal.Decode());
        return results;
    }

    internal static string Print((IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> Graph, TraverseQuery Query) sample)
        => LiquidJson.Write(sample.Query) + "\n" + string.Join("\n", sample.Graph.SelectMany(c => c.Value.Select(d => $"{c.Key} {d.Id} {Value.From(d.Fields)}")));
}
