// Random graphs, random searches: the least paths are those that walking all of them and sorting gives, ties included, and
// however small the budget of a request.

using CsCheck;
using IngoDB.Engine.Traversing;
using IngoDB.Model;
using IngoDB.TestKit;

namespace IngoDB.Tests.Traversing;

public sealed class PathModelTests
{
    [Fact]
    public async Task The_least_paths_are_those_of_all_paths_sorted()
        => await TraverseGenerators.GraphAndPath.SampleAsync(
            async sample => Assert.Equal(new ReferencePaths(sample.Graph).Find(sample.Query), await FindAsync(sample.Graph, sample.Query)), iter: 3_000, threads: 1, print: Print);

    [Fact]
    public async Task Whatever_budget_cuts_it_the_paths_are_the_same()
        => await Gen.Select(TraverseGenerators.GraphAndPath, Gen.Int[1, 6], Gen.Bool, (sample, amount, byNodes) => (sample, amount, byNodes)).SampleAsync(
            async cut => Assert.Equal(
                await FindAsync(cut.sample.Graph, cut.sample.Query),
                await FindAsync(cut.sample.Graph, cut.sample.Query with { Budget = cut.byNodes ? new(Nodes: cut.amount) : new(Documents: cut.amount) })),
            iter: 1_000, threads: 1, print: cut => $"{cut.amount} {cut.byNodes} {Print(cut.sample)}");

    [Theory]
    [InlineData("{\"w\":-1}")]
    [InlineData("{\"w\":{\"$double\":\"NaN\"}}")]
    [InlineData("{\"w\":\"far\"}")]
    public async Task A_weight_that_cannot_be_added_up_is_refused_with_the_document_that_has_it(string fields)
    {
        var graph = new Dictionary<string, IReadOnlyList<StoredDocument>>
        {
            ["a"] = [new(new("s"), new(1), Document.Of(("to", "bad"))), new(new("bad"), new(1), DocumentJson.Read(System.Text.Encoding.UTF8.GetBytes(fields)))],
        };
        var query = new PathQuery { From = "a", Start = Filter.Eq("_id", "s"), Goal = Filter.Eq("_id", "bad"), Hops = [new("to", new("a", "_id"))], Depth = 3, Weight = "w" };
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => FindAsync(graph, query));
        Assert.Equal(("path.bad_weight", "/weight"), (error.Code, error.Pointer));
        Assert.Contains("bad", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decimals_are_added_exactly_and_a_missing_weight_costs_nothing()
    {
        var graph = new Dictionary<string, IReadOnlyList<StoredDocument>>
        {
            ["a"] = [new(new("1"), new(1), Document.Of(("to", "2"))), new(new("2"), new(1), Document.Of(("to", "3"), ("w", 0.1m))), new(new("3"), new(1), Document.Of(("to", "4"), ("w", 0.2m))), new(new("4"), new(1), Document.Empty)],
        };
        var query = new PathQuery { From = "a", Start = Filter.Eq("_id", "1"), Goal = Filter.Eq("_id", "4"), Hops = [new("to", new("a", "_id"))], Depth = 9, Weight = "w" };
        Assert.Equal(Value.From(0.3m), Assert.Single(await FindAsync(graph, query))["weight"]);
    }

    private static async Task<List<Document>> FindAsync(IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> graph, PathQuery query)
    {
        await using var search = new PathSearch(query, TraversalModelTests.SourceOf(graph), TimeProvider.System);
        var paths = new List<Document>();
        for (var requests = 0; requests == 0 || search.StoppedBy is not null; requests++)
        {
            Assert.InRange(requests, 0, 100_000);
            search.Resume();
            while (await search.MoveNextAsync()) paths.Add(search.Decode().Fields);
        }

        return paths;
    }

    private static string Print((IReadOnlyDictionary<string, IReadOnlyList<StoredDocument>> Graph, PathQuery Query) sample)
        => LiquidJson.Write(sample.Query) + "\n" + string.Join("\n", sample.Graph.SelectMany(c => c.Value.Select(d => $"{c.Key} {d.Id} {Value.From(d.Fields)}")));
}
