// A gateway dies, or hangs, with calls under way that Orleans would leave waiting: they are sent again as soon as that is known, and not before.

using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Calls;

public sealed class GatewayWatchTests
{
    private static readonly Document One = Document.Of(("n", 1));
    private readonly FakeCluster _cluster = new();
    private readonly TaskCompletionSource _never = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_sent_again_when_another_silo_answers_for_the_one_that_took_it()
    {
        await _cluster.Database.Collection("c").CountAsync(Cancellation);
        _cluster.Time.Advance(GatewayWatch.LooksEvery);
        _cluster.Coordinator.Hang(_never.Task);
        var write = _cluster.Database.Collection("c").UpsertAsync(One, new DocumentId("a"), cancellationToken: Cancellation);
        _cluster.Time.Advance(GatewayWatch.LooksEvery);
        Assert.False(write.IsCompleted);

        _cluster.Coordinator.Silo = "127.0.0.1:22222@2";
        await AdvanceUntilAsync(write);

        Assert.Equal(WriteStatus.Inserted, (await write).Status);
        Assert.True(_cluster.Time.GetUtcNow() < Began.AddSeconds(3), "It waited for its own deadline.");
    }

    [Fact]
    public async Task A_call_that_takes_long_at_a_silo_that_answers_is_not_sent_again()
    {
        var until = new TaskCompletionSource();
        _cluster.Coordinator.Hang(until.Task);
        var write = _cluster.Database.Collection("c").UpsertAsync(One, new DocumentId("a"), cancellationToken: Cancellation);
        for (var i = 0; i < 20; i++) _cluster.Time.Advance(GatewayWatch.LooksEvery);
        until.SetResult();

        await write;
        Assert.Single(_cluster.Coordinator.Writes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task When_nobody_answers_or_a_silo_that_stops_calls_go_to_another_coordinator(string? silo)
    {
        var (hung, other) = (new FakeCoordinator { Silo = silo }, new FakeCoordinator());
        hung.Hang(_never.Task);
        var client = new IngoDBClient(key => key == 0 ? hung : other, new() { Time = _cluster.Time, Random = new Random(1), RetryDelay = TimeSpan.Zero });
        var write = client.Database().Collection("c").UpsertAsync(One, new DocumentId("a"), cancellationToken: Cancellation);
        await AdvanceUntilAsync(write);

        Assert.Equal(WriteStatus.Inserted, (await write).Status);
        Assert.Single(other.Writes);
        Assert.True(_cluster.Time.GetUtcNow() < Began.AddSeconds(3), "It waited for its own deadline.");
    }

    [Fact]
    public async Task A_watch_that_was_answered_with_an_exception_it_does_not_know_goes_on_watching()
    {
        _cluster.Coordinator.WhoFails = new InvalidOperationException("The client is not connected.");
        var until = new TaskCompletionSource();
        _cluster.Coordinator.Hang(until.Task);
        var first = _cluster.Database.Collection("c").CountAsync(Cancellation);
        _cluster.Time.Advance(GatewayWatch.LooksEvery);
        until.SetResult();
        await AdvanceUntilAsync(first);
        _cluster.Coordinator.WhoFails = null;

        await A_call_is_sent_again_when_another_silo_answers_for_the_one_that_took_it();
    }

    /// <summary>Else what is too busy to answer in time would be sent everything again.</summary>
    [Theory]
    [InlineData(null, "Nobody answers anywhere.")]
    [InlineData("127.0.0.1:11111@1", "The same silo answers for another coordinator.")]
    public async Task A_call_is_not_sent_again_when_nobody_else_could_do_it(string? elsewhere, string why)
    {
        var (busy, other) = (new FakeCoordinator(), new FakeCoordinator { Silo = elsewhere });
        var until = new TaskCompletionSource();
        var client = new IngoDBClient(key => key == 0 ? busy : other, new() { Time = _cluster.Time, Random = new Random(1), RetryDelay = TimeSpan.Zero });
        await client.Database().Collection("c").CountAsync(Cancellation);
        busy.Hang(until.Task);
        var write = client.Database().Collection("c").UpsertAsync(One, new DocumentId("a"), cancellationToken: Cancellation);
        _cluster.Time.Advance(GatewayWatch.LooksEvery);
        busy.Silo = null;
        for (var step = 0; step < 120; step++)
        {
            _cluster.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        until.SetResult();
        Assert.Equal(WriteStatus.Inserted, (await write).Status);
        Assert.True(busy.Writes.Count == 1 && other.Writes.Count == 0, why);
    }

    private static DateTimeOffset Began { get; } = new FakeCluster().Time.GetUtcNow();

    /// <summary>Time goes on in small steps, as long as nobody is done; what was woken gets its turn in between.</summary>
    private async Task AdvanceUntilAsync(Task done)
    {
        for (var step = 0; step < 200 && !done.IsCompleted; step++)
        {
            _cluster.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(done, Task.Run(static () => { }, Cancellation)).ConfigureAwait(false);
        }
    }
}
