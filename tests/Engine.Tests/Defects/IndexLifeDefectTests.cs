// How the original's indexes came to be, were merged, reopened and dropped, and what was lost on the way (rows 38 to
// 48). Here an index belongs to its table: it is born, merged and dropped with it, and a definition is a manifest edit.

using IngoDB.Engine;
using IngoDB.Engine.Events;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Defects;

public sealed class IndexLifeDefectTests : EngineFixture
{
    protected override EngineOptions Options => base.Options with { BlockBytes = 1024, Columns = false };

    [Fact, Trait("Defect", "38")]
    public async Task What_a_snapshot_sorts_is_never_taken_for_the_present()
    {
        for (var i = 0; i < 10; i++) await Put($"old{i}", i);
        using var snapshot = Engine.TakeSnapshot();
        for (var i = 0; i < 10; i++) await Put($"new{i}", i);
        for (var i = 0; i < 5; i++) Assert.Equal(10, Sorted(limit: null, snapshot).Count);
        await LearnAsync();
        Assert.Equal(20, Sorted(limit: null).Count);
        Assert.Equal(10, Sorted(limit: null, snapshot).Count);
    }

    [Fact, Trait("Defect", "39")]
    public async Task What_is_written_while_an_index_is_built_is_in_it()
    {
        for (var i = 0; i < 300; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        Engine.DefineIndex(Things, "value", "test");
        var writing = Task.Run(async () =>
        {
            for (var i = 300; i < 600; i++)
            {
                await Put($"k{i}", i);
                if (i % 50 == 0) await Engine.FlushAsync();
            }
        });
        while (!writing.IsCompleted) await Engine.BuildIndexesAsync();
        await writing;
        await Engine.SettleAsync();

        Assert.True(Assert.Single(Engine.Indexes).IsReady);
        Assert.Equal(600, Scan(Filter.Gte("value", 0)).Count);
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "value");
    }

