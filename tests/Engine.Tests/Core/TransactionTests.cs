// One partition's part in an atomic batch over several: as a participant that has prepared and waits for the word, and as the coordinator
// partition that gives it. Through flushes, merges, restarts and power cuts. (How the parts play together: Transactions/TransactionModelTests.)

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Transactions;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class TransactionTests : EngineFixture
{
    private static readonly Guid Session = new("11112222-3333-4444-5555-666677770000");
    private readonly TransactionId _transaction = new(new("00000000-0000-0000-0000-000000000001"));

    protected override EngineOptions Options => base.Options with { BlockBytes = 1024 };

    [Fact]
    public async Task What_is_prepared_is_seen_by_nobody_and_holds_its_keys_until_the_word_comes()
    {
        await Write(Put("a", 1));
        var before = Engine.TakeSnapshot();
        var prepared = await Engine.PrepareAsync(_transaction, 3, [Put("a", 2), Put("b", 2), EngineWrite.Delete(Things, new("missing"))]);
        Assert.Equal([WriteStatus.Upserted, WriteStatus.Upserted, WriteStatus.NotFound], prepared.Results.Select(result => result.Status));
        Assert.Equal((_transaction, 3), Assert.Single(Engine.OpenTransactions) is var open ? (open.Transaction, open.Coordinator) : default);

        Assert.Equal(1, N("a", before));
        Time.Advance(TimeSpan.FromMilliseconds(1)); // so that the commit will be older than those who wait for it
        var strict = Engine.WhenFreeAsync(Things, new("a")).AsTask();
        var scan = Engine.SettledAsync().AsTask();
        var later = Engine.SnapshotAtAsync(Engine.ReserveTimestamp()).AsTask();
        List<Task> writes = [.. new[] { "a", "missing" }.Select(id => Engine.WriteAsync([Put(id, 9)]).AsTask()), Engine.PutAsync(Things, new("b"), Shape.Of("n"), EngineWrite.Upsert(Things, new("b"), Document.Of(("n", 9))).Row.Span).AsTask()];
        await Write(Put("c", 5)); // not concerned
        Assert.DoesNotContain(true, writes.Concat([strict, scan, later]).Select(task => task.IsCompleted));

        var commit = new DocumentVersion(prepared.Prepared.Raw + 1);
        await Engine.FinishAsync(_transaction, commit);

        await strict;
        var (scanned, asOfThen) = (await scan, await later);
        Assert.All(["a", "b"], id => Assert.Contains(N(id, scanned), (int[])[2, 9])); // the writes go on, too
        Assert.Equal([2, 2], new[] { "a", "b" }.Select(id => N(id, asOfThen)));
        Assert.Equal(commit, Engine.Get(Things, new("a"), asOfThen)!.Version);
        Assert.Equal(1, N("a", before));
        await Task.WhenAll(writes);
        Assert.Equal([9, 9, 9], new[] { "a", "b", "missing" }.Select(id => N(id)));
        Assert.Empty(Engine.OpenTransactions);
    }

    [Fact]
    public async Task A_write_does_not_wait_for_ever()
    {
        await Engine.PrepareAsync(_transaction, 3, [Put("a", 2)]);
        var write = Engine.WriteAsync([Put("a", 3)]).AsTask();
        var other = Engine.PrepareAsync(new(new("00000000-0000-0000-0000-000000000002")), 3, [Put("a", 4)]).AsTask();
        var read = Engine.WhenFreeAsync(Things, new("a")).AsTask();
        Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("write.held", (await Assert.ThrowsAsync<UnavailableException>(() => write)).Code);
        Assert.Equal("write.held", (await Assert.ThrowsAsync<UnavailableException>(() => other)).Code);
        Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("transaction.undecided", (await Assert.ThrowsAsync<UnavailableException>(() => read)).Code);
        await Engine.FinishAsync(_transaction, DocumentVersion.None);
        Assert.Null(Engine.Get(Things, new("a")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prepared_batch_survives_flush_merge_restart_and_power_cut(bool isCommitted)
    {
        await Write(Put("a", 1));
        var prepared = (await Engine.PrepareAsync(_transaction, 3, [Put("a", 2), EngineWrite.Of(WriteKind.Insert, Things, new("b"), Document.Of(("n", 2)))])).Prepared;
        async Task StillThereAsync()
        {
            Assert.Equal((_transaction, prepared), Assert.Single(Engine.OpenTransactions) is var open ? (open.Transaction, open.Version) : default);
            Assert.True(Engine.HasPrepared);
            await Write(Put("x", 1));
        }

        await CrashAndOpen();
        await StillThereAsync();
        await Engine.FlushAsync();
        await StillThereAsync();
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        await StillThereAsync();
        await Reopen();
        await StillThereAsync();

        var commit = new DocumentVersion(prepared.Raw + 7);
        await Engine.FinishAsync(_transaction, isCommitted ? commit : DocumentVersion.None);
        await Engine.FinishAsync(_transaction, isCommitted ? commit : DocumentVersion.None);
        for (var step = 0; step < 4; step++)
        {
            Assert.Equal(isCommitted ? 2 : 1, N("a"));
            Assert.Equal(isCommitted ? commit : DocumentVersion.None, Engine.Get(Things, new("b"))?.Version ?? DocumentVersion.None);
            Assert.Empty(Engine.OpenTransactions);
            await (step switch { 0 => CrashAndOpen(), 1 => Engine.FlushAsync(), 2 => Engine.CompactAsync(everything: true), _ => Reopen() });
        }

        Assert.Equal(0, Engine.State.Tables.Sum(table => table.Info.RowsOf(CollectionId.Transactions)));
    }

    [Fact]
    public async Task A_commit_that_comes_late_lies_where_its_version_says()
    {
        var random = new Random(5);
        var model = new SortedDictionary<DocumentVersion, Dictionary<string, int>>();
        var now = new Dictionary<string, int>();
        void Note(DocumentVersion at) => model[at] = new(now);
        for (var round = 0; round < 60; round++)
        {
            var transaction = new TransactionId(Guid.CreateVersion7());
            var keys = Enumerable.Range(0, 3).Select(_ => $"k{random.Next(20)}").Distinct().ToList();
            var isDelete = random.Next(4) == 0;
            var prepared = (await Engine.PrepareAsync(transaction, 3, [.. keys.Select(key => isDelete ? EngineWrite.Delete(Things, new(key)) : Put(key, round))])).Prepared;
            var commit = new DocumentVersion(prepared.Raw + (ulong)random.Next(1, 4));
            foreach (var key in keys)
                if (isDelete) now.Remove(key);
                else now[key] = round;
            Note(commit);
            for (var i = random.Next(5); i > 0; i--)
            {
                Time.Advance(TimeSpan.FromMilliseconds(1));
                var other = $"o{random.Next(20)}";
                var result = await Write(Put(other, (round * 10) + i));
                now[other] = (round * 10) + i;
                Note(result.Version);
            }

            if (random.Next(6) == 0) await CrashAndOpen(round);
            await Engine.FinishAsync(transaction, commit);
            if (random.Next(3) == 0) await Engine.FlushAsync();
            if (random.Next(8) == 0) await Reopen();
            if (random.Next(8) == 0) await Engine.CompactAsync(everything: true);
            using var snapshot = Engine.TakeSnapshot();
            Check(now, snapshot);
        }

        Assert.Equal(now.Count, Engine.Changes(Things, DocumentVersion.None, 1000).Changes.Count);
    }

    [Fact]
    public async Task Snapshots_of_every_moment_see_whole_batches_for_ever()
    {
        var moments = new List<(EngineSnapshot At, Dictionary<string, int> Expected)>();
        var now = new Dictionary<string, int>();
        for (var round = 0; round < 12; round++)
        {
            var transaction = new TransactionId(Guid.CreateVersion7());
            var prepared = (await Engine.PrepareAsync(transaction, 3, [Put("a", round), Put("b", -round)])).Prepared;
            var commit = new DocumentVersion(prepared.Raw + 2);
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await Write(Put("c", round)); // newer than the commit, and in the log before it
            var reading = Engine.SettledAsync().AsTask();
            await Engine.FinishAsync(transaction, commit);
            (now["a"], now["b"], now["c"]) = (round, -round, round);
            moments.Add((await reading, new(now)));
            if (round % 3 == 0) await Engine.FlushAsync();
            if (round % 5 == 0) await Engine.CompactAsync(everything: true);
        }

        foreach (var (at, expected) in moments) Check(expected, at);
    }

    [Fact]
    public async Task A_refused_condition_prepares_nothing()
    {
        await Write(Put("a", 1));
        var refused = await Engine.PrepareAsync(_transaction, 3, [Put("b", 1), EngineWrite.Of(WriteKind.Insert, Things, new("a"), Document.Of(("n", 2)))]);
        Assert.Equal(DocumentVersion.None, refused.Prepared);
        Assert.Equal(["batch.aborted", "document.exists"], refused.Results.Select(result => result.ErrorCode));
        Assert.Empty(Engine.OpenTransactions);
        await Write(Put("b", 3));
    }

    [Fact]
    public async Task The_decision_is_kept_until_everybody_has_done_his_part()
    {
        var prepared = Engine.ReserveTimestamp();
        var decided = await DecideAsync(prepared, [Put("a", 1)], RequestKeyOf(1));
        Assert.True(decided.Committed > prepared);
        Assert.Equal([decided.Committed, decided.Committed], decided.Results.Select(result => result.Version));
        Assert.Equal(WriteStatus.Inserted, decided.Results[0].Status);
        for (var step = 0; step < 3; step++)
        {
            Assert.Equal(decided.Committed, await Engine.AskAsync(_transaction, prepared));
            Assert.Equal([7], Assert.Single(Engine.OpenTransactions).ToTell!);
            Assert.Equal(1, N("a"));
            await (step == 0 ? CrashAndOpen() : Engine.FlushAsync());
        }

        await Engine.ForgetAsync(_transaction, allFinished: false);
        Assert.Equal(decided.Committed, await Engine.AskAsync(_transaction, prepared));

        await Engine.ForgetAsync(_transaction, allFinished: true);
        Assert.Empty(Engine.OpenTransactions);
        Assert.Equal(decided.Results.Select(result => result.Version), (await Engine.RecallAsync(RequestKeyOf(1)))!.Select(result => result.Version));
        var again = await DecideAsync(prepared, [Put("a", 2)], RequestKeyOf(1), new(new("00000000-0000-0000-0000-000000000009")));
        Assert.Equal((DocumentVersion.None, decided.Committed), (again.Committed, again.Results[0].Version));
        Assert.Equal(1, N("a"));
    }

    [Fact]
    public async Task What_somebody_was_told_is_given_up_is_never_committed()
    {
        var prepared = Engine.ReserveTimestamp();
        Assert.Null(await Engine.AskAsync(_transaction, prepared));
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(DocumentVersion.None, await Engine.AskAsync(_transaction, prepared));
        await CrashAndOpen();
        Assert.Equal("transaction.given_up", (await Assert.ThrowsAsync<UnavailableException>(() => DecideAsync(prepared, [Put("a", 1)]))).Code);

        await Engine.ForgetAsync(_transaction, allFinished: false);
        Assert.Single(Engine.OpenTransactions);
        Time.Advance(TimeSpan.FromSeconds(8));
        await Engine.ForgetAsync(_transaction, allFinished: false);
        Assert.Empty(Engine.OpenTransactions);
        Assert.Equal("transaction.given_up", (await Assert.ThrowsAsync<UnavailableException>(() => DecideAsync(prepared, [Put("a", 1)]))).Code);
        Assert.Null(Engine.Get(Things, new("a")));
    }

    [Fact]
    public async Task A_driver_that_gives_up_is_believed_at_once_unless_it_is_committed()
    {
        var prepared = Engine.ReserveTimestamp();
        Assert.Equal(DocumentVersion.None, await Engine.AskAsync(_transaction, prepared, isGivenUp: true));
        var other = new TransactionId(new("00000000-0000-0000-0000-000000000002"));
        var decided = await DecideAsync(prepared, [Put("a", 1)], default, other);
        Assert.Equal(decided.Committed, await Engine.AskAsync(other, prepared, isGivenUp: true));
    }

    [Fact]
    public async Task A_prepare_that_comes_twice_is_not_committed_twice()
    {
        var first = (await Engine.PrepareAsync(_transaction, 3, [Put("a", 1)])).Prepared;
        var commit = new DocumentVersion(first.Raw + 1);
        await Engine.FinishAsync(_transaction, commit);
        await Write(Put("a", 2));
        await Engine.PrepareAsync(_transaction, 3, [Put("a", 1)]);
        await Engine.FinishAsync(_transaction, commit);
        Assert.Equal(2, N("a"));
        Assert.Empty(Engine.OpenTransactions);
    }

    [Fact]
    public async Task While_nothing_is_prepared_writes_and_reads_go_their_shortest_way()
    {
        await Write(Put("a", 1));
        Assert.False(Engine.HasPrepared);
        await Engine.WhenFreeAsync(Things, new("a"));
        await Engine.PrepareAsync(_transaction, 3, [Put("a", 2)]);
        Assert.True(Engine.HasPrepared);
        await Engine.FinishAsync(_transaction, DocumentVersion.None);
        Assert.False(Engine.HasPrepared);
    }

    private static RequestKey RequestKeyOf(long sequence) => new(Session, sequence, 77);

    private EngineWrite Put(string id, int n) => EngineWrite.Upsert(Things, new(id), Document.Of(("n", n)));

    private int N(string id, EngineSnapshot? snapshot = null) => (int)Engine.Get(Things, new(id), snapshot)!["n"].AsInt64();

    private Task<TransactionDecided> DecideAsync(DocumentVersion prepared, EngineWrite[] own, RequestKey key = default, TransactionId? transaction = null)
        => Engine.DecideAsync(key, transaction ?? _transaction, [7], prepared, prepared, [new WriteResult(WriteStatus.Inserted, new("other"), prepared), .. own.Select(_ => default(WriteResult?))], own).AsTask();

    private void Check(Dictionary<string, int> expected, EngineSnapshot snapshot)
    {
        using var stream = Engine.Scan(new(Things), snapshot);
        Assert.Equal(expected.Order(Comparer<KeyValuePair<string, int>>.Create((x, y) => string.CompareOrdinal(x.Key, y.Key))).Select(pair => $"{pair.Key}={pair.Value}"), stream.ToList().Select(document => $"{document.Id}={document["n"].AsInt64()}"));
        foreach (var (key, n) in expected) Assert.Equal(n, N(key, snapshot));
    }
}
