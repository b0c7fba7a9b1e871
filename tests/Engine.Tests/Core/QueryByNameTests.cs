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
    public async Task A_query_that_names_a_point_in_time_reads_as_it_was_then()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 1))));
        using var then = Engine.TakeSnapshot();
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 2))));
        await Engine.FlushAsync();
        await Engine.CompactAsync();

        var query = new ScanQuery { From = "things", At = then.Version.ToString() };
        Assert.Equal(1, Assert.Single(Ask(query))["n"].AsInt64());
        Assert.Equal(1, Assert.Single((await Engine.QueryPageAsync(query)).Documents)["n"].AsInt64());
        Assert.Equal(2, Assert.Single(Ask(query with { At = null }))["n"].AsInt64());
    }

    [Theory]
    [InlineData("yesterday", "query.bad_at")]
    [InlineData("9999-01-01T00:00:00Z", "snapshot.in_the_future")]
    public void A_point_in_time_that_makes_no_sense_is_refused(string at, string code)
        => Assert.Equal(code, Assert.Throws<InvalidRequestException>(() => Ask(new ScanQuery { From = "things", At = at })).Code);

    [Fact]
    public async Task A_point_in_time_that_is_not_kept_is_too_old()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 1))));
        var then = Engine.ReserveTimestamp();
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 2))));
        await Engine.FlushAsync();
        await Engine.CompactAsync();
        Assert.Throws<SnapshotTooOldException>(() => Ask(new ScanQuery { From = "things", At = new DocumentVersion(then.Raw - 1_000_000_000_000).ToString() }));
    }

    private List<StoredDocument> Ask(Query query)
    {
        using var stream = Engine.Query(query);
        return stream.ToList();
    }
}
