// A silo is killed while its partitions build an index that was decided for all of them. Whatever was on disk by then, the next start
// goes on from there: a file that no manifest names is nobody's, tables that lack the index are scanned beside those that have it. Nobody's
// answer changes, and in the end the index is there.

using Cluster.Tests.Processes;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

public sealed class KilledWhileBuildingTests
{
    private const int Documents = 9_000, Kinds = 300;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_that_is_killed_at_any_moment_of_a_build_changes_no_answer_and_builds_on()
    {
        await using var cluster = await ProcessCluster.StartAsync(3);
        var things = cluster.Database.Collection("things");
        var written = await things.UpsertManyAsync(Enumerable.Range(0, Documents).Select(i => new StoredDocument(new($"{i:D5}"), default, Thing(i))), cancellationToken: Cancellation);
        Assert.Equal(0, written.Refused);
        await cluster.Database.AdminAsync("database.flush", cancellationToken: Cancellation);

        // The first time when it was ordered and nobody has answered yet, the second when it is in the catalog.
        string[] indexes = ["kind", "kind(name)"];
        for (var i = 0; i < indexes.Length; i++)
        {
            var ordered = cluster.Database.AdminAsync("indexes.pin", Document.Of(("collection", "things"), ("path", indexes[i])), Cancellation);
            if (i == 1)
                while (!(await IndexesAsync(cluster)).ContainsKey(indexes[i])) Assert.False(ordered.IsFaulted);
            await cluster.KillAsync(2);
            try
            {
                await ordered;
            }
            catch (Exception e) when (e is UnavailableException or UnknownOutcomeException)
            {
                // It was told to a silo that is gone; it may have been done. It is ordered again below.
            }

            await cluster.RestartAsync(2);
            await AnswersAreRightAsync(things, i);
            await cluster.Database.AdminAsync("indexes.pin", Document.Of(("collection", "things"), ("path", indexes[i])), Cancellation);
        }

        await cluster.Database.AdminAsync("database.settle", cancellationToken: Cancellation);
        Assert.Equal(indexes.Select(path => (path, "ready")).Order(), (await IndexesAsync(cluster)).Select(index => (index.Key, index.Value)).Order());
        await AnswersAreRightAsync(things, 7);
    }

    /// <summary>State by path.</summary>
    private static async Task<Dictionary<string, string>> IndexesAsync(ProcessCluster cluster)
    {
        var listed = await cluster.Database.AdminAsync("indexes.list", Document.Of(("collection", "things")), Cancellation);
        return listed["indexes"].AsArray().ToArray().Select(index => index.AsDocument()).ToDictionary(index => index["path"].AsString(), index => index["state"].AsString());
    }

    private static Document Thing(int i) => Document.Of(("kind", $"k{i % Kinds}"), ("name", $"n{i}"), ("n", i));

    private static async Task AnswersAreRightAsync(DocumentCollection things, int kind)
    {
        var found = await things.Query().Where(Filter.Eq("kind", $"k{kind}")).ToListAsync(Cancellation);
        Assert.Equal(Enumerable.Range(0, Documents / Kinds).Select(i => (long)((i * Kinds) + kind)), found.Select(document => document["n"].AsInt64()));
        Assert.Equal(Documents, await things.CountAsync(Cancellation));
    }
}
