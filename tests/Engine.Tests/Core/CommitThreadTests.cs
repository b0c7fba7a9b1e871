// What callers do after a sync has woken them, on the very thread that syncs: whatever it is, the others go on.
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Core;

public sealed class CommitThreadTests : IAsyncLifetime
{
    private static readonly Shape Numbers = Shape.Of("n");
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(60);

    private StorageEngine _engine = null!;
    private CollectionId _things;

    public async ValueTask InitializeAsync()
    {
        _engine = await StorageEngine.OpenAsync("/db", new EngineOptions { Files = new SimulatedFileSystem(), Seed = 1 });
        _things = _engine.Collection("things");
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public Task Who_blocks_until_another_write_is_durable_is_answered() => Run(async () =>
    {
        for (var i = 0; i < 20; i++)
        {
            await PutAsync(i).ConfigureAwait(false);
            PutAsync(1000 + i).AsTask().Wait(TestContext.Current.CancellationToken);
        }
    });

    [Fact]
    public Task Two_of_one_group_may_wait_for_each_other() => Run(() =>
    {
        var both = new Barrier(2);
        return Task.WhenAll(Meet(0), Meet(1));

        async Task Meet(int caller)
        {
            for (var i = 0; i < 20; i++)
            {
                await PutAsync(caller).ConfigureAwait(false);
                both.SignalAndWait(TestContext.Current.CancellationToken);
            }
        }
    });

    [Fact]
    public Task Who_was_woken_may_close_the_engine() => Run(async () =>
    {
        await PutAsync(1).ConfigureAwait(false);
        await _engine.DisposeAsync().ConfigureAwait(false);
        await Assert.ThrowsAsync<UnavailableException>(() => PutAsync(2).AsTask()).ConfigureAwait(false);
    });

    [Fact]
    public Task Many_callers_are_all_answered_while_some_of_them_block() => Run(async () =>
    {
        const int callers = 100, puts = 50;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
        {
            for (var i = 0; i < puts; i++)
            {
                await PutAsync((caller * puts) + i).ConfigureAwait(false);
                if (caller == 7 && i % 10 == 0) PutAsync(-1).AsTask().Wait(TestContext.Current.CancellationToken);
            }
        })).ConfigureAwait(false);
        Assert.Equal((callers * puts) + 1, _engine.Count(_things, null));
    });

    private ValueTask<DocumentVersion> PutAsync(int n) => _engine.PutAsync(_things, new DocumentId($"{n}"), Numbers, new DocWriter().Begin(Numbers).Write(n).Row, Durability.Durable);

    private static Task Run(Func<Task> story) => Task.Run(story, TestContext.Current.CancellationToken).WaitAsync(TooLong, TestContext.Current.CancellationToken);
}
