// What the original's indexes answered wrongly (rows 31 to 37): each of these queries is asked with an index and must
// give what a plain reading of all documents gives, with the same documents in memory, in tables, or in both.

using IngoDB.Engine;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Defects;

public sealed class IndexDefectTests : EngineFixture
{
    private long _memtableBytes = 1 << 20;

    protected override EngineOptions Options => base.Options with { MemtableBytes = _memtableBytes, Learning = LearningMode.Off, BlockBytes = 512, Columns = false };

    [Fact, Trait("Defect", "31")]
    public async Task Ten_documents_of_one_value_are_ten_entries_also_after_a_restart()
    {
        await IndexAsync("category");
        for (var i = 0; i < 10; i++) await Put($"k{i}", ("category", "books"));
        Assert.Equal(10, Indexed(Filter.Eq("category", "books")).Count);
        await Engine.FlushAsync();
        Assert.Equal(10, Indexed(Filter.Eq("category", "books")).Count);
        for (var i = 10; i < 20; i++) await Put($"k{i}", ("category", "books"));
        await CrashAndOpen();
        Assert.Equal(20, Indexed(Filter.Eq("category", "books")).Count);
    }

    [Fact, Trait("Defect", "32")]
    public async Task An_update_of_another_field_gives_the_document_once_and_counts_once_for_the_limit()
    {
        await IndexAsync("price");
        for (var i = 0; i < 10; i++) await Put($"k{i}", ("price", i), ("name", "old"));
        await Engine.FlushAsync();
        for (var i = 0; i < 10; i++) await Put($"k{i}", ("price", i), ("name", "new"));
        await Engine.FlushAsync();

        var sorted = Sorted("price", limit: 6);

        Assert.Equal([0L, 1, 2, 3, 4, 5], sorted.Select(d => d["price"].AsInt64()));
        Assert.All(sorted, d => Assert.Equal("new", d["name"].AsString()));
        Assert.Equal(10, Indexed(Filter.Gte("price", 0)).Count);
    }

    [Fact, Trait("Defect", "33")]
    public async Task A_descending_limit_gives_the_largest()
    {
        await IndexAsync("price");
        for (var i = 0; i < 50; i++) await Put($"k{i}", ("price", i * 7 % 50));
        await Engine.FlushAsync();
        Assert.Equal([49L, 48, 47], Sorted("price", limit: 3, descending: true).Select(d => d["price"].AsInt64()));
    }

    [Fact, Trait("Defect", "34")]
    public async Task A_query_gets_all_its_rows_whatever_range_was_asked_before()
    {
        await IndexAsync("price");
        for (var i = 0; i < 30; i++) await Put($"k{i}", ("price", i));
        await Engine.FlushAsync();
        Assert.Equal(15, Indexed(Filter.Range("price", 0, 15)).Count);
        Assert.Equal(30, Indexed(Filter.Gte("price", 0)).Count);
        Assert.Equal(15, Indexed(Filter.Gte("price", 15)).Count);
    }

    [Fact, Trait("Defect", "35")]
    public async Task A_limit_holds_over_tables_and_memory_together()
    {
        await IndexAsync("price");
        for (var i = 0; i < 10; i++) await Put($"t{i}", ("price", 7));
        await Engine.FlushAsync();
        for (var i = 0; i < 10; i++) await Put($"m{i}", ("price", 7));
        Assert.Equal(["m0", "m1", "m2"], Indexed(new ScanRequest(Things) { Where = Filter.Eq("price", 7), Limit = 3 }).Select(d => d.Id.ToString()));
        Assert.Equal(20, Indexed(Filter.Eq("price", 7)).Count);
    }

    [Fact, Trait("Defect", "36")]
    public async Task A_superseded_version_never_matches_and_a_deleted_document_never_comes_back()
    {
        await IndexAsync("price");
        for (var i = 0; i < 6; i++) await Put($"k{i}", ("price", 1));
        await Engine.FlushAsync();
        await Put("k0", ("price", 2));
        await Put("k0", ("price", 3));
        await Write(EngineWrite.Delete(Things, new("k1")));

        Assert.Equal(["k2", "k3", "k4", "k5"], Indexed(Filter.Eq("price", 1)).Select(d => d.Id.ToString()));
        Assert.Empty(Indexed(Filter.Eq("price", 2)));
        Assert.Equal(["k0"], Indexed(Filter.Eq("price", 3)).Select(d => d.Id.ToString()));
        Assert.Equal(5, Sorted("price", limit: 100).Count);
    }

    [Fact, Trait("Defect", "37")]
    public async Task Memtables_that_wait_for_their_flush_are_part_of_every_answer()
    {
        _memtableBytes = 512;
        await Reopen();
        for (var i = 0; i < 40; i++)
        {
            await Put($"k{i}", ("price", i));
            if (i == 0) await IndexAsync("price");
        }

        Assert.True(Engine.Status.SealedMemtables > 2);
        Assert.Equal(40, Indexed(Filter.Gte("price", 0)).Count);
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "price");
        await Engine.FlushAsync();
        IndexAgreesWithPrimaryChecker.Check(Engine, Things, "price");
    }

    /// <summary>An index, and so many other documents below all that tests ask for that the planner must prefer it.</summary>
    private async Task IndexAsync(string path)
    {
        await Engine.WriteAsync([.. Enumerable.Range(1, 3000).Select(i => EngineWrite.Upsert(Things, new($"ballast{i}"), Document.Of((path, path == "price" ? -i : $"{i}"), ("text", new string('x', 100)))))]);
        await Engine.FlushAsync();
        Engine.DefineIndex(Things, path, "test");
        await Engine.BuildIndexesAsync();
    }

    private List<StoredDocument> Indexed(Filter where) => Indexed(new ScanRequest(Things) { Where = where });

    private List<StoredDocument> Indexed(ScanRequest request)
    {
        using var stream = Engine.Scan(request);
        var found = stream.ToList();
        Assert.StartsWith("index", stream.Work.AccessPath, StringComparison.Ordinal);
        return found;
    }

    private Task<WriteResult> Put(string id, params (string, Value)[] fields) => Write(EngineWrite.Upsert(Things, new(id), Document.Of(fields)));

    private List<StoredDocument> Sorted(string field, int limit, bool descending = false)
        => Indexed(new ScanRequest(Things) { Where = Filter.Gte(field, 0), Sort = [new(field, descending)], Limit = limit });
}
