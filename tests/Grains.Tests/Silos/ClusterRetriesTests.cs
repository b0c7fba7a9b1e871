// The same request under the same number, again: answered by every partition that did its part, done once by all of them; through
// the straight way of puts and the general one, for batches over collections, and for writes by filter.

using IngoDB.Abstractions;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterRetriesTests(SiloFixture fixture)
{
    private static int _sessions;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_page_over_many_partitions_that_comes_twice_is_done_once(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 50).Select(i => (new DocumentId($"{i}"), Document.Of(("n", 0)))));
        var request = Request(collection, page =>
        {
            for (var i = 0; i < 60; i++) page.AddPatch(new($"{i}"), [new(PatchOperator.Inc, "n", 1)]);
        });

        var first = await database.Coordinator.WriteAsync(request, Cancellation);
        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => database.Coordinator.WriteAsync(request, Cancellation).AsTask()));

        Assert.All(again, reply => Assert.Equal(first.Outcomes.Select(Told), reply.Outcomes.Select(Told)));
        Assert.Equal(50, await database.CountAsync(collection, Filter.Eq("n", 1)));
        Assert.Equal((10, "document.missing"), (again[0].Outcomes.Count(o => o.ErrorCode is not null), again[0].Outcomes[55].ErrorCode));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Puts_that_come_twice_do_not_undo_what_was_written_between(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, [(new("warm"), Document.Of(("n", 0)))]);
        var request = Request(collection, page =>
        {
            for (var i = 0; i < 40; i++) page.Add(WriteKind.Upsert, new($"{i}"), Document.Of(("n", i)));
        });
        var first = await database.Coordinator.WriteAsync(request, Cancellation);
        await database.UpsertAsync(collection, [(new("7"), Document.Of(("n", 700)))]);

        var again = await database.Coordinator.WriteAsync(request, Cancellation);

        Assert.Equal(first.Outcomes.Select(Told), again.Outcomes.Select(Told));
        Assert.Equal(700, (await database.GetAsync(collection, new DocumentId("7")))[0]["n"].AsInt64());
        var other = Request(collection, page => page.Add(WriteKind.Upsert, new("7"), Document.Of(("n", 1)))).Numbered(request.Session, request.Sequence);
        Assert.Equal("write.sequence_reused", (await database.Coordinator.WriteAsync(other, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task A_batch_over_collections_is_written_whole_or_not_at_all()
    {
        var database = await fixture.OfAsync(3);
        var (orders, lines) = (TestDatabase.NewCollection(), TestDatabase.NewCollection());
        WriteRequest Batch(string tag, string line) => Request(orders, page => page.Add(WriteKind.Insert, new($"{{{tag}}}"), Document.Of(("total", 2))), lines, page =>
        {
            page.Add(WriteKind.Insert, new(line), Document.Of(("sku", "a")));
            page.AddDelete(new($"{{{tag}}}/none"));
        });

        var request = Batch("o1", "{o1}/1");
        var reply = await database.Coordinator.WriteAsync(request, Cancellation);
        Assert.Null(reply.Fault);
        Assert.Equal([WriteStatus.Inserted, WriteStatus.Inserted, WriteStatus.NotFound], reply.Outcomes.Select(o => (WriteStatus)o.Status));
        Assert.Equal(reply.Outcomes[0].Version, reply.Outcomes[1].Version);
        Assert.Equal(reply.Outcomes.Select(Told), (await database.Coordinator.WriteAsync(request, Cancellation)).Outcomes.Select(Told));

        var refused = await database.Coordinator.WriteAsync(Batch("o1", "{o1}/2"), Cancellation);
        Assert.Equal(["document.exists", "batch.aborted", "batch.aborted"], refused.Outcomes.Select(o => o.ErrorCode));
        Assert.Equal((1, 1), (await database.CountAsync(orders), await database.CountAsync(lines)));

        for (var tag = 4; tag < 10; tag++)
        {
            // By chance in one partition or in two: it makes no difference to who writes.
            var apart = Batch("o2" + tag, $"{{o{tag}}}/1");
            var first = await database.Coordinator.WriteAsync(apart, Cancellation);
            Assert.Equal([WriteStatus.Inserted, WriteStatus.Inserted, WriteStatus.NotFound], first.Outcomes.Select(o => (WriteStatus)o.Status));
            Assert.Equal(first.Outcomes[0].Version, first.Outcomes[1].Version);
            Assert.Equal(first.Outcomes.Select(Told), (await database.Coordinator.WriteAsync(apart, Cancellation)).Outcomes.Select(Told));
            Assert.Equal(["document.exists", "batch.aborted", "batch.aborted"], (await database.Coordinator.WriteAsync(Batch("o2" + tag, $"{{o{tag}}}/2"), Cancellation)).Outcomes.Select(o => o.ErrorCode));
            Assert.Equal((tag - 2, tag - 2), (await database.CountAsync(orders), await database.CountAsync(lines)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_write_by_filter_reaches_every_partition_once(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 400).Select(i => (new DocumentId($"{i}"), Document.Of(("group", i % 4), ("n", 0)))));
        var update = new UpdateWhereWrite { Into = collection, Where = Filter.Eq("group", 1), Steps = [new(PatchOperator.Inc, "n", 1)] };

        Assert.Equal((100, 0), await ChangeAsync(database, update with { DryRun = true }));
        Assert.Equal("write.unexpected_count", (await Assert.ThrowsAsync<ConflictException>(() => ChangeAsync(database, update with { Expected = 99 }))).Code);
        Assert.Equal(400, await database.CountAsync(collection, Filter.Eq("n", 0)));

        var (session, sequence) = NewNumber();
        Assert.Equal((100, 100), await ChangeAsync(database, update with { Expected = 100 }, session, sequence));
        Assert.Equal((100, 100), await ChangeAsync(database, update with { Expected = 100 }, session, sequence));
        Assert.Equal(100, await database.CountAsync(collection, Filter.Eq("n", 1)));

        Assert.Equal((1, 1), await ChangeAsync(database, new DeleteWhereWrite { Into = collection, Where = Filter.Eq("_id", "1") }));
        Assert.Equal((99, 99), await ChangeAsync(database, new DeleteWhereWrite { Into = collection, Where = Filter.Eq("group", 1) }));
        Assert.Equal(300, await database.CountAsync(collection));
        var unknown = await Assert.ThrowsAsync<InvalidRequestException>(() => ChangeAsync(database, update with { Into = collection + "x" }));
        Assert.Equal(("collection.not_found", "/into"), (unknown.Code, unknown.Pointer));
    }

    [Fact]
    public void A_client_has_no_more_under_way_than_a_partition_remembers() => Assert.Equal(RequestKey.Window, WriteRequest.SequencesUnderWayMax);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static (byte, ulong, string?) Told(WriteOutcome outcome) => (outcome.Status, outcome.Version, outcome.ErrorCode);

    private static async Task<(long Matched, long Modified)> ChangeAsync(TestDatabase database, WhereWrite write, Guid session = default, long sequence = 0)
    {
        var reply = await database.Coordinator.ChangeAsync(new() { Ast = LiquidBinary.Write(write), Session = session, Sequence = sequence }, Cancellation);
        FaultCodec.ThrowIfFault(reply.Fault);
        var counts = SingleDocument.Read(reply.Value)!;
        return (counts["matched"].AsInt64(), counts["modified"].AsInt64());
    }

    private static WriteRequest Request(string collection, Action<WritePageWriter> fill, string? second = null, Action<WritePageWriter>? fillSecond = null)
    {
        var (session, sequence) = NewNumber();
        var more = second is null ? [] : new[] { new CollectionPage { Collection = second, Page = PageOf(fillSecond!) } };
        return new() { Collection = collection, Page = PageOf(fill), More = more, Atomic = second is not null, Session = session, Sequence = sequence };
    }

    private static byte[] PageOf(Action<WritePageWriter> fill)
    {
        var page = new WritePageWriter();
        fill(page);
        return page.Finish();
    }

    private static (Guid Session, long Sequence) NewNumber()
        => (new Guid($"dddd2222-3333-4444-5555-{Interlocked.Increment(ref _sessions):X8}0000"), 1);
}
