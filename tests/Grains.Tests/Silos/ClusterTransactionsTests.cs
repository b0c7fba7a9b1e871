// Atomic batches over partitions, as clients see them: the answers, conditions, limits and retries of a batch in one partition; and what becomes
// of one whose driver dies at each of its steps, which is played here by taking the steps by hand and then no more.

using IngoDB.Abstractions;
using IngoDB.Grains.Coordination;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Partitions;
using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Silo;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Grains.Tests.Silos;

public sealed class ClusterTransactionsTests(SiloFixture fixture) : IDisposable
{
    private static int _sessions;
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_condition_that_does_not_hold_in_one_partition_leaves_all_as_they_were(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 20).Select(i => (new DocumentId($"{i}"), Document.Of(("n", 0)))));
        for (var refused = 0; refused < 20; refused++)
        {
            var reply = await database.WriteAsync(collection, page =>
            {
                for (var i = 0; i < 20; i++)
                    if (i == refused) page.Add(WriteKind.Insert, new($"{i}"), Document.Of(("n", 1)));
                    else page.AddPatch(new($"{i}"), [new(PatchOperator.Inc, "n", 1)]);
            }, atomic: true);
            Assert.Equal(Enumerable.Range(0, 20).Select(i => i == refused ? "document.exists" : "batch.aborted"), reply.Outcomes.Select(outcome => outcome.ErrorCode));
            Assert.Contains($"'{refused}'", reply.Outcomes[(refused + 1) % 20].ErrorMessage, StringComparison.Ordinal);
        }

        Assert.Equal(20, await database.CountAsync(collection, Filter.Eq("n", 0)));
        await database.WriteAsync(collection, page =>
        {
            for (var i = 0; i < 20; i++) page.AddPatch(new($"{i}"), [new(PatchOperator.Inc, "n", 1)]);
        }, atomic: true);
        Assert.Equal(20, await database.CountAsync(collection, Filter.Eq("n", 1)));
        var all = await database.GetAsync(collection, [.. Enumerable.Range(0, 20).Select(i => new DocumentId($"{i}"))]);
        Assert.Single(all.Select(document => document.Version).Distinct());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_batch_that_comes_again_is_done_once_and_answered_the_same(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 10).Select(i => (new DocumentId($"{i}"), Document.Of(("n", 0)))));
        var page = new WritePageWriter();
        for (var i = 0; i < 10; i++) page.AddPatch(new($"{i}"), [new(PatchOperator.Inc, "n", 1)]);
        for (var i = 10; i < 20; i++) page.Add(WriteKind.Insert, new($"{i}"), Document.Of(("n", 1)));
        page.AddDelete(new("none"));
        var request = new WriteRequest { Collection = collection, Page = page.Finish(), Atomic = true }.Numbered(NewSession(), 1);

        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => database.Coordinator.WriteAsync(request, Cancellation).AsTask()));
        var later = await database.Coordinator.WriteAsync(request, Cancellation);

        Assert.All(replies.Append(later), reply => Assert.Equal(replies[0].Outcomes.Select(Told), reply.Outcomes.Select(Told)));
        Assert.Equal([WriteStatus.Replaced, WriteStatus.Inserted, WriteStatus.NotFound], new[] { 0, 15, 20 }.Select(i => (WriteStatus)later.Outcomes[i].Status));
        Assert.Equal(20, await database.CountAsync(collection, Filter.Eq("n", 1)));
        var otherPage = new WritePageWriter();
        for (var i = 0; i < 20; i++) otherPage.Add(WriteKind.Upsert, new($"{i}"), Document.Of(("n", 7)));
        var other = new WriteRequest { Collection = collection, Page = otherPage.Finish(), Atomic = true }.Numbered(request.Session, 1);
        Assert.Equal("write.sequence_reused", (await database.Coordinator.WriteAsync(other, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Limits_count_over_the_whole_batch()
    {
        var database = await fixture.OfAsync(1);
        var collection = TestDatabase.NewCollection();
        var half = new string('x', LiquidLimits.AtomicBytesMax / 15);
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => database.WriteAsync(collection, page =>
        {
            for (var i = 0; i < 16; i++) page.Add(WriteKind.Insert, new($"{i}"), Document.Of(("text", half)));
        }, atomic: true));
        Assert.Equal("batch.too_large", error.Code);
        await database.UpsertAsync(collection, [(new("a"), Document.Of(("n", 0)))]);
        Assert.Equal(1, await database.CountAsync(collection));
    }

    [Fact]
    public async Task A_batch_whose_driver_died_before_the_decision_is_given_up()
    {
        var database = await fixture.OfAsync(1);
        var steps = await StepsAsync(database);
        await steps.PrepareAllAsync();

        var write = database.WriteAsync(steps.Collection, page => page.AddPatch(steps.Ids[1], [new(PatchOperator.Inc, "n", 5)]));
        Assert.Equal([0, 0], (await Task.WhenAll(steps.Ids.Select(async id => (await database.GetAsync(steps.Collection, id))[0]["n"].AsInt64()))).Order());
        Assert.Null(Assert.Single((await write).Outcomes).ErrorCode);
        Assert.Equal(5, (await database.GetAsync(steps.Collection, steps.Ids[1]))[0]["n"].AsInt64());
        Assert.Equal("transaction.given_up", (await steps.DecideAsync()).Fault?.Code);
        Assert.Equal(0, (await database.GetAsync(steps.Collection, steps.Ids[0]))[0]["n"].AsInt64());
    }

    [Fact]
    public async Task A_batch_whose_driver_died_after_the_decision_is_seen_whole_by_whoever_reads()
    {
        var database = await fixture.OfAsync(3);
        var steps = await StepsAsync(database);
        await steps.PrepareAllAsync();
        var decided = await steps.DecideAsync();

        // Nobody has told the participant. It is asked at once, and may not answer with what was there before.
        var scan = database.QueryAsync(new ScanQuery { From = steps.Collection });
        var count = database.CountAsync(steps.Collection, Filter.Eq("n", 1));
        var get = database.GetAsync(steps.Collection, steps.Ids[1]);
        Assert.All(await scan, document => Assert.Equal((1, decided.Version), (document["n"].AsInt64(), document.Version.Raw)));
        Assert.Equal(2, await count);
        Assert.Equal(1, (await get)[0]["n"].AsInt64());
        await steps.WhenForgottenAsync();
    }

    [Fact]
    public async Task What_was_prepared_and_decided_survives_a_restart_of_the_silo()
    {
        var settings = SiloSettings.Numbered(_folder["restart"], 1, 1) with { More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = "16" } };
        Steps committed, givenUp;
        await using (var group = await SiloGroup.StartAsync([settings], cancellationToken: Cancellation))
        {
            var database = new TestDatabase(group.Silos[0].Grains);
            (committed, givenUp) = (await StepsAsync(database, group), await StepsAsync(database, group));
            await committed.PrepareAllAsync();
            await committed.DecideAsync();
            await givenUp.PrepareAllAsync();
            await group.StopAsync(Cancellation);
        }

        await using (var group = await SiloGroup.StartAsync([settings], cancellationToken: Cancellation))
        {
            var database = new TestDatabase(group.Silos[0].Grains);
            Assert.Equal([1, 1], (await database.QueryAsync(new ScanQuery { From = committed.Collection })).Select(document => document["n"].AsInt64()));
            Assert.Equal([0, 0], (await database.QueryAsync(new ScanQuery { From = givenUp.Collection })).Select(document => document["n"].AsInt64()));
            await database.WriteAsync(givenUp.Collection, page => page.AddPatch(givenUp.Ids[1], [new(PatchOperator.Inc, "n", 3)]));
            await group.StopAsync(Cancellation);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_bank_adds_up_at_every_moment(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var bank = new BankAudit([database], TestDatabase.NewCollection(), accounts: 64, seed: 40 + silos);
        await bank.OpenAsync();
        await bank.RunAsync(writers: 8, auditors: 2, transfers: 300);
        await bank.AuditAsync(database, 0);
        await bank.AuditAsync(database, 1);
        Assert.Equal(0, bank.Unknown);
        TestContext.Current.SendDiagnosticMessage($"{silos} silos: {bank.Transfers} transfers, {bank.Conflicts} conflicts, {bank.Audits} audits");
    }

    [Fact]
    public async Task The_bank_adds_up_with_copies_while_partitions_change_hands()
    {
        await using var group = await SiloGroup.StartAsync(Enumerable.Range(1, 3).Select(n => SiloSettings.Numbered(_folder["copies"], n, 3) with
        {
            More = new Dictionary<string, string?> { ["IngoDB:Partitions"] = "4", ["IngoDB:Copies"] = "3" },
        }), cancellationToken: Cancellation);
        var bank = new BankAudit([.. group.Silos.Select(silo => new TestDatabase(silo.Grains))], TestDatabase.NewCollection(), accounts: 32, seed: 50);
        await bank.OpenAsync();
        await bank.RunAsync(writers: 6, auditors: 1, transfers: 150, async () =>
        {
            for (var handed = 0; handed < 3; handed++)
            {
                // Every partition that a silo leads is led by another one a moment later.
                foreach (var (_, _, replica) in group.Silos[handed].Services.GetRequiredService<ReplicaHost>().Open.ToList()) replica.HandOff(0);
                await bank.WhenMoreAsync(20);
            }
        });
        foreach (var (silo, round) in group.Silos.Select((silo, i) => (silo, i))) await bank.AuditAsync(new(silo.Grains), round);
        await group.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Batches_that_meet_in_every_order_end()
    {
        var database = await fixture.OfAsync(1);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 32).Select(i => (new DocumentId($"{i}"), Document.Of(("n", 0)))));
        var random = new Random(3);
        var batches = Enumerable.Range(0, 60).Select(_ => Enumerable.Range(0, 32).OrderBy(_ => random.Next()).Take(6).ToList()).ToList();
        await Task.WhenAll(batches.Select(batch => database.WriteAsync(collection, page =>
        {
            foreach (var i in batch) page.AddPatch(new($"{i}"), [new(PatchOperator.Inc, "n", 1)]);
        }, atomic: true)));
        Assert.Equal(60 * 6, (await database.QueryAsync(new ScanQuery { From = collection })).Sum(document => document["n"].AsInt64()));
    }

    private static (byte Status, ulong Version, string? Error) Told(WriteOutcome outcome) => (outcome.Status, outcome.Version, outcome.ErrorCode);

    private static Guid NewSession() => new(0x7A00_0000 + Interlocked.Increment(ref _sessions), 3, 7, 1, 2, 3, 4, 5, 6, 0, 0);

    private async Task<Steps> StepsAsync(TestDatabase database, SiloGroup? group = null)
    {
        var collection = TestDatabase.NewCollection();
        var catalog = group is null ? await fixture.CatalogOfAsync(database) : group.Silos[^1].Services.GetRequiredService<CatalogView>();
        await database.UpsertAsync(collection, [(new("warm"), Document.Empty)]);
        await database.WriteAsync(collection, page => page.AddDelete(new("warm")));
        var map = await catalog.RefreshAsync(await catalog.GetAsync(null, Cancellation), Cancellation);
        var ids = Enumerable.Range(0, 100).Select(i => new DocumentId($"{i}")).DistinctBy(id => PartitionHash.PartitionOf(map, IdKeys.KeyOf(id).Span)).Take(2).OrderBy(id => PartitionHash.PartitionOf(map, IdKeys.KeyOf(id).Span)).ToArray();
        await database.UpsertAsync(collection, ids.Select(id => (id, Document.Of(("n", 0)))));
        return new(database, map, collection, ids);
    }

    /// <summary>A batch over two partitions that adds one in both, step by step.</summary>
    private sealed class Steps(TestDatabase database, DatabaseMap map, string collection, DocumentId[] ids)
    {
        private readonly Guid _transaction = Guid.NewGuid();
        private ulong _prepared;

        public string Collection { get; } = collection;

        public DocumentId[] Ids { get; } = ids;

        public async Task PrepareAllAsync()
        {
            var reply = await StepAsync(1, new() { Act = TransactionAct.Prepare, Transaction = _transaction, Coordinator = PartitionOf(0), Pages = [PageOf(1)] });
            FaultCodec.ThrowIfFault(reply.Fault);
            _prepared = reply.Version;
        }

        public ValueTask<PartitionTransactionReply> DecideAsync() => StepAsync(0, new()
        {
            Act = TransactionAct.Decide, Transaction = _transaction, Pages = [PageOf(0)], Participants = [PartitionOf(1)], Version = _prepared, Latest = _prepared,
            Outcomes = [default, new() { Status = (byte)WriteStatus.Replaced }], Own = [0],
        });

        /// <summary>The coordinator partition would not know it any more: it is aborted there as if it had never been.</summary>
        public async Task WhenForgottenAsync()
        {
            using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while ((await StepAsync(0, new() { Act = TransactionAct.Ask, Transaction = _transaction, Version = _prepared })).Version != 0) await looks.WaitForNextTickAsync(Cancellation);
        }

        private ValueTask<PartitionTransactionReply> StepAsync(int id, PartitionTransaction step) => database.Grains.GetGrain<IPartitionGrain>(map.GrainKeys[PartitionOf(id)]).TransactAsync(step, Cancellation);

        private int PartitionOf(int id) => PartitionHash.PartitionOf(map, IdKeys.KeyOf(Ids[id]).Span);

        private CollectionPage PageOf(int id)
        {
            var page = new WritePageWriter();
            page.AddPatch(Ids[id], [new(PatchOperator.Inc, "n", 1)]);
            return new() { Collection = Collection, CollectionId = map.FindCollection(Collection)!.Id, Page = page.Finish() };
        }
    }
}
