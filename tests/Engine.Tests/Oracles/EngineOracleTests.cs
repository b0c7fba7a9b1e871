// The same random documents and questions for four engines and the plain reading of the semantics: without any help,
// with indexes made to look free, with columns made to look free, and with everything at its real price. Whatever way the
// planner goes, the documents, their order, their count and their pages are the same; so are groups, and what walks reach.

using IngoDB.Model;
using IngoDB.Tests;
using Xunit.Sdk;

namespace IngoDB.Tests.Oracles;

public sealed class EngineOracleTests
{
    private const int Stories = 30, ChangesPerRound = 150, QuestionsPerRound = 100, AggregatesPerRound = 12, TraversalsPerRound = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(1001)]
    public async Task Whatever_is_asked_every_way_to_the_answer_gives_the_same(int first)
    {
        var (asked, taken) = (0, new HashSet<string>());
        foreach (var seed in OracleStory.Seeds(Stories / 2, (ulong)first)) asked += await TellAsync(new(seed), taken);
        if (asked < 1000) return; // one story that is replayed need not go everywhere
        foreach (var path in (string[])["primary scan", "point", "id range", "index range", "index order", "index rows", "column scan", "empty"])
            Assert.True(taken.Any(name => name.StartsWith(path, StringComparison.Ordinal)), $"no question went by {path}: {string.Join(", ", taken)}");
    }

    private static async Task<int> TellAsync(OracleStory story, HashSet<string> taken)
    {
        var engines = await Task.WhenAll(OracleVariant.All.Select(variant => OracleEngine.StartAsync(variant)));
        var asked = 0;
        for (var round = 0; round < OracleStory.Rounds; round++)
        {
            var changes = story.NextChanges(ChangesPerRound);
            foreach (var engine in engines) await engine.ChangeAsync(changes, round);
            for (var i = 0; i < QuestionsPerRound; i++, asked++)
            {
                var question = story.NextQuestion();
                foreach (var engine in engines)
                    if (engine.Difference(question, pageSize: 1 + (i % 7)) is { } difference)
                        throw new XunitException($"{story.Told(question, $"round {round}, {engine.Variant.Name}")}\n{difference}");
            }

            for (var i = 0; i < AggregatesPerRound + TraversalsPerRound; i++, asked++)
            {
                Query question = i < AggregatesPerRound ? story.NextAggregate() : story.NextTraversal();
                foreach (var engine in engines)
                    if (engine.Difference(question) is { } difference) throw new XunitException($"{story.Told(question, $"round {round}, {engine.Variant.Name}")}\n{difference}");
            }
        }

        foreach (var engine in engines)
        {
            taken.UnionWith(engine.Taken.Keys);
            await engine.DisposeAsync();
        }

        return asked;
    }
}
