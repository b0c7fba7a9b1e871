// An engine whose partition has copies, with a log that the test holds in its hands: what is proposed is invisible until it is applied, conditions see
// what is pending, and a log that stands still refuses who comes later instead of keeping him waiting.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests;

public sealed class ReplicatedWritesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_proposed_is_seen_by_conditions_at_once_and_by_readers_when_it_is_applied()
    {
        var log = new HeldLog();
        await using var engine = await OpenAsync(log);
        var numbers = engine.Collection("numbers");

        var first = engine.WriteAsync([EngineWrite.Of(WriteKind.Insert, numbers, new("a"), Document.Of(("n", 1)))], cancellationToken: Cancellation).AsTask();
        await log.ProposedAsync(1);
        var second = engine.WriteAsync([EngineWrite.Of(WriteKind.Insert, numbers, new("a"), Document.Of(("n", 2))), EngineWrite.Of(WriteKind.Upsert, numbers, new("b"), Document.Of(("n", 3)))], cancellationToken: Cancellation).AsTask();
        await log.ProposedAsync(2);
        Assert.Null(engine.Get(numbers, new("a")));

        await log.ApplyAllAsync(engine);
        Assert.Equal(WriteStatus.Inserted, (await first)[0].Status);
        Assert.Equal(("document.exists", WriteStatus.Upserted), ((await second)[0].ErrorCode, (await second)[1].Status));
        Assert.Equal((1L, 3L), (engine.Get(numbers, new("a"))!["n"].AsInt64(), engine.Get(numbers, new("b"))!["n"].AsInt64()));
        Assert.Equal((await first)[0].Version, engine.Get(numbers, new("a"))!.Version);
    }

    [Fact]
    public async Task A_log_that_stands_still_refuses_those_who_would_wait_for_a_place()
    {
        var log = new HeldLog();
        await using var engine = await OpenAsync(log);
        var numbers = engine.Collection("numbers");
        var stuck = new List<Task>();
        for (var i = 0; i < 8; i++)
        {
            stuck.Add(engine.WriteAsync([EngineWrite.Of(WriteKind.Upsert, numbers, new($"{i}"), Document.Empty)], cancellationToken: Cancellation).AsTask());
            await log.ProposedAsync(i + 1);
        }

        log.Stuck = new("partition.not_enough_copies", "Nobody answers.");
        var refused = await Assert.ThrowsAsync<UnavailableException>(() => engine.WriteAsync([EngineWrite.Of(WriteKind.Upsert, numbers, new("late"), Document.Empty)], cancellationToken: Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation));

        Assert.Equal("partition.not_enough_copies", refused.Code);
        await log.ApplyAllAsync(engine);
        await Task.WhenAll(stuck);
        Assert.Null(engine.Get(numbers, new("late")));
    }

    [Fact]
    public async Task Who_waits_for_a_place_when_the_engine_closes_hears_that_nothing_was_written()
    {
        var log = new HeldLog();
        var engine = await OpenAsync(log);
        var numbers = engine.Collection("numbers");
        Task WriteAsync(string id) => engine.WriteAsync([EngineWrite.Of(WriteKind.Upsert, numbers, new(id), Document.Empty)], cancellationToken: Cancellation).AsTask();
        for (var i = 0; i < 8; i++)
        {
            _ = WriteAsync($"{i}"); // under way for ever: what becomes of it is the log's to say
            await log.ProposedAsync(i + 1);
        }

        var waiting = WriteAsync("late");
        await engine.DisposeAsync();

        Assert.Equal("partition.moved", (await Assert.ThrowsAsync<UnavailableException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(20), Cancellation))).Code);
    }

    private static Task<StorageEngine> OpenAsync(IReplicatedLog log) => StorageEngine.OpenAsync("/partition", new() { Files = new SimulatedFileSystem(), Durability = Durability.Buffered, Replicated = log }, Cancellation);

    private sealed class HeldLog : IReplicatedLog
    {
        private readonly List<(DocumentVersion First, byte[] Group, TaskCompletionSource Done)> _held = [];
        private readonly SemaphoreSlim _proposed = new(0);
        private ulong _clock = DocumentVersion.AtMilliseconds(1_000_000).Raw;
        private int _awaited;

        public UnavailableException? Stuck { get; set; }

        public (DocumentVersion First, long Term)? Next() => Stuck is { } stuck ? throw stuck : (new(_clock + 1), 1);

        public Proposal TryPropose(long term, DocumentVersion first, ReadOnlyMemory<byte> group, int versions)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_held) _held.Add((first, group.ToArray(), done));
            _clock = first.Raw + (ulong)versions - 1;
            _proposed.Release();
            return new(ProposalOutcome.Accepted, done.Task);
        }

        public Task ConfirmAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task CloseAsync(DocumentVersion version, CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task ProposedAsync(int count)
        {
            for (; _awaited < count; _awaited++) await _proposed.WaitAsync(Cancellation);
        }

        public async Task ApplyAllAsync(StorageEngine engine)
        {
            foreach (var (first, group, done) in _held)
            {
                await engine.ApplyCommittedAsync(first, group, Cancellation);
                // Again, as after a restart: it changes nothing.
                await engine.ApplyCommittedAsync(first, group, Cancellation);
                done.SetResult();
            }
        }
    }
}
