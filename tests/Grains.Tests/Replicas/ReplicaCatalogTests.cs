// The record of a partition's copies, there and back, and the store's answers as the core hears them: done, lost, unknown.

using System.Text.Json;
using IngoDB.Engine.Files;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;
using Record = IngoDB.Replication.Records.PartitionRecord;

namespace Grains.Tests.Replicas;

public sealed class ReplicaCatalogTests
{
    private const string Key = "partition/default/0";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_written_is_read_again()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var json = Json(random.Next(3, 6));
            var record = ReplicaRecords.Read(json);
            var isr = record.Isr.Members.Where((_, i) => i == 0 || random.Next(2) == 0).Select(copy => copy).ToArray();
            var next = record with { Epoch = record.Epoch.Next, Version = record.Version + 1, Primary = isr[^1], Isr = NodeSet.Of(isr), MinIsr = 1, DataLosses = random.Next(3), ChangeId = new(isr[0], 7, round + 1) };

            var written = Reparse(ReplicaRecords.Write(json, next));

            Assert.Equal(next, ReplicaRecords.Read(written));
            Assert.Equal(NodeOf(next.Primary), written.Primary);
        }
    }

    [Theory]
    [InlineData("fewer in-sync than the minimum")]
    [InlineData("a copy that is nowhere")]
    [InlineData("a primary that is not in-sync")]
    [InlineData("no minimum")]
    [InlineData("one copy in two places")]
    [InlineData("no copies")]
    public void A_record_that_contradicts_itself_is_corruption(string how)
    {
        var good = Json(3);
        var copies = good.Copies!;
        var bad = good with
        {
            Copies = how switch
            {
                "fewer in-sync than the minimum" => copies with { InSync = [copies.InSync[0]] },
                "a copy that is nowhere" => copies with { Learners = [Copy(9).Value] },
                "a primary that is not in-sync" => copies with { Primary = Copy(2).Value, InSync = [Copy(0).Value, Copy(1).Value] },
                "no minimum" => copies with { MinInSync = 0 },
                "one copy in two places" => copies with { Places = [.. copies.Places, new(copies.Places[0].Copy, "elsewhere")] },
                _ => null,
            },
        };

        Assert.Equal(3, ReplicaRecords.Read(good).Isr.Count);
        Assert.Contains("partition/default/0", Assert.Throws<CorruptionException>(() => ReplicaRecords.Read(bad)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    public async Task Of_several_that_take_over_at_once_one_succeeds_and_the_others_read_that(string kind)
    {
        using var folder = new TempFolder();
        ICatalogStore store = kind == "file" ? new FileCatalogStore(LocalFileSystem.Instance, folder.Path) : new MemoryCatalogStore();
        await store.TryWriteAsync(Key, Bytes(Json(4)), null, Cancellation);

        var candidates = new List<(ReplicaCatalog Catalog, CatalogAnswered Read, int Candidate)>();
        for (var candidate = 1; candidate <= 3; candidate++)
        {
            var catalog = Catalog(store);
            candidates.Add((catalog, (await catalog.ReadAsync(1, Cancellation))!, candidate));
        }

        var swaps = await Task.WhenAll(candidates.Select(c => Task.Run(async () =>
            (c.Catalog, Candidate: Copy(c.Candidate), Swapped: await c.Catalog.SwapAsync(c.Read.Etag, TakenOver(c.Read.Record, c.Candidate), Cancellation)))));

        var winner = Assert.Single(swaps, swap => swap.Swapped.Outcome == SwapOutcome.Done);
        Assert.All(swaps.Where(swap => swap != winner), swap => Assert.Equal(SwapOutcome.Conflict, swap.Swapped.Outcome));
        foreach (var (catalog, _, _) in swaps)
        {
            var read = (await catalog.ReadAsync(2, Cancellation))!;
            Assert.Equal((winner.Candidate, winner.Swapped.Etag, winner.Swapped.Change), (read.Record.Primary, read.Etag, read.Record.ChangeId));
        }
    }

    [Theory]
    [InlineData("does it and says nothing", true)]
    [InlineData("does it and fails", true)]
    [InlineData("fails", false)]
    public async Task An_answer_that_does_not_come_is_unknown_and_the_record_tells(string how, bool happened)
    {
        var inner = new MemoryCatalogStore();
        await inner.TryWriteAsync(Key, Bytes(Json(3)), null, Cancellation);
        var catalog = new ReplicaCatalog(new StoreThatDoes(inner, how), Key, TimeSpan.FromMilliseconds(50), TimeProvider.System);
        var read = (await catalog.ReadAsync(1, Cancellation))!;
        var wanted = TakenOver(read.Record, 1);

        var swapped = await catalog.SwapAsync(read.Etag, wanted, Cancellation);

        Assert.Equal(new CatalogSwapped(wanted.ChangeId, SwapOutcome.Unknown, null), swapped);
        Assert.Equal(happened, (await Catalog(inner).ReadAsync(2, Cancellation))!.Record.ChangeId == wanted.ChangeId);
    }

    [Fact]
    public async Task A_change_on_a_state_that_was_never_read_is_a_conflict()
    {
        var store = new MemoryCatalogStore();
        var etag = await store.TryWriteAsync(Key, Bytes(Json(3)), null, Cancellation);

        Assert.Equal(SwapOutcome.Conflict, (await Catalog(store).SwapAsync(etag!, TakenOver(ReplicaRecords.Read(Json(3)), 1), Cancellation)).Outcome);
    }

    [Fact]
    public async Task A_partition_without_copies_is_read_as_before()
    {
        const string old = """{"changeId":"a1","database":"default","partition":3,"epoch":1,"primary":"n"}""";

        Assert.Equal(new CatalogPartition { ChangeId = "a1", Database = "default", Partition = 3, Epoch = 1, Primary = "n" }, JsonSerializer.Deserialize(old, CatalogJson.Default.PartitionRecord));
        var store = new MemoryCatalogStore();
        await store.TryWriteAsync(Key, System.Text.Encoding.UTF8.GetBytes(old), null, Cancellation);
        await Assert.ThrowsAsync<CorruptionException>(() => Catalog(store).ReadAsync(1, Cancellation).AsTask());
    }

    private static ReplicaCatalog Catalog(ICatalogStore store) => new(store, Key, TimeSpan.FromSeconds(30), TimeProvider.System);

    private static Record TakenOver(Record record, int candidate)
        => record with { Epoch = record.Epoch.Next, Version = record.Version + 1, Primary = Copy(candidate), Isr = record.Isr.Without(record.Primary), ChangeId = new(Copy(candidate), 1, 1) };

    private static CatalogPartition Json(int copies) => new()
    {
        Database = "default",
        Partition = 0,
        Epoch = 4,
        Primary = NodeOf(Copy(0)),
        ChangeId = "made",
        Copies = new()
        {
            Uuid = new Guid(1, 2, 3, new byte[8]),
            Version = 12,
            Primary = Copy(0).Value,
            Places = [.. Enumerable.Range(0, copies).Select(i => new CopyPlace(Copy(i).Value, NodeOf(Copy(i))))],
            Replicas = [.. Enumerable.Range(0, copies).Select(i => Copy(i).Value)],
            InSync = [.. Enumerable.Range(0, copies).Select(i => Copy(i).Value)],
            MinInSync = 2,
        },
    };

    private static CopyId Copy(int number) => new(new Guid(number + 1, 0, 0, new byte[8]));

    private static string NodeOf(CopyId copy) => $"node-of-{copy}";

    private static byte[] Bytes(CatalogPartition json) => JsonSerializer.SerializeToUtf8Bytes(json, CatalogJson.Default.PartitionRecord);

    private static CatalogPartition Reparse(CatalogPartition json) => JsonSerializer.Deserialize(Bytes(json), CatalogJson.Default.PartitionRecord)!;

    private sealed class StoreThatDoes(ICatalogStore inner, string how) : ICatalogStore
    {
        public ValueTask<CatalogEntry?> ReadAsync(string key, CancellationToken cancellationToken) => inner.ReadAsync(key, cancellationToken);

        public async ValueTask<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> json, string? etag, CancellationToken cancellationToken)
        {
            if (how != "fails") await inner.TryWriteAsync(key, json, etag, cancellationToken);
            if (how == "does it and says nothing") await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            throw new TimeoutException("the connection was closed");
        }
    }
}
