using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Statistics;

public sealed class StatisticsRestartTests : EngineFixture
{
    protected override EngineOptions Options => base.Options with { Columns = false }; // a column would answer before anything could be learned

    [Fact]
    public async Task What_queries_have_cost_is_known_after_a_restart_and_its_evidence_still_builds()
    {
        await Fill();
        Scan(Filter.Eq("shelf", 7));
        await Reopen();
        Assert.Equal((1, 2_000), (Engine.LearningReports.Single().Shapes.Single().Executions, Engine.LearningReports.Single().Shapes.Single().DocumentsExamined));
        Assert.Empty(Engine.AdvanceLearning());
        Scan(Filter.Eq("shelf", 8));
        Assert.Equal("shelf", Engine.AdvanceLearning().Single().Path);
    }

    [Fact]
    public async Task Another_engine_of_the_same_data_goes_on_from_what_was_counted_here_and_takes_it_once()
    {
        await Fill();
        Scan(Filter.Eq("shelf", 7));
        long told = 0;
        var exported = Engine.ExportStatistics(ref told)!;
        Assert.Null(Engine.ExportStatistics(ref told));
        await Engine.DisposeAsync();
        Disk.Delete($"{Folder}/STATISTICS");
        await Open();
        Assert.Empty(Engine.LearningReports.Single().Shapes);

        Assert.False(Engine.ImportStatistics("{\"format\":99}"u8));
        Assert.False(Engine.ImportStatistics("not json"u8));
        for (var times = 0; times < 2; times++) Assert.True(Engine.ImportStatistics(exported));
        Assert.Equal(1, Engine.LearningReports.Single().Shapes.Single().Executions);
        Scan(Filter.Eq("shelf", 8));
        Assert.Equal("shelf", Engine.AdvanceLearning().Single().Path);
    }

    [Fact]
    public async Task An_index_keeps_its_account_over_a_restart()
    {
        await Fill();
        Engine.DefineIndex(Things, "shelf", "test");
        await Engine.BuildIndexesAsync();
        for (var run = 0; run < 3; run++) Scan(Filter.Eq("shelf", 7));
        var before = Engine.Indexes.Single();
        await Reopen();
        Assert.Equal((3, before.Saved, before.Regret), (Engine.Indexes.Single().Uses, Engine.Indexes.Single().Saved, Engine.Indexes.Single().Regret));
    }

    [Fact]
    public async Task Damaged_statistics_are_learned_again()
    {
        await Fill();
        Scan(Filter.Eq("shelf", 7));
        await Engine.DisposeAsync();
        using (var file = Disk.Open($"{Folder}/STATISTICS", writable: true)) file.Write(file.Length - 9, [0]);
        await Open();
        Assert.Empty(Engine.LearningReports.Single().Shapes);
        Scan(Filter.Eq("shelf", 7));
        await Reopen();
        Assert.Single(Engine.LearningReports.Single().Shapes);
    }

    [Fact]
    public async Task A_dropped_collection_takes_its_statistics_along()
    {
        await Fill();
        Scan(Filter.Eq("shelf", 7));
        Engine.DropCollection(Things);
        await Reopen();
        Assert.Empty(Engine.LearningReports);
    }

    [Fact]
    public async Task A_walked_edge_is_a_shape_with_its_work()
    {
        await Fill();
        using (var stream = Engine.Query(new TraverseQuery { From = "things", Start = Filter.Eq("_id", "k00007"), Hops = [new("next", new("things", "shelf"))] })) stream.ToList();
        var edge = Engine.LearningReports.Single().Shapes.Single(shape => shape.Shape.StartsWith("join shelf", StringComparison.Ordinal));
        Assert.Equal((1, 2), (edge.Executions, edge.Matched));
        Assert.True(edge.Cost > 0);
    }

    private async Task Fill()
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, 2_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("shelf", i % 1_000), ("next", (i + 1) % 1_000))))]);
        await Engine.FlushAsync();
    }
}
