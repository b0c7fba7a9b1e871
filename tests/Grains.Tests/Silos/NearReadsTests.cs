// Three silos in this process, three copies of each partition, and a client at one of the silos: who may see the recent past is answered by the copies
// that this silo has, whoever leads; and whatever happens, nobody is told less than he asked for. Metrics say who answered.

using System.Diagnostics;
using System.Diagnostics.Metrics;
using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.Client.Sessions;
using IngoDB.Client.Snapshots;
using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Silo;

namespace Grains.Tests.Silos;

public sealed class NearReadsTests : IDisposable
{
    private const int Partitions = 3;
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(2);

    private readonly TempFolder _folder = new();
    private readonly MeterListener _listener = new();
    private long _byFollowers;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_that_follows_answers_a_session_and_a_bounded_read_and_still_does_after_a_failover()
    {
        await using var group = await StartAsync("gets");
        var database = new IngoDBClient(group.Silos[^1].Grains).Database();
        var session = new IngoSession();
        var (mine, bounded) = (database.WithConsistency(ReadConsistency.Session(session)).Collection("things"), database.WithConsistency(ReadConsistency.BoundedStaleness(s_bound)).Collection("things"));
        var counters = Enumerable.Range(0, 2 * Partitions).Select(i => new Counter(new($"counter {i}"))).ToList();
        await WriteAndReadAsync(() => Volatile.Read(ref _byFollowers) >= 50);

        var stopping = group.Silos[0].StopAsync(Cancellation);
        await WriteAndReadAsync(() => stopping.IsCompleted);
        await stopping;
        Interlocked.Exchange(ref _byFollowers, 0);
        await WriteAndReadAsync(() => Volatile.Read(ref _byFollowers) >= 50);

        // Whoever is given the token sees no less.
        var other = database.WithConsistency(ReadConsistency.Session(new(session.Token))).Collection("things");
        foreach (var counter in counters) Assert.Equal(counter.N, (await other.GetAsync(counter.Id, Cancellation))!["n"].AsInt64());
        await group.StopAsync(Cancellation);

        async Task WriteAndReadAsync(Func<bool> isEnough)
        {
            for (var i = 0; !isEnough(); i++)
            {
                var counter = counters[i % counters.Count];
                await mine.UpsertAsync(Document.Of(("n", ++counter.N)), counter.Id, cancellationToken: Cancellation);
                counter.Acknowledged.Enqueue((counter.N, Stopwatch.GetTimestamp()));
                Assert.Equal(counter.N, (await mine.GetAsync(counter.Id, Cancellation))!["n"].AsInt64());
                // It was not written for some rounds, so others have it by now.
                var rested = counters[(i + 1) % counters.Count];
                Assert.Equal(rested.N, (await mine.GetAsync(rested.Id, Cancellation))?["n"].AsInt64() ?? 0);

                var began = Stopwatch.GetTimestamp();
                var found = await bounded.GetAsync(counter.Id, Cancellation);
                while (counter.Acknowledged.TryPeek(out var next) && Stopwatch.GetElapsedTime(next.At, began) > s_bound && counter.Acknowledged.TryDequeue(out var old))
                    Assert.True(found is not null && found["n"].AsInt64() >= old.N, $"{old.N} was acknowledged {Stopwatch.GetElapsedTime(old.At, began)} before, and {found?["n"]} was read");
            }
        }
    }

    [Fact]
    public async Task Scans_of_the_recent_past_are_one_point_in_time_and_a_snapshot_is_the_same_at_every_copy()
    {
        const int accounts = 30, each = 100;
        await using var group = await StartAsync("scans");
        var database = new IngoDBClient(group.Silos[^1].Grains).Database();
        var recent = database.WithConsistency(ReadConsistency.BoundedStaleness(s_bound));
        var bank = database.Collection("bank");
        for (var i = 0; i < accounts; i++) await bank.UpsertAsync(Document.Of(("balance", each)), IdOf(i), cancellationToken: Cancellation);
        var filled = Stopwatch.GetTimestamp();

        var random = new Random(7);
        using var enough = new CancellationTokenSource();
        var transfers = TransferAsync();
        while (Volatile.Read(ref _byFollowers) < 30)
        {
            var seen = await recent.Collection("bank").Query().ToListAsync(Cancellation);
            if (Stopwatch.GetElapsedTime(filled) < s_bound + TimeSpan.FromSeconds(1)) continue;
            Assert.Equal(accounts, seen.Count);
            Assert.Equal(accounts * each, seen.Sum(account => account["balance"].AsInt64()));
        }

        // Snapshots are taken at the primaries, in the middle of all that, and read here at once, when copies that follow have not come so far.
        for (var i = 0; i < 10; i++)
        {
            await using var passing = await recent.SnapshotAsync(Cancellation);
            Assert.Equal(accounts * each, (await AtAsync(recent, passing)).Sum(account => account.Balance));
        }

        await using var snapshot = await recent.SnapshotAsync(Cancellation);
        var atOnce = await AtAsync(recent, snapshot);
        await enough.CancelAsync();
        await transfers;
        var atPrimaries = await AtAsync(database, snapshot);
        Assert.Equal(atPrimaries, atOnce);
        Interlocked.Exchange(ref _byFollowers, 0);
        while (Volatile.Read(ref _byFollowers) < 10) Assert.Equal(atPrimaries, await AtAsync(recent, snapshot));
        Assert.Equal(accounts * each, atPrimaries.Sum(account => account.Balance));
        await group.StopAsync(Cancellation);

        async Task<(DocumentId Id, DocumentVersion Version, long Balance)[]> AtAsync(IngoDatabase at, IngoSnapshot snapshot)
            => [.. (await at.Collection("bank").Query().At(snapshot).ToListAsync(Cancellation)).Select(account => (account.Id, account.Version, account["balance"].AsInt64()))];

        async Task TransferAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                var (from, to) = (random.Next(accounts), random.Next(accounts));
                if (from != to) await database.WriteAtomicallyAsync([PatchOf(from, -1), PatchOf(to, 1)], Cancellation);
            }
        }

        static DocumentWrite PatchOf(int account, int amount) => new PatchWrite { Into = "bank", Id = IdOf(account), Steps = new Patch().Inc("balance", amount).Steps };
    }

    private sealed class Counter(DocumentId id)
    {
        public DocumentId Id => id;

        public long N { get; set; }

        public Queue<(long N, long At)> Acknowledged { get; } = new();
    }

    private static DocumentId IdOf(int account) => new($"account {account:D3}");

    private Task<SiloGroup> StartAsync(string name)
    {
        Listen();
        return SiloGroup.StartAsync(Enumerable.Range(1, 3).Select(n => SiloSettings.Numbered(_folder[name], n, 3) with
        {
            More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = $"{Partitions}", ["IngoDB:Copies"] = "3" },
        }));
    }

    private void Listen()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ReplicaMetrics.MeterName && instrument.Name.EndsWith("near_reads", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (var tag in tags)
                if (tag is { Key: "by", Value: "follower" }) Interlocked.Add(ref _byFollowers, count);
        });
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }
}
