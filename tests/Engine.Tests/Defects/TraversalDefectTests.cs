// Row 26: the original's traversal read every hop at another time, came back to its start, joined null with null and
// could not leave its collection.

using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Defects;

public sealed class TraversalDefectTests : EngineFixture
{
    [Fact, Trait("Defect", "26")]
    public async Task All_hops_read_one_snapshot()
    {
        await Put("a", "b");
        await Put("b", "c");
        await Put("c", "d");
        using var snapshot = Engine.TakeSnapshot();
        await Put("b", "x");
        await Write(EngineWrite.Delete(Things, new("c")));

        Assert.Equal(["b", "c"], Reached("a", hops: 5, snapshot));
        Assert.Equal(["b"], Reached("a", hops: 5));
    }

    [Fact, Trait("Defect", "26")]
    public async Task A_cycle_does_not_bring_back_the_start()
    {
        await Put("a", "b");
        await Put("b", "a");
        Assert.Equal(["b"], Reached("a", hops: 10));
    }

    [Fact, Trait("Defect", "26")]
    public async Task Null_and_missing_join_nothing()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("next", Value.Null))));
        await Write(EngineWrite.Upsert(Things, new("b"), Document.Of(("key", Value.Null))));
        await Write(EngineWrite.Upsert(Things, new("c"), Document.Empty));
        Assert.Empty(Reached("a", hops: 2, toField: "key"));
        Assert.Empty(Reached("c", hops: 2, toField: "key"));
    }

    [Fact, Trait("Defect", "26")]
    public async Task A_hop_may_lead_into_another_collection()
    {
        var people = Engine.Collection("people");
        await Put("a", "ann");
        await Write(EngineWrite.Upsert(people, new("1"), Document.Of(("name", "ann"))));
        await Write(EngineWrite.Upsert(people, new("2"), Document.Of(("name", "bob"))));
        Assert.Equal(["1"], Reached("a", hops: 1, toCollection: "people", toField: "name"));
    }

    private Task<WriteResult> Put(string id, string next) => Write(EngineWrite.Upsert(Things, new(id), Document.Of(("next", next))));

    private string[] Reached(string start, int hops, EngineSnapshot? snapshot = null, string toCollection = "things", string toField = "_id")
    {
        using var nodes = Engine.Query(new TraverseQuery { From = "things", Start = Filter.Eq("_id", start), Hops = [new("next", new(toCollection, toField)) { Max = hops }] }, snapshot);
        return [.. nodes.ToList().Select(d => d.Id.ToString())];
    }
}
