using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Querying;

/// <summary>An `or` over two fields needs two indexes and one alone is worth nothing to it: the engine learns both.</summary>
public sealed class LearnedUnionTests : EngineFixture
{
    private const int Documents = 4_000;

    private static readonly Filter s_either = Filter.Or(Filter.Eq("owner", "u7"), Filter.And(Filter.Eq("editor", "u7"), Filter.Gt("n", 10)));

    protected override EngineOptions Options => base.Options with { Columns = false };

    [Fact]
    public async Task Asked_often_enough_it_is_answered_by_both_indexes_together()
    {
        foreach (var batch in Enumerable.Range(0, Documents).Chunk(500))
            await Engine.WriteAsync([.. batch.Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("owner", $"u{i % 400}"), ("editor", $"u{i * 7 % 400}"), ("n", i))))]);
        await Engine.FlushAsync();
        var expected = Scan(s_either);
        for (var run = 0; run < 40 && Engine.Indexes.Count < 2; run++)
        {
            Scan(s_either);
            Engine.AdvanceLearning();
        }

        await Engine.BuildIndexesAsync();
        Assert.Equal(["editor", "owner"], Engine.Indexes.Select(index => index.Path).Order());
        Assert.Equal("index rows owner | editor", Engine.Explain(new ScanRequest(Things) { Where = s_either }, execute: false)["access"].AsString());
        Assert.Equal(expected, Scan(s_either));
    }

    [Fact]
    public async Task An_argument_that_no_index_could_serve_lets_none_be_learned()
    {
        foreach (var batch in Enumerable.Range(0, Documents).Chunk(500))
            await Engine.WriteAsync([.. batch.Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("owner", $"u{i % 400}"), ("n", i))))]);
        await Engine.FlushAsync();
        for (var run = 0; run < 40; run++)
        {
            Scan(Filter.Or(Filter.Eq("owner", "u7"), Filter.Ne("n", 3)));
            Engine.AdvanceLearning();
        }

        Assert.Empty(Engine.Indexes);
    }
}
