// A queue as the runtime uses it, step by step and with a clock of its own: what is saved, who is woken, where those begin who have no place.

using IngoDB.GrainStorage.Streams;
using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Streams;

namespace IngoDB.GrainStorage.Tests.Changes;

public sealed class ChangeQueueTests(ClusterFixture clusters)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_takes_over_begins_with_what_was_handed_out_last_because_nobody_knows_whether_it_came()
    {
        var (collection, time) = ("taken-over", new FakeTimeProvider());
        await WriteAsync(collection, 10);
        var queue = await QueueAsync(collection, time, fromBeginning: true);
        using var slow = Follow(queue, collection, await WakeAsync(queue));
        using var quick = Follow(queue, collection, ChangeStream.Beginning);
        var all = await TakeAsync(queue, quick, 10);
        Assert.Equal(all[..3].Select(batch => batch.Version), (await TakeAsync(queue, slow, 3)).Select(batch => batch.Version));
        await AskTwiceAsync(queue);
        await queue.Shutdown(TimeSpan.FromSeconds(10));

        var next = await QueueAsync(collection, time, fromBeginning: true);
        using var again = Follow(next, collection, await WakeAsync(next));
        Assert.Equal(all[2..].Select(batch => batch.Version), (await TakeAsync(next, again, 8)).Select(batch => batch.Version));
    }

    [Fact]
    public async Task When_nobody_has_followed_for_a_while_what_came_meanwhile_is_not_kept_for_anybody()
    {
        var (collection, time) = ("unfollowed", new FakeTimeProvider());
        var queue = await QueueAsync(collection, time, fromBeginning: false);
        var before = await WakeAsync(queue);
        await WriteAsync(collection, 3, first: 100);
        await AskTwiceAsync(queue);
        foreach (var wait in (TimeSpan[])[TimeSpan.FromSeconds(6), TimeSpan.FromMinutes(5)])
        {
            // Who takes a queue over may find its subscribers only now, and what they have not had is theirs.
            time.Advance(wait);
            await AskTwiceAsync(queue);
            time.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal(before, await WakeAsync(queue));
        }

        time.Advance(TimeSpan.FromMinutes(5));
        await AskTwiceAsync(queue);
        time.Advance(TimeSpan.FromSeconds(6));
        var after = await WakeAsync(queue);
        Assert.True(after.Newer(before));
        await WriteAsync(collection, 1);
        using var late = Follow(queue, collection, after);
        Assert.Equal(0, NumberOf(Assert.Single(await TakeAsync(queue, late, 1))));
        Assert.False(IsAtNext(late));
    }

    [Fact]
    public async Task A_stream_is_woken_at_the_start_when_it_has_something_and_every_five_seconds_and_each_answer_is_followed_by_an_empty_one()
    {
        var (collection, time) = ("woken", new FakeTimeProvider());
        var queue = await QueueAsync(collection, time, fromBeginning: false);
        Assert.Single(await queue.GetQueueMessagesAsync(-1));
        Assert.Empty(await queue.GetQueueMessagesAsync(-1));
        Assert.Empty(await queue.GetQueueMessagesAsync(-1));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(await queue.GetQueueMessagesAsync(-1));
        Assert.Empty(await queue.GetQueueMessagesAsync(-1));
        using var cursor = Follow(queue, collection, null);
        Assert.False(IsAtNext(cursor));
        await WriteAsync(collection, 1);
        Assert.Single(await queue.GetQueueMessagesAsync(-1));
        Assert.Empty(await queue.GetQueueMessagesAsync(-1));
        Assert.True(IsAtNext(cursor));
    }

    [Fact]
    public void A_stream_of_a_collection_that_is_not_followed_is_refused()
        => Assert.Throws<InvalidOperationException>(() => new ChangeQueue(null!, [], TimeProvider.System, NullLogger.Instance).GetCacheCursor(ChangeStream.Of("other"), null));

    [Fact]
    public void A_window_gives_what_a_list_would_as_far_back_as_it_reaches()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (window, all, version) = (new ChangeWindow(new(1000), sizeMax: random.Next(0, 3000)), new List<ulong>(), 1000ul);
            for (var round = 0; round < 10; round++)
            {
                var batches = Enumerable.Range(0, random.Next(6)).Select(_ => BatchOf(version += (ulong)random.Next(1, 5), random)).ToList();
                all.AddRange(batches.Select(batch => batch.Version.Raw));
                window.Add(new(batches, new(version += (ulong)random.Next(0, 3))));
                Assert.Equal(version, window.Until.Raw);
                Assert.True(window.Reaches(window.Until));
                for (var position = window.After.Raw; position <= version; position++) Assert.Equal(all.Find(known => known > position), window.Next(new(position))?.Version.Raw ?? 0);
                Assert.False(window.Reaches(new(window.After.Raw - 1)));
            }
        }

        static ChangeBatch BatchOf(ulong version, Random random) => new() { Changes = [new() { Collection = "c", Id = "i", Version = version, Json = new('x', random.Next(300)) }] };
    }

    private async Task<ChangeQueue> QueueAsync(string collection, TimeProvider time, bool fromBeginning)
    {
        var database = (await clusters.OfAsync(Place.OneSilo)).Client.Database();
        return new(new(() => database, "by-hand", fromBeginning, time), [collection], time, NullLogger.Instance);
    }

    private async Task WriteAsync(string collection, int count, int first = 0)
    {
        var documents = (await clusters.OfAsync(Place.OneSilo)).Client.Database().Collection(collection);
        for (var i = 0; i < count; i++) await documents.InsertAsync(Document.Of(("n", first + i)), cancellationToken: Cancellation);
    }

    private static IQueueCacheCursor Follow(ChangeQueue queue, string collection, StreamSequenceToken? token) => queue.GetCacheCursor(ChangeStream.Of(collection), token);

    /// <summary>The token with which those begin who have none.</summary>
    private static async Task<StreamSequenceToken> WakeAsync(ChangeQueue queue)
    {
        while (true)
        {
            if (await queue.GetQueueMessagesAsync(-1) is [var wake]) return wake.SequenceToken;
        }
    }

    private static bool IsAtNext(IQueueCacheCursor cursor) => cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success;

    private static int NumberOf(ChangeBatch batch)
        => System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(batch.GetEvents<StoredChange>().Single().Item1.Json!).GetProperty("n").GetInt32();

    private static async Task AskTwiceAsync(ChangeQueue queue)
    {
        await queue.GetQueueMessagesAsync(-1);
        await queue.GetQueueMessagesAsync(-1);
    }

    private static async Task<List<ChangeBatch>> TakeAsync(ChangeQueue queue, IQueueCacheCursor cursor, int count)
    {
        var taken = new List<ChangeBatch>();
        for (var rounds = 0; taken.Count < count; rounds++)
        {
            Assert.InRange(rounds, 0, 1000);
            if (IsAtNext(cursor)) taken.Add((ChangeBatch)cursor.GetCurrent(out _)!);
            else await AskTwiceAsync(queue);
        }

        return taken;
    }
}
