// Columns and indexes share the work by cost: what codes answer cheaply gets no index however often it is asked, and what no
// column knows is learned as ever.

using IngoDB.Engine;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Advising;

public sealed class ColumnsAndLearningTests : EngineFixture
{
    private const int Rows = 20_000;

    [Fact]
    public async Task A_value_that_every_document_has_another_of_has_no_column_and_gets_its_index()
    {
        await Fill();
        var request = new ScanRequest(Things) { Where = Filter.Eq("name", "the name of 00007, which is long enough that no dictionary of such names would pay") };
        Assert.Equal("primary scan", (await RunAndLearn(request)).AccessPath);
        await RunAndLearn(request);
        var third = await RunAndLearn(request);
        Assert.Equal(("index range name", 1), (third.AccessPath, third.DocumentsReturned));
    }

    [Fact]
    public async Task What_codes_answer_gets_no_index_however_often_it_is_asked()
    {
        await Fill();
        ScanRequest[] requests = [new(Things) { Where = Filter.Eq("shelf", 7) }, new(Things) { Sort = [new("price", Descending: true)], Limit = 10 }];
        for (var run = 0; run < 20; run++)
            foreach (var request in requests) Assert.Equal("column scan", (await RunAndLearn(request)).AccessPath);
        Assert.Empty(Engine.Indexes);
    }

    private async Task<QueryWork> RunAndLearn(ScanRequest request)
    {
        using var stream = Engine.Scan(request);
        while (stream.MoveNext()) continue;
        stream.Dispose();
        Engine.AdvanceLearning();
        await Engine.BuildIndexesAsync();
        return stream.Work;
    }

    private async Task Fill()
    {
        foreach (var batch in Enumerable.Range(0, Rows).Chunk(1_000))
            await Engine.WriteAsync([.. batch.Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(
                ("shelf", i % 1_000), ("price", (i * 7_919 % Rows) / 100.0), ("name", $"the name of {i:D5}, which is long enough that no dictionary of such names would pay"))))]);
        await Engine.FlushAsync();
    }
}
