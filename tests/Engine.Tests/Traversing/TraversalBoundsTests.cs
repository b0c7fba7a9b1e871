// What a traversal may take: memory by its budget and never by the graph, one join for each hop and depth whatever the frontier,
// and nothing allocated for an edge.

using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Tests.Traversing;

public sealed class TraversalBoundsTests
{
    private const int Documents = 20_000;

    [Theory]
    [InlineData(EmitMode.Nodes, UniqueMode.Global)]
    [InlineData(EmitMode.Edges, UniqueMode.None)]
    [InlineData(EmitMode.Paths, UniqueMode.Path)]
    public async Task Memory_is_bounded_by_the_budget_and_not_by_the_graph(EmitMode emit, UniqueMode unique)
    {
        var query = new TraverseQuery { From = "n", Start = Filter.Eq("_id", "00000"), Hops = [new("to", new("n", "_id")) { Max = 12 }], Emit = emit, Unique = unique, Budget = new(Nodes: 500) };
        await using var traversal = new Traversal(query, Scattered(), TimeProvider.System);
        for (var requests = 0; requests < 5; requests++)
        {
            var before = traversal.MemoryBytes;
            while (await traversal.MoveNextAsync())
            {
            }

            Assert.Equal("nodes", traversal.StoppedBy);
            Assert.InRange(traversal.MemoryBytes - before, 0, traversal.MemoryBytesMax);
            Assert.InRange(traversal.Held, 0, (requests + 1) * 600);
            Assert.True(traversal.Resume());
        }
    }

    [Fact]
    public async Task Time_that_is_over_ends_a_request_and_the_next_ones_come_to_the_end()
    {
        var query = new TraverseQuery { From = "n", Start = Filter.Eq("_id", "00000"), Hops = [new("to", new("n", "_id")) { Max = 5 }] };
        await using var whole = new Traversal(query, Scattered(), TimeProvider.System);
        await using var cut = new Traversal(query with { Budget = new(Milliseconds: 3) }, Scattered(), new TickingTime());
        var (expected, found, stops) = (new List<DocumentId>(), new List<DocumentId>(), 0);
        while (await whole.MoveNextAsync()) expected.Add(whole.Decode().Id);
        do
            while (await cut.MoveNextAsync()) found.Add(cut.Decode().Id);
        while (IsStopped());
        Assert.Equal(expected, found);
        Assert.InRange(stops, 3, expected.Count);

        bool IsStopped()
        {
            if (cut.StoppedBy is null) return false;
            Assert.Equal("ms", cut.StoppedBy);
            Assert.InRange(++stops, 0, Documents);
            return cut.Resume();
        }
    }

    [Theory]
    [InlineData(EmitMode.Nodes)]
    [InlineData(EmitMode.Edges)]
    public async Task A_frontier_is_one_join_for_each_hop_and_depth(EmitMode emit)
    {
        var query = new TraverseQuery { From = "n", Start = Filter.Lt("_id", "00100"), Hops = [new("to", new("n", "_id")) { Max = 4 }], Emit = emit };
        await using var traversal = new Traversal(query, Scattered(), TimeProvider.System);
        var results = 0;
        while (await traversal.MoveNextAsync()) results++;
        Assert.Equal(4, traversal.Joins);
        Assert.InRange(results, 5_000, Documents);
    }

    [Fact]
    public async Task A_path_search_asks_once_a_hop_and_depth_too()
    {
        var query = new PathQuery { From = "n", Start = Filter.Eq("_id", "00000"), Goal = Filter.Eq("_id", "19999"), Hops = [new("to", new("n", "_id"))], Depth = 9, K = 5 };
        await using var search = new PathSearch(query, Scattered(), TimeProvider.System);
        var depths = new List<int>();
        while (await search.MoveNextAsync()) depths.Add(search.Depth);
        Assert.Equal(5, depths.Count);
        Assert.Equal(depths.Order(), depths);
        Assert.InRange(search.Joins, depths[0], 9);
    }

    /// <summary>Each document leads to five others, anywhere.</summary>
    private static ListSource Scattered() => new(("n", [.. Enumerable.Range(0, Documents).Select(i =>
        new StoredDocument(new($"{i:D5}"), new(1), Document.Of(("to", Value.From([.. Enumerable.Range(1, 5).Select(link => Value.From($"{((i * 7_919L) + (link * 104_729L * (i + 1))) % Documents:D5}"))])))))]));
}
