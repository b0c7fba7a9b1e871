// The AST over one engine, by collection name: what it executes, and that it refuses what it does not.

using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class QueryByNameTests : EngineFixture
{
    [Fact]
    public async Task A_get_gives_the_documents_that_are_there_in_the_order_asked_and_only_the_fields_selected()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 1), ("name", "x"))));
        await Write(EngineWrite.Upsert(Things, new("b"), Document.Of(("n", 2), ("name", "y"))));

        var found = Ask(new GetQuery { From = "things", Ids = [new("b"), new("nobody"), new("a")], Select = ["n"] });

        Assert.Equal([Document.Of(("n", 2)), Document.Of(("n", 1))], found.Select(d => d.Fields));
    }

    [Fact]
    public async Task A_count_needs_no_documents()
    {
        for (var i = 0; i < 10; i++) await Write(EngineWrite.Upsert(Things, new($"d{i}"), Document.Of(("n", i))));

        var count = Ask(new AggregateQuery { From = "things", Where = Filter.Lt("n", 4), Compute = [new("n", new(AccumulatorFunction.Count))] });

        Assert.Equal(Value.From(4L), Assert.Single(count)["n"]);
    }

    [Fact]
    public void A_collection_that_does_not_exist_is_empty()
        => Assert.Empty(Ask(new ScanQuery { From = "nowhere" }));

    [Fact]
    public void What_is_not_executed_yet_says_so()
        => Assert.Equal("not.yet", Assert.Throws<InvalidRequestException>(() => Ask(new ScanQuery { From = "things", At = "2026-01-01T00:00:00Z" })).Code);

    private List<StoredDocument> Ask(Query query)
    {
        using var stream = Engine.Query(query);
        return stream.ToList();
    }
}
