// Documents that are put as rows: what is refused, what becomes of too many shapes, and that a put allocates nothing. That they
// are otherwise like every write is told by the stories of EngineModelTests and SimulatedCrashTests.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Core;

public sealed class PutTests : EngineFixture
{
    private static readonly Shape Numbers = Shape.Of("n", "text");

    [Fact]
    public void A_put_is_what_a_get_finds_and_versions_ascend()
    {
        var first = Engine.Put(Things, "a", Numbers, Row(1));
        var second = Engine.Put(Things, "a", Numbers, Row(2), Durability.Buffered);
        Assert.True(second > first);
        Assert.Equal(new StoredDocument("a", second, Document.Of(("n", 2), ("text", "text 2"))), Engine.Get(Things, "a"));
    }

    [Fact]
    public void In_a_batch_the_later_of_two_wins_and_the_batch_can_be_put_again()
    {
        var batch = new PutBatch();
        Assert.Equal(DocumentVersion.None, Engine.Put(batch));
        batch.Put(Things, "a", Numbers, Row(1));
        batch.Put(Things, "b", Numbers, Row(2));
        batch.Put(Things, "a", Numbers, Row(3));
        Engine.Put(batch);
        var first = Engine.Put(batch);
        Assert.Equal(3, Engine.Get(Things, "a")!["n"].AsInt64());
        Assert.Equal(first.Next(), Engine.Get(Things, "b")!.Version);
        Assert.Equal(2, Engine.Count(Things, null));
    }

    [Fact]
    public void What_no_document_may_be_is_refused_and_nothing_is_written()
    {
        var unknown = new CollectionId(99);
        AssertRefused("collection.not_found", () => Engine.Put(unknown, "a", Numbers, Row(1)));
        AssertRefused("document.reserved_field", () => Engine.Put(Things, "a", Shape.Of("_id", "text"), Row(1)));
        AssertRefused("document.bad_expires", () => Engine.Put(Things, "a", Shape.Of("_expires", "text"), Row(1)));
        AssertRefused("document.too_large", () => Engine.Put(Things, "a", Numbers, new byte[RowFormat.DocumentBytesMax + 1]));
        var batch = new PutBatch();
        AssertRefused("document.reserved_field", () => batch.Put(Things, "a", Shape.Of("_id", "text"), Row(1)));
        AssertRefused("document.bad_expires", () => batch.Put(Things, "a", Shape.Of("_expires", "text"), Row(1)));
        Assert.Equal(0, batch.Count);
        batch.Put(unknown, "a", Numbers, Row(1));
        AssertRefused("collection.not_found", () => Engine.Put(batch));
        Assert.Equal(0, Engine.Count(Things, null));
    }

    [Fact]
    public async Task With_too_many_shapes_rows_carry_their_names()
    {
        var batch = new PutBatch();
        for (var i = 0; i < 5000; i++)
        {
            var shape = Shape.Of($"n{i}", "text");
            if (i % 2 == 0) Engine.Put(Things, $"k{i}", shape, Row(i), Durability.Buffered);
            else batch.Put(Things, $"k{i}", shape, Row(i));
        }

        Engine.Put(batch);
        await Reopen();
        for (var i = 0; i < 5000; i++) Assert.Equal(Document.Of(($"n{i}", i), ("text", $"text {i}")), Engine.Get(Things, $"k{i}")!.Fields);
    }

    [Fact]
    public async Task A_put_is_awaited_without_blocking()
    {
        var version = await Engine.PutAsync(Things, "a", Numbers, Row(1));
        var later = await Engine.PutAsync(Things, "b", Numbers, Row(2), Durability.Buffered);
        Assert.True(later > version);
        Assert.Equal(2, Engine.Count(Things, null));
    }

    [Theory]
    [InlineData(Durability.Buffered)]
    [InlineData(Durability.Durable)]
    public async Task A_put_costs_no_allocation(Durability durability)
    {
        using var folder = new TemporaryFolder();
        await using var engine = await StorageEngine.OpenAsync(folder.Path, new() { Files = LocalFileSystem.Instance, Learning = LearningMode.Off });
        var things = engine.Collection("things");
        var ids = Enumerable.Range(0, 100).Select(i => new DocumentId(new Guid(i, 0, 0, new byte[8]))).ToArray();
        var writer = new DocWriter();
        var allocations = 0;
        for (var i = 0; i < 300; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            writer.Begin(Numbers).Write(i).Write("some text"u8);
            engine.Put(things, ids[i % ids.Length], Numbers, writer.Row, durability);
            if (i >= 100 && GC.GetAllocatedBytesForCurrentThread() != before) allocations++;
        }

        // The memtable takes new memory now and then, in large pieces; no put takes any for itself.
        Assert.InRange(allocations, 0, 10);
        Assert.Equal(100, engine.Count(things, null));
    }

    [Fact]
    public async Task Callers_that_block_each_other_after_a_shared_sync_all_go_on()
    {
        const int callers = 4;
        await using var engine = await StorageEngine.OpenAsync("/own", Options with { BackgroundWork = true, Time = TimeProvider.System });
        var things = engine.Collection("things");
        var (left, all) = (callers, new TaskCompletionSource());
        var puts = Enumerable.Range(0, callers).Select(i => Task.Run(async () =>
        {
            var version = await engine.PutAsync(things, $"k{i}", Numbers, Row(i));
            if (Interlocked.Decrement(ref left) == 0) all.SetResult();
            Assert.True(all.Task.Wait(TimeSpan.FromSeconds(60)));
            return version;
        })).ToArray();
        Assert.Equal(callers, (await Task.WhenAll(puts)).Distinct().Count());
        Assert.Equal(callers, engine.Count(things, null));
    }

    private static byte[] Row(int n)
    {
        var writer = new DocWriter();
        writer.Begin(Numbers).Write(n).Write($"text {n}");
        return writer.Row.ToArray();
    }

    private static void AssertRefused(string code, Action act) => Assert.Equal(code, Assert.Throws<InvalidRequestException>(act).Code);
}