    [Fact, Trait("Defect", "40")]
    public async Task Merging_tables_merges_their_indexes_whole()
    {
        Engine.DefineIndex(Things, "value", "test");
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 25; i++) await Put($"k{(round * 25) + i}", i);
            await Engine.FlushAsync();
        }

        await Engine.CompactAsync(everything: true);
        await Engine.BuildIndexesAsync();
        Assert.Equal(100, Assert.Single(Engine.Indexes).Entries);
        Assert.Equal(100, Scan(Filter.Gte("value", 0)).Count);
    }

    [Fact, Trait("Defect", "41")]
    public async Task Dropping_an_index_while_tables_are_merged_drops_that_one_only()
    {
        foreach (var path in (string[])["value", "a", "b"]) Engine.DefineIndex(Things, path, "test");
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 30; i++) await Write(EngineWrite.Upsert(Things, new($"k{i}"), Document.Of(("value", i), ("a", i % 3), ("b", i % 5))));
            await Engine.FlushAsync();
        }

        Engine.Events.Raised += e => { if (e is CompactionBegan) Engine.DropIndex(Things, "a", "test"); };
        await Engine.CompactAsync(everything: true);
        await Engine.BuildIndexesAsync();

        Assert.Equal(["things/b", "things/value"], Engine.Indexes.Select(i => i.Name).Order());
        foreach (var path in (string[])["value", "a", "b"]) IndexAgreesWithPrimaryChecker.Check(Engine, Things, path);
        TablesChecker.Check(Engine, Disk, Folder);
    }

    [Fact, Trait("Defect", "42")]
    public async Task Building_and_merging_miss_nothing_that_is_still_in_memory()
    {
        for (var i = 0; i < 50; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        for (var i = 50; i < 80; i++) await Put($"k{i}", i);
        Engine.DefineIndex(Things, "value", "test");
        await Engine.BuildIndexesAsync();
        await Engine.CompactAsync(everything: true);
        Assert.Equal(80, Scan(Filter.Gte("value", 0)).Count);
        Assert.Equal(80, Sorted(limit: null).Count);
    }

    [Fact, Trait("Defect", "43")]
    public async Task After_a_restart_an_index_is_what_it_was()
    {
        Engine.DefineIndex(Things, "value", "test");
        for (var i = 0; i < 20; i++) await Put($"k{i}", i);
        await Engine.FlushAsync();
        var before = Assert.Single(Engine.Indexes);
        await Reopen();
        var after = Assert.Single(Engine.Indexes);
        Assert.Equal((before.Name, before.Cause, before.Entries, before.TablesReady), (after.Name, after.Cause, after.Entries, after.TablesReady));
        Assert.Equal(20, Scan(Filter.Gte("value", 0)).Count);

        Engine.DropIndex(Things, "value", "test");
        await Reopen();
        Assert.Empty(Engine.Indexes);
        Assert.DoesNotContain(Disk.ListFiles(Folder), name => name.EndsWith(".idx", StringComparison.Ordinal));
    }

    [Fact, Trait("Defect", "44")]
    public async Task A_query_that_examines_much_to_return_little_has_its_index_by_the_third_run()
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, 20_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("value", i % 200), ("text", new string('x', 100)))))]);
        await Engine.FlushAsync();
        for (var run = 1; run < 3; run++)
        {
            Assert.Equal(100, Run().DocumentsReturned);
            await LearnAsync();
        }

        Assert.InRange(Run().DocumentsExamined, 100, 200);

        QueryWork Run()
        {
            using var stream = Engine.Scan(new ScanRequest(Things) { Where = Filter.Eq("value", 42) });
            stream.ToList();
            return stream.Work;
        }
    }

    [Fact, Trait("Defect", "45")]
    public async Task A_hundred_constants_of_one_shape_make_one_index_at_most_and_none_while_reading()
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, 5_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("tenant", i % 100), ("value", i))))]);
        await Engine.FlushAsync();
        for (var tenant = 0; tenant < 100; tenant++)
        {
            using var stream = Engine.Scan(new ScanRequest(Things) { Where = Filter.Eq("tenant", tenant), Sort = [new("value")], Limit = 1 });
            Assert.Equal(tenant, stream.ToList().Single()["value"].AsInt64());
        }

        Assert.Empty(Engine.Indexes);
        await LearnAsync();
        Assert.InRange(Engine.Indexes.Count, 0, 2);
        Assert.Single(Engine.QueryStatistics, s => s.Executions == 100);
    }

    [Fact, Trait("Defect", "46")]
    public async Task Zero_bytes_negative_zero_and_NaN_are_found_by_what_equals_them()
    {
        Value[] values = ["a", "a\0", "a\0b", "a\0\0", 0.0, -0.0, 0, double.NaN, double.NegativeInfinity, -1, "", Value.From(new byte[] { 0, 0 }), Value.From(new byte[] { 0 })];
        for (var i = 0; i < values.Length; i++) await Write(EngineWrite.Upsert(Things, new($"k{i:D2}"), Document.Of(("value", values[i]))));
        Engine.DefineIndex(Things, "value", "test");
        await Engine.FlushAsync();
        await Engine.BuildIndexesAsync();
        Assert.Equal(3, Scan(Filter.Eq("value", 0.0)).Count);
        Assert.Equal(["k07"], Scan(Filter.Eq("value", double.NaN)).Select(d => d.Id.ToString()));
        Assert.Equal(["k00"], Scan(Filter.Eq("value", "a")).Select(d => d.Id.ToString()));
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "value");
    }

    [Fact, Trait("Defect", "47")]
    public async Task A_string_of_a_hundred_thousand_letters_is_stored_indexed_and_found()
    {
        Engine.DefineIndex(Things, "text", "test");
        var texts = Enumerable.Range(0, 3).Select(i => new string('x', 100_000) + i).ToList();
        for (var i = 0; i < 3; i++) await Write(EngineWrite.Upsert(Things, new($"k{i}"), Document.Of(("text", texts[i]))));
        await Engine.FlushAsync();
        await Reopen();
        for (var i = 0; i < 3; i++) Assert.Equal([$"k{i}"], Scan(Filter.Eq("text", texts[i])).Select(d => d.Id.ToString()));
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "text");
    }

    [Theory, Trait("Defect", "48")]
    [InlineData("[\"a/b\"]", "a/b")]
    [InlineData("[\"a,b\"]", "a,b")]
    [InlineData("[\"..\"]", "..")]
    [InlineData("[\"../../victim\"]", "../../victim")]
    public async Task Any_field_name_can_be_indexed_and_none_is_part_of_a_path(string path, string field)
    {
        for (var i = 0; i < 10; i++) await Write(EngineWrite.Upsert(Things, new($"k{i}"), Document.Of((field, i))));
        Engine.DefineIndex(Things, path, "test");
        await Engine.FlushAsync();
        await Engine.BuildIndexesAsync();
        Assert.Single(Scan(Filter.Eq(path, 3)));
        Assert.All(Disk.ListFiles(Folder).Where(n => n.EndsWith(".idx", StringComparison.Ordinal)), name => Assert.Matches(@"^\d+\.\d+\.idx$", name));
        await Reopen();
        Assert.True(Assert.Single(Engine.Indexes).IsReady);
        Assert.Single(Scan(Filter.Eq(path, 3)));
    }

    private async Task LearnAsync()
    {
        Engine.AdvanceLearning();
        await Engine.BuildIndexesAsync();
    }

    private Task<WriteResult> Put(string id, long value) => Write(EngineWrite.Upsert(Things, new(id), Document.Of(("value", value))));

    private List<StoredDocument> Sorted(int? limit, EngineSnapshot? snapshot = null)
    {
        using var stream = Engine.Scan(new ScanRequest(Things) { Sort = [new("value")], Limit = limit }, snapshot);
        return stream.ToList();
    }
}
