// The engine can be told no, and says what it does: rules, the log of decisions, what-if, a design as a file.

using IngoDB.Engine;
using IngoDB.Engine.Advising;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Advising;

public sealed class LearningControlTests : EngineFixture
{

    protected override EngineOptions Options => base.Options with { Columns = false };

    [Fact]
    public async Task Suggest_says_once_what_it_would_do_and_leaves_it_at_that()
    {
        await Fill();
        Engine.ChangeLearningRules(Things, rules => rules with { Learning = LearningSwitch.Suggest });
        for (var run = 0; run < 5; run++) Assert.Empty(Ask());
        var suggestion = Assert.Single(Engine.LearningDecisions(Things), decision => decision.Act == "suggest");
        Assert.Equal("shelf", suggestion.Path);
        Assert.Contains("eq(shelf)", suggestion.Cause, StringComparison.Ordinal);
        Assert.True(suggestion.Evidence >= suggestion.Price);
    }

    [Fact]
    public async Task Off_decides_nothing_and_still_counts()
    {
        await Fill();
        Engine.ChangeLearningRules(Things, rules => rules with { Learning = LearningSwitch.Off });
        for (var run = 0; run < 5; run++) Assert.Empty(Ask());
        Assert.Equal(["set"], Engine.LearningDecisions(Things).Select(decision => decision.Act));
        Assert.Equal(5, Engine.LearningReports.Single().Shapes.Single().Executions);
    }

    [Fact]
    public async Task A_pinned_index_is_built_without_evidence_and_stays_whatever_is_written()
    {
        await Fill();
        Engine.PinIndex(Things, IndexFields.Parse("round"));
        Assert.Equal("pinned", Engine.Indexes.Single().Cause);
        for (var round = 1; round < 5; round++)
        {
            await Fill(round);
            await Engine.CompactAsync(everything: true);
            Time.Advance(TimeSpan.FromDays(1));
            Assert.Empty(Engine.AdvanceLearning());
        }

        Assert.Single(Engine.Indexes);
    }

    [Fact]
    public async Task A_banned_index_goes_and_does_not_come_back_and_explain_says_so()
    {
        await Fill();
        Ask();
        Ask();
        Assert.Single(Engine.Indexes);
        Engine.BanIndex(Things, IndexFields.Parse("shelf"));
        Assert.Empty(Engine.Indexes);
        for (var run = 0; run < 5; run++) Assert.Empty(Ask());
        var learning = Engine.Explain(new ScanRequest(Things) { Where = Filter.Eq("shelf", 1) }, execute: false)["learning"].AsArray().Span[0].AsDocument();
        Assert.Equal("banned", learning["notBuiltBecause"].AsString());
        Assert.Equal("banned", Assert.Single(Engine.WhatIf(Things)).WhyNot);
        Assert.Equal(["build", "ban", "drop"], Engine.LearningDecisions(Things).Select(decision => decision.Act));
    }

    [Fact]
    public async Task Explain_says_when_an_index_will_be_built()
    {
        await Fill();
        Ask();
        var request = new ScanRequest(Things) { Where = Filter.Eq("shelf", 1) };
        Assert.Equal(1, Engine.Explain(request, execute: false)["learning"].AsArray().Span[0].AsDocument()["runsUntilBuilt"].AsInt64());
        Engine.ChangeLearningRules(Things, rules => rules with { Learning = LearningSwitch.Suggest });
        Assert.Contains("suggest", Engine.Explain(request, execute: false)["learning"].AsArray().Span[0].AsDocument()["notBuiltBecause"].AsString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_that_keeps_its_promise_is_said_to_with_what_was_measured()
    {
        await Fill();
        for (var run = 0; run < 12; run++)
        {
            Ask();
            await Engine.BuildIndexesAsync();
        }

        var kept = Assert.Single(Engine.LearningDecisions(Things), decision => decision.Act == "keep");
        Assert.Contains("2,000 -> 6 a run over 8 runs", kept.Effect, StringComparison.Ordinal);
        Assert.StartsWith("kept: ", Engine.DescribeLearning(Things)["indexes"].AsArray().Span[0].AsDocument()["trial"].AsString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_decisions_and_trials_survive_a_restart()
    {
        await Fill();
        Engine.BanIndex(Things, IndexFields.Parse("round"));
        Ask();
        Ask();
        await Engine.BuildIndexesAsync();
        var before = Engine.LearningDecisions(Things);
        await Reopen();
        Assert.Equal(before, Engine.LearningDecisions(Things));
        Assert.Equal(["round"], Engine.LearningRulesOf(Things).Bans);
        for (var run = 0; run < 10; run++) Ask();
        Assert.Contains(Engine.LearningDecisions(Things), decision => decision.Act == "keep");
    }

    [Fact]
    public async Task A_design_is_a_file_that_makes_another_engine_alike()
    {
        await Fill();
        Ask();
        Ask();
        Engine.PinIndex(Things, IndexFields.Parse("round"));
        Engine.BanIndex(Things, IndexFields.Parse("name"));
        Engine.ChangeLearningRules(Things, rules => rules with { BytesMax = 1 << 20 });
        var json = Engine.ExportDesign().ToJson();
        Assert.Contains("\"path\": \"shelf\"", json, StringComparison.Ordinal);

        await using var other = await StorageEngine.OpenAsync(Folder, Options with { Files = new SimulatedFileSystem() });
        other.ApplyDesign(LearnedDesign.Parse(json));
        Assert.Equal(json, other.ExportDesign().ToJson());
        other.DefineIndex(other.Collection("things"), "extra", "by hand");
        other.ApplyDesign(LearnedDesign.Parse(json), exactly: true);
        Assert.Equal(json, other.ExportDesign().ToJson());
    }

    [Theory]
    [InlineData("{}", "/collections")]
    [InlineData("""{"collections": [{"name": "a", "indexes": [{"path": "a+a"}]}]}""", "/collections/0/indexes/0/path")]
    [InlineData("""{"collections": [{"name": "a", "indexes": [], "upkeepShareMax": 7}]}""", "/upkeepShareMax")]
    [InlineData("[", "$")]
    public void A_design_that_is_none_is_refused_where_it_is_wrong(string json, string pointer)
        => Assert.Equal(pointer, Assert.Throws<InvalidRequestException>(() => LearnedDesign.Parse(json)).Pointer);

    private IReadOnlyList<IndexAdvice> Ask()
    {
        Scan(Filter.Eq("shelf", 7));
        return Engine.AdvanceLearning();
    }

    private async Task Fill(int round = 0)
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, 2_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("shelf", i % 1_000), ("round", round))))]);
        await Engine.FlushAsync();
    }
}
