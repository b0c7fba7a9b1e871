// A write that needs a document does not make the collection that it names: a misspelt name stays unknown, and the answer says what is near.

using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class AbsentCollectionTests : EngineFixture
{
    private static readonly Document Fields = Document.Of(("n", 1));

    [Fact]
    public async Task A_write_to_a_misspelt_collection_finds_nothing_and_makes_nothing()
    {
        foreach (var (write, status, code) in new (Write, WriteStatus, string?)[]
        {
            (new DeleteWrite { Into = "thinsg", Id = "a" }, WriteStatus.NotFound, null),
            (new DeleteWrite { Into = "thinsg", Id = "a", IfVersion = new(7) }, WriteStatus.Refused, "document.missing"),
            (new PatchWrite { Into = "thinsg", Id = "a", Steps = [new(PatchOperator.Set, "n", 2)] }, WriteStatus.Refused, "document.missing"),
            (new ReplaceWrite { Into = "thinsg", Id = "a", Document = Fields }, WriteStatus.Refused, "document.missing"),
        })
        {
            var result = Assert.Single((await Engine.WriteAsync(write)).Results);
            Assert.Equal((status, code), (result.Status, result.ErrorCode));
            Assert.Contains("things", result.ErrorMessage, StringComparison.Ordinal);
            Assert.Null(Engine.FindCollection("thinsg"));
        }
    }

    [Fact]
    public async Task In_a_bulk_the_others_are_written_and_what_is_inserted_makes_its_collection()
    {
        var bulk = new BulkWrite
        {
            Writes = [new DeleteWrite { Into = "thinsg", Id = "a" }, new InsertWrite { Into = "things", Id = "b", Document = Fields }, new PatchWrite { Into = "new", Id = "c", Steps = [new(PatchOperator.Set, "n", 2)] }, new InsertWrite { Into = "new", Id = "c", Document = Fields }],
        };
        Assert.Equal([WriteStatus.NotFound, WriteStatus.Inserted, WriteStatus.Refused, WriteStatus.Inserted], (await Engine.WriteAsync(bulk)).Results.Select(result => result.Status));
        Assert.Null(Engine.FindCollection("thinsg"));
        Assert.Equal(Fields, Engine.Get(Engine.FindCollection("new")!.Value, "c")?.Fields);
    }

    [Fact]
    public async Task An_atomic_bulk_with_one_of_them_is_refused_as_a_whole()
    {
        var bulk = new BulkWrite { Atomic = true, Writes = [new InsertWrite { Into = "things", Id = "b", Document = Fields }, new ReplaceWrite { Into = "thinsg", Id = "a", Document = Fields }] };
        Assert.Equal(["batch.aborted", "document.missing"], (await Engine.WriteAsync(bulk)).Results.Select(result => result.ErrorCode));
        Assert.Null(Engine.Get(Things, "b"));
        Assert.Null(Engine.FindCollection("thinsg"));

        var deletes = bulk with { Writes = [bulk.Writes[0], new DeleteWrite { Into = "thinsg", Id = "a" }] };
        Assert.Equal([WriteStatus.Inserted, WriteStatus.NotFound], (await Engine.WriteAsync(deletes)).Results.Select(result => result.Status));
    }
}
