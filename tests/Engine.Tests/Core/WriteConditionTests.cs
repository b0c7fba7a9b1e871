// What each kind of write does to a document that is there and to one that is not, and that a group decides its
// writes in order: the second insert of a batch sees the first.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class WriteConditionTests : EngineFixture
{
    private static readonly Document One = Document.Of(("n", 1));
    private static readonly Document Two = Document.Of(("n", 2));

    [Theory]
    [InlineData(WriteKind.Upsert, false, WriteStatus.Upserted)]
    [InlineData(WriteKind.Upsert, true, WriteStatus.Upserted)]
    [InlineData(WriteKind.Insert, false, WriteStatus.Inserted)]
    [InlineData(WriteKind.Insert, true, WriteStatus.Refused)]
    [InlineData(WriteKind.UpsertIfMissing, false, WriteStatus.Inserted)]
    [InlineData(WriteKind.UpsertIfMissing, true, WriteStatus.Unchanged)]
    [InlineData(WriteKind.Replace, false, WriteStatus.Refused)]
    [InlineData(WriteKind.Replace, true, WriteStatus.Replaced)]
    public async Task Each_kind_of_write_answers_what_it_found(WriteKind kind, bool exists, WriteStatus expected)
    {
        if (exists) await Write(EngineWrite.Upsert(Things, new("a"), One));

        var result = await Write(EngineWrite.Of(kind, Things, new("a"), Two));

        Assert.Equal(expected, result.Status);
        var written = expected is not (WriteStatus.Refused or WriteStatus.Unchanged);
        var expectedDocument = written ? Two : exists ? One : null;
        Assert.Equal(expectedDocument, Engine.Get(Things, new("a"))?.Fields);
    }

    [Fact]
    public async Task A_delete_tells_whether_the_document_existed()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), One));

        Assert.Equal(WriteStatus.Deleted, (await Write(EngineWrite.Delete(Things, new("a")))).Status);
        Assert.Equal(WriteStatus.NotFound, (await Write(EngineWrite.Delete(Things, new("a")))).Status);
        Assert.Null(Engine.Get(Things, new("a")));
    }

    [Fact]
    public async Task A_write_with_a_version_happens_only_to_that_version()
    {
        var first = await Write(EngineWrite.Insert(Things, new("a"), One));
        var stale = EngineWrite.Upsert(Things, new("a"), Two) with { IfVersion = first.Version };
        Assert.Equal(WriteStatus.Replaced, (await Write(stale)).Status);

        var refused = await Write(stale);

        Assert.Equal("document.conflict", refused.ErrorCode);
        Assert.Equal(Two, Engine.Get(Things, new("a"))!.Fields);
    }

    [Fact]
    public async Task The_writes_of_a_group_are_decided_in_order()
    {
        var results = await Engine.WriteAsync([
            EngineWrite.Insert(Things, new("a"), One),
            EngineWrite.Insert(Things, new("a"), Two),
            EngineWrite.Delete(Things, new("a")),
            EngineWrite.Insert(Things, new("a"), Two)]);

        Assert.Equal([WriteStatus.Inserted, WriteStatus.Refused, WriteStatus.Deleted, WriteStatus.Inserted], results.Select(r => r.Status));
        Assert.Equal(Two, Engine.Get(Things, new("a"))!.Fields);
    }

    [Fact]
    public async Task One_refusal_in_an_atomic_batch_refuses_all_of_it()
    {
        await Write(EngineWrite.Upsert(Things, new("taken"), One));

        var results = await Engine.WriteAsync([
            EngineWrite.Insert(Things, new("free"), One),
            EngineWrite.Insert(Things, new("taken"), Two)], atomic: true);

        Assert.Equal(["batch.aborted", "document.exists"], results.Select(r => r.ErrorCode));
        Assert.Null(Engine.Get(Things, new("free")));
    }

    [Fact]
    public async Task An_atomic_batch_has_one_version_and_keeps_the_last_write_of_a_repeated_id()
    {
        var results = await Engine.WriteAsync([
            EngineWrite.Upsert(Things, new("a"), One),
            EngineWrite.Upsert(Things, new("b"), One),
            EngineWrite.Upsert(Things, new("a"), Two)], atomic: true);

        Assert.Single(results.Select(r => r.Version).Distinct());
        Assert.Equal(Two, Engine.Get(Things, new("a"))!.Fields);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_nothing_else()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 1), ("name", "x"))));
        var patch = new EngineWrite(WriteKind.Patch, Things, new("a")) { Steps = [new(PatchOperator.Inc, "n", 41)] };

        Assert.Equal(WriteStatus.Replaced, (await Write(patch)).Status);
        Assert.Equal(Document.Of(("n", 42), ("name", "x")), Engine.Get(Things, new("a"))!.Fields);
        Assert.Equal("document.missing", (await Write(patch with { Id = new("b") })).ErrorCode);
    }

    [Fact]
    public async Task What_is_wrong_with_a_write_is_said_before_anything_is_written()
    {
        var reserved = await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteAsync([
            EngineWrite.Upsert(Things, new("a"), One),
            EngineWrite.Upsert(Things, new("b"), Document.Of(("_version", 1)))]));
        Assert.Equal(("document.reserved_field", "/_version"), (reserved.Code, reserved.Pointer));

        var unknown = await Assert.ThrowsAsync<InvalidRequestException>(async () => await Write(EngineWrite.Upsert(new CollectionId(99), new("a"), One)));
        Assert.Equal("collection.not_found", unknown.Code);
        var expires = await Assert.ThrowsAsync<InvalidRequestException>(async () => await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("_expires", 5)))));
        Assert.Equal("document.bad_expires", expires.Code);
        Assert.Null(Engine.Get(Things, new("a")));
    }
}
