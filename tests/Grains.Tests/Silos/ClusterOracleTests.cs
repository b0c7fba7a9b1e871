// The stories that engines are compared by, told to whole clusters: one silo with one partition, one silo with sixteen, three
// silos with sixteen. The coordinator may merge, page and count as it likes; what comes back is what the plainest reading of
// the semantics gives over the documents as they were read back, in the same order, whatever the size of the pages.

using IngoDB.Abstractions;
using IngoDB.Model;
using IngoDB.Tests;
using Xunit.Sdk;

namespace Grains.Tests.Silos;

public sealed class ClusterOracleTests(SiloFixture fixture)
{
    private const int Stories = 6, ChangesPerRound = 120, QuestionsPerRound = 100, AggregatesPerRound = 12, TraversalsPerRound = 6;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 16)]
    [InlineData(3, 16)]
    public async Task However_many_silos_and_partitions_the_answers_are_the_same(int silos, int partitions)
    {
        var database = await fixture.OfAsync(silos, partitions);
        foreach (var seed in OracleStory.Seeds(Stories, first: 9001)) await TellAsync(database, new(seed), $"{silos} silos, {partitions} partitions");
    }

    private static async Task TellAsync(TestDatabase database, OracleStory story, string where)
    {
        var collection = TestDatabase.NewCollection();
        var ids = new HashSet<DocumentId>();
        for (var round = 0; round < OracleStory.Rounds; round++)
        {
            await ChangeAsync(database, collection, story.NextChanges(ChangesPerRound), ids);
            var present = await database.QueryAsync(new ScanQuery { From = collection });
            for (var i = 0; i < QuestionsPerRound; i++)
            {
                var question = story.NextQuestion() with { From = collection };
                var expected = NaiveAnswers.Of(question, present).Select(Text).ToList();
                var found = (await database.QueryAsync(question, pageBytes: i % 4 == 0 ? 4 << 10 : 0)).Select(Text).ToList();
                if (!expected.SequenceEqual(found)) throw new XunitException($"{story.Told(question, $"{where}, round {round}")}\nexpected\n{string.Join('\n', expected)}\nfound\n{string.Join('\n', found)}");
                if (i % 4 != 1) continue;
                var count = await database.CountAsync(collection, question.Where);
                if (count != present.Count(document => FilterEvaluator.Matches(question.Where, document))) throw new XunitException($"{story.Told(question, $"{where}, round {round}")}\ncounted {count}");
            }

            for (var i = 0; i < AggregatesPerRound + TraversalsPerRound; i++)
            {
                Query question = i < AggregatesPerRound ? story.NextAggregate() with { From = collection } : In(collection, story.NextTraversal());
                var expected = NaiveAnswers.Told(question, present);
                var found = NaiveAnswers.Found(question, await AllAsync(database, question, i % 4 == 0 ? 4 << 10 : 0));
                if (!expected.SequenceEqual(found)) throw new XunitException($"{story.Told(question, $"{where}, round {round}")}\nexpected\n{string.Join('\n', expected)}\nfound\n{string.Join('\n', found)}");
            }
        }
    }

    /// <summary>An aggregate without groups has one result, which comes as a value.</summary>
    private static async Task<IReadOnlyList<StoredDocument>> AllAsync(TestDatabase database, Query question, int pageBytes)
    {
        if (question is not AggregateQuery { By.Count: 0 }) return await database.QueryAsync(question, pageBytes);
        return (await database.PageAsync(question, pageBytes)).Value is { } value ? [new(new("result"), DocumentVersion.None, SingleDocument.Read(value)!)] : [];
    }

    private static TraverseQuery In(string collection, TraverseQuery query) => query with { From = collection, Hops = [.. query.Hops.Select(hop => hop with { To = hop.To with { Collection = collection } })] };

    /// <summary>Some of the documents have ended before they are written: they are never seen.</summary>
    private static async Task ChangeAsync(TestDatabase database, string collection, IReadOnlyList<OracleChange> changes, HashSet<DocumentId> ids)
    {
        var reply = await database.WriteAsync(collection, page =>
        {
            for (var i = 0; i < changes.Count; i++)
            {
                var (id, document) = changes[i];
                if (document is not null && i % 16 == 7) document = document.With(FieldNames.Expires, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
                if (document is null || i % 16 == 7) ids.Remove(id);
                else ids.Add(id);
                if (document is null) page.AddDelete(id);
                else page.Add(WriteKind.Upsert, id, document);
            }
        });
        Assert.All(reply.Outcomes, outcome => Assert.Null(outcome.ErrorCode));
        Assert.Equal(ids.Order(), (await database.QueryAsync(new ScanQuery { From = collection })).Select(document => document.Id));
    }

    private static string Text(StoredDocument document) => DocumentJson.ToJson(document);
}
