// The contract of a transactional state's storage, on one silo, on one of three and on a silo without the database: the cases that Orleans' own
// kit lists, and random steps against a model of a dozen lines. After every step a second storage of the same state loads what the model has.

using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.GrainStorage.Transactions;
using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace IngoDB.GrainStorage.Tests.Transactions;

public sealed class TransactionalStorageTests(ClusterFixture clusters)
{
    private static readonly DateTime s_time = new(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc);

    public static TheoryData<Place> Places => [Place.OneSilo, Place.ThreeSilos, Place.Guest];

    [Theory, MemberData(nameof(Places))]
    public async Task A_state_that_never_was_loads_as_a_new_one(Place place)
    {
        var loaded = await (await StorageAsync(place, "never")).Load();
        Assert.Null(loaded.ETag);
        Assert.Equal((0, 0L, 0, 0), (loaded.CommittedState.Amount, loaded.CommittedSequenceId, loaded.PendingStates.Count, loaded.Metadata.CommitRecords.Count));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_store_without_changes_keeps_the_metadata_and_has_a_new_etag(Place place)
    {
        var storage = await StorageAsync(place, "metadata");
        await storage.Load();
        var participant = new ParticipantId("balance", (GrainReference)(await clusters.OfAsync(place)).Grains.GetGrain<Runtime.IAccountGrain>("ada"), ParticipantId.Role.Resource | ParticipantId.Role.Manager);
        var transaction = Guid.NewGuid();
        var metadata = new TransactionalStateMetaData { TimeStamp = s_time, CommitRecords = { [transaction] = new() { Timestamp = s_time.AddTicks(1), WriteParticipants = [participant] } } };
        var first = await storage.Store(null, metadata, null, null, null);
        var second = await storage.Store(first, metadata, [], null, null);
        Assert.NotEqual(first, second);
        var loaded = await (await StorageAsync(place, "metadata")).Load();
        Assert.Equal((second, s_time), (loaded.ETag, loaded.Metadata.TimeStamp));
        var (id, record) = Assert.Single(loaded.Metadata.CommitRecords);
        Assert.Equal((transaction, s_time.AddTicks(1)), (id, record.Timestamp));
        Assert.Equal(participant, Assert.Single(record.WriteParticipants));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Another_etag_is_refused_and_changes_nothing(Place place)
    {
        var (first, second) = (await StorageAsync(place, "etags"), await StorageAsync(place, "etags"));
        await first.Load();
        await second.Load();
        await Assert.ThrowsAsync<InconsistentStateException>(() => first.Store("7", new(), [Pending(1, 1)], null, null));
        var etag = await first.Store(null, new(), [Pending(1, 1)], null, null);
        await Assert.ThrowsAsync<InconsistentStateException>(() => second.Store(null, new(), [Pending(1, 2)], 1, null));
        await Assert.ThrowsAsync<InconsistentStateException>(() => first.Store(null, new(), null, 1, null));
        var loaded = await second.Load();
        Assert.Equal((etag, 0L, 1), (loaded.ETag, loaded.CommittedSequenceId, Assert.Single(loaded.PendingStates).State.Amount));
        var next = await second.Store(etag, new(), null, 1, null);
        await Assert.ThrowsAsync<InconsistentStateException>(() => first.Store(etag, new(), [Pending(2, 2)], 1, null));
        loaded = await first.Load();
        Assert.Equal((next, 1L, 1, 0), (loaded.ETag, loaded.CommittedSequenceId, loaded.CommittedState.Amount, loaded.PendingStates.Count));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_was_prepared_is_there_after_a_recovery_with_who_knows_its_end(Place place)
    {
        var storage = await StorageAsync(place, "prepared");
        await storage.Load();
        var manager = new ParticipantId("balance", (GrainReference)(await clusters.OfAsync(place)).Grains.GetGrain<Runtime.IAccountGrain>("bob"), ParticipantId.Role.Manager);
        var pending = Pending(1, 5);
        pending.TransactionManager = manager;
        await storage.Store(null, new(), [pending, Pending(2, 6)], null, null);
        var loaded = await (await StorageAsync(place, "prepared")).Load();
        Assert.Equal([(1L, "t1", 5, manager), (2L, "t2", 6, default)], loaded.PendingStates.Select(state => (state.SequenceId, state.TransactionId, state.State.Amount, state.TransactionManager)));
        Assert.Equal(s_time.AddTicks(2), loaded.PendingStates[1].TimeStamp);
        Assert.Equal(0, loaded.CommittedState.Amount);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_was_never_prepared_can_not_be_committed(Place place)
    {
        var storage = await StorageAsync(place, "unprepared");
        await storage.Load();
        await Assert.ThrowsAsync<InvalidOperationException>(() => storage.Store(null, new(), [Pending(1, 1)], 2, null));
        Assert.Null((await storage.Load()).ETag);
    }

    [Fact]
    public async Task A_committed_state_is_a_document_that_queries_see_and_a_prepared_one_is_not()
    {
        var (silo, type) = (await clusters.OfAsync(Place.ThreeSilos), "asked-account");
        foreach (var (name, amount) in new[] { ("ada", 70), ("bob", 30), ("eve", 5) })
        {
            var storage = Create(silo, GrainId.Create(type, name));
            await storage.Load();
            await storage.Store(await storage.Store(null, new(), [Pending(1, amount), Pending(2, 1000)], 1, null), new(), [Pending(3, 2000)], null, null);
        }

        var rich = await silo.Client.Grains<Runtime.Balance>(new() { GrainType = type }).Where(balance => balance.Amount >= 30).OrderBy(balance => balance.Amount).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([("bob", 30), ("ada", 70)], rich.Select(record => (record.GrainId.Key.ToString()!, record.State.Amount)));
    }

    [Fact]
    public async Task A_state_that_a_grain_storage_wrote_is_refused_rather_than_forgotten()
    {
        var (silo, grain) = (await clusters.OfAsync(Place.OneSilo), GrainId.Create("former-account", "ada"));
        await silo.Storage().WriteStateAsync("balance", grain, new GrainState<Runtime.Balance>(new() { Amount = 5 }));
        Assert.Equal("state.not_transactional", (await Assert.ThrowsAsync<InvalidRequestException>(() => Create(silo, grain).Load())).Code);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Random_steps_leave_what_the_model_has(Place place)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var name = $"random-{seed}";
            var (storage, model, etag) = (await StorageAsync(place, name), new Model(), (string?)null);
            await storage.Load();
            for (var step = 0; step < 25; step++)
            {
                var (abortAfter, prepares) = (random.Next(3) == 0 ? model.Newest - random.Next(3) : (long?)null, new List<PendingTransactionState<Runtime.Balance>>());
                var from = Math.Max(model.Committed, abortAfter is { } kept ? Math.Min(kept, model.Newest) : model.Newest) + 1;
                if (random.Next(4) == 0 && from - 1 > model.Committed) from--;
                for (var i = random.Next(4); i > 0; i--) prepares.Add(Pending(from++, random.Next(1000)));
                model.Apply(prepares, null, abortAfter);
                var commitUpTo = random.Next(2) == 0 && model.Prepared.Count > 0 ? model.Prepared.Keys.ElementAt(random.Next(model.Prepared.Count)) : (long?)null;
                model.Apply([], commitUpTo, null);
                etag = await storage.Store(etag, new() { TimeStamp = s_time.AddTicks(step) }, prepares, commitUpTo, abortAfter);

                var other = await StorageAsync(place, name);
                var loaded = await other.Load();
                Assert.Equal((etag, model.Committed, model.Amount, s_time.AddTicks(step)), (loaded.ETag, loaded.CommittedSequenceId, loaded.CommittedState.Amount, loaded.Metadata.TimeStamp));
                Assert.Equal(model.Prepared.Select(state => (state.Key, state.Value)), loaded.PendingStates.Select(state => (state.SequenceId, state.State.Amount)));
                if (random.Next(5) == 0) storage = other;
            }
        }
    }

    private async Task<ITransactionalStateStorage<Runtime.Balance>> StorageAsync(Place place, string name) => Create(await clusters.OfAsync(place), GrainId.Create("stored-account", $"{name}-{place}"));

    private static ITransactionalStateStorage<Runtime.Balance> Create(TestSilo silo, GrainId grain)
    {
        var factory = new TransactionalStateStorageFactory(silo.Services, "Default");
        return factory.Create<Runtime.Balance>("balance", grain);
    }

    private static PendingTransactionState<Runtime.Balance> Pending(long sequence, int amount)
        => new() { SequenceId = sequence, TransactionId = $"t{sequence}", TimeStamp = s_time.AddTicks(sequence), State = new() { Amount = amount } };

    private sealed class Model
    {
        public SortedDictionary<long, int> Prepared { get; } = [];

        public long Committed { get; private set; }

        public int Amount { get; private set; }

        public long Newest => Prepared.Count > 0 ? Prepared.Keys.Last() : Committed;

        public void Apply(List<PendingTransactionState<Runtime.Balance>> prepares, long? commitUpTo, long? abortAfter)
        {
            foreach (var key in Prepared.Keys.Where(key => key > abortAfter).ToList()) Prepared.Remove(key);
            foreach (var state in prepares) Prepared[state.SequenceId] = state.State.Amount;
            if (commitUpTo is not { } upTo) return;
            (Committed, Amount) = (upTo, Prepared[upTo]);
            foreach (var key in Prepared.Keys.Where(key => key <= upTo).ToList()) Prepared.Remove(key);
        }
    }
}
