// Writes by filter: what they count, what they leave alone, that a number that was not expected writes nothing, and that a
// request that is sent again goes on and never writes a document twice. Against the naive model, and in a story each.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class WhereWriteTests : EngineFixture
{
    private static readonly Guid Session = new("aaaa2222-3333-4444-5555-666677770000");

    protected override EngineOptions Options => base.Options with { Retention = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task Documents_that_match_are_patched_or_deleted_and_counted()
    {
        await FillAsync(1000);

        Assert.Equal(new(100, 100, 0, 0), await Engine.WriteWhereAsync(Things, Inc(Filter.Eq("group", 3))));
        Assert.Equal(100, Engine.Count(Things, Filter.Eq("n", 1)));
        Assert.Equal(new(200, 200, 0, 0), await Engine.WriteWhereAsync(Things, Delete(Filter.Lt("group", 2))));
        Assert.Equal(800, Engine.Count(Things, null));
        Assert.Equal(new(0, 0, 0, 0), await Engine.WriteWhereAsync(Things, Delete(Filter.Lt("group", 2))));
        Assert.Equal(new(800, 800, 0, 0), await Engine.WriteWhereAsync(Things, Delete(Filter.Exists("_id"))));
    }

    [Fact]
    public async Task A_dry_run_counts_and_another_number_than_expected_writes_nothing()
    {
        await FillAsync(100);
        var before = Engine.Status.NewestVersion;

        Assert.Equal(new(10, 0, 0, 0), await Engine.WriteWhereAsync(Things, Inc(Filter.Eq("group", 3)) with { DryRun = true }));
        var refused = await Assert.ThrowsAsync<ConflictException>(async () => await Engine.WriteWhereAsync(Things, Inc(Filter.Eq("group", 3)) with { Expected = 11 }));
        Assert.Equal("write.unexpected_count", refused.Code);
        await Assert.ThrowsAsync<ConflictException>(async () => await Engine.WriteWhereAsync(Things, Delete(Filter.Eq("group", 3)) with { Expected = 9, DryRun = true }));
        Assert.Equal(before, Engine.Status.NewestVersion);
        Assert.Equal(new(10, 10, 0, 0), await Engine.WriteWhereAsync(Things, Inc(Filter.Eq("group", 3)) with { Expected = 10 }));
    }

    [Fact]
    public async Task A_document_that_changed_since_it_was_found_is_written_only_if_it_matches_still()
    {
        await FillAsync(20);
        using var found = Engine.TakeSnapshot();
        await Engine.WriteAsync([
            EngineWrite.Upsert(Things, Id(3), Document.Of(("group", 3), ("n", 10))),
            EngineWrite.Upsert(Things, Id(13), Document.Of(("group", 4), ("n", 20))),
            EngineWrite.Upsert(Things, new("late"), Document.Of(("group", 3), ("n", 30)))]);

        Assert.Equal(new(2, 1, 1, 0), await Engine.WriteWhereAsync(Things, Inc(Filter.Eq("group", 3)), snapshot: found));
        Assert.Equal([11, 20, 30], new[] { Id(3), Id(13), new("late") }.Select(id => Engine.Get(Things, id)!["n"].AsInt64()));

        await Write(EngineWrite.Delete(Things, Id(3)));
        Assert.Equal(new(2, 0, 2, 0), await Engine.WriteWhereAsync(Things, Delete(Filter.Eq("group", 3)), snapshot: found));
    }

    [Fact]
    public async Task A_patch_that_does_not_fit_a_document_leaves_it_and_says_why()
    {
        await FillAsync(10);
        await Write(EngineWrite.Upsert(Things, new("text"), Document.Of(("group", 3), ("n", "many"))));

        var result = await Engine.WriteWhereAsync(Things, Inc(Filter.Eq("group", 3)));

        Assert.Equal((2, 1, 0, 1, "patch.not_a_number"), (result.Matched, result.Modified, result.Conflicts, result.Refused, result.ErrorCode));
        Assert.Equal("many", Engine.Get(Things, new("text"))!["n"].AsString());
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_before_anything_is_written()
    {
        await FillAsync(10);
        var before = Engine.Status.NewestVersion;
        foreach (var (write, code) in new (WhereWrite, string)[]
        {
            (new UpdateWhereWrite { Into = "things", Where = Filter.Exists("_id"), Steps = [new(PatchOperator.Set, "_version", 1)] }, "patch.reserved_field"),
            (new UpdateWhereWrite { Into = "things", Where = Filter.Exists("_id"), Steps = [new(PatchOperator.Inc, "n", "x")] }, "patch.not_a_number"),
            (new UpdateWhereWrite { Into = "things", Where = Filter.Exists("_id"), Steps = [] }, "query.missing_key"),
            (new DeleteWhereWrite { Into = "system:x", Where = Filter.Exists("_id") }, "write.reserved_collection"),
            (new DeleteWhereWrite { Into = "things", Where = Filter.Eq("tags[]", 1) }, "query.bad_path"),
        })
            Assert.Equal(code, (await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteWhereAsync(Things, write))).Code);
        Assert.Equal("collection.not_found", (await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteAsync(Delete(Filter.Exists("_id")) with { Into = "thinsg" }))).Code);
        Assert.Equal(before, Engine.Status.NewestVersion);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_is_answered_and_not_done_again()
    {
        await FillAsync(700);
        var key = new RequestKey(Session, 1, 7);
        var write = Inc(Filter.Exists("n"));
        var first = await Engine.WriteWhereAsync(Things, write, key);
        await Engine.FlushAsync();
        await CrashAndOpen();

        Assert.Equal(first, await Engine.WriteWhereAsync(Things, write with { Expected = 700 }, key));
        Assert.True(Engine.HasBegun(key));
        Assert.Equal(700, Engine.Count(Things, Filter.Eq("n", 1)));
        Assert.Equal("write.sequence_reused", (await Assert.ThrowsAsync<InvalidRequestException>(async () => await Engine.WriteOnceAsync(key, [EngineWrite.Upsert(Things, new("a"), Document.Empty)]))).Code);
    }

    [Fact]
    public async Task Writes_by_filter_and_queries_agree_with_the_naive_model()
    {
        await FillAsync(200);
        await Gen.Select(FilterGenerators.Filter, Gen.Bool).SampleAsync(async test =>
        {
            var (filter, isDelete) = test;
            var matching = Scan().Where(document => FilterEvaluator.Matches(filter, document)).Select(document => document.Id).ToHashSet();
            WhereWrite write = isDelete && matching.Count < 20 ? Delete(filter) : new UpdateWhereWrite { Into = "things", Where = filter, Steps = [new(PatchOperator.Set, "seen", 1)] };

            var result = await Engine.WriteWhereAsync(Things, write with { Expected = matching.Count });

            Assert.Equal((matching.Count, 0, 0), (result.Modified, result.Conflicts, result.Refused));
            foreach (var id in matching) Assert.Equal(write is DeleteWhereWrite ? null : 1, Engine.Get(Things, id)?["seen"].AsInt64());
            await Engine.WriteWhereAsync(Things, new UpdateWhereWrite { Into = "things", Where = Filter.Exists("seen"), Steps = [new(PatchOperator.Unset, "seen", Value.Missing)] });
        }, iter: 300, threads: 1);
    }

    private async Task FillAsync(int count)
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, count).Select(i => EngineWrite.Upsert(Things, Id(i), Document.Of(("group", i % 10), ("n", 0), ("a", i % 3 == 0 ? Value.From("x") : Value.From(i)), ("tags", Value.From(i % 4, i % 5)))))]);
        if (count > 500) await Engine.FlushAsync();
    }

    private static DocumentId Id(int i) => new($"d{i:D5}");

    private static UpdateWhereWrite Inc(Filter where) => new() { Into = "things", Where = where, Steps = [new(PatchOperator.Inc, "n", 1)] };

    private static DeleteWhereWrite Delete(Filter where) => new() { Into = "things", Where = where };
}
