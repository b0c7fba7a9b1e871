// A snapshot reads the same for ever, whatever is written, flushed or compacted beside it, until it is given back
// or its lease ends; then it says so instead of reading something else.

using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class SnapshotTests : EngineFixture
{
    [Fact]
    public async Task A_snapshot_reads_the_same_whatever_happens_after_it()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 1))));
        await Write(EngineWrite.Upsert(Things, new("b"), Document.Of(("n", 1))));
        using var snapshot = Engine.TakeSnapshot();

        for (var round = 2; round < 6; round++)
        {
            await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", round))));
            await Write(EngineWrite.Delete(Things, new("b")));
            await Engine.FlushAsync();
            await Engine.CompactAsync(everything: true);

            Assert.Equal(Document.Of(("n", 1)), Engine.Get(Things, new("a"), snapshot)!.Fields);
            Assert.NotNull(Engine.Get(Things, new("b"), snapshot));
            Assert.Equal(Document.Of(("n", round)), Engine.Get(Things, new("a"))!.Fields);
            Assert.Null(Engine.Get(Things, new("b")));
        }
    }

    [Fact]
    public async Task A_snapshot_whose_lease_ended_says_so()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 1))));
        using var kept = Engine.TakeSnapshot();
        using var forgotten = Engine.TakeSnapshot();
        Time.Advance(TimeSpan.FromSeconds(20));
        kept.Renew();
        Time.Advance(TimeSpan.FromSeconds(20));
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 2))));
        await Engine.FlushAsync();

        Assert.Equal(Document.Of(("n", 1)), Engine.Get(Things, new("a"), kept)!.Fields);
        Assert.Throws<SnapshotTooOldException>(() => Engine.Get(Things, new("a"), forgotten));
    }

    [Fact]
    public async Task Nothing_is_ever_written_at_or_below_a_served_timestamp_not_even_after_a_crash()
    {
        var reserved = Engine.ReserveTimestamp().Raw + (ulong)TimeSpan.FromSeconds(30).TotalMilliseconds * 65536;
        using (await Engine.SnapshotAtAsync(new(reserved)))
        {
            await CrashAndOpen();
        }

        var write = await Write(EngineWrite.Upsert(Engine.Collection("things"), new("a"), Document.Of(("n", 1))));

        Assert.True(write.Version.Raw > reserved);
    }

    [Fact]
    public async Task A_document_that_expires_is_gone_for_later_reads_and_stays_for_an_earlier_snapshot()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("_expires", Time.GetUtcNow().AddSeconds(10)))));
        using var before = Engine.TakeSnapshot();
        Assert.NotNull(Engine.Get(Things, new("a")));

        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(Engine.Get(Things, new("a")));
        Assert.Empty(Scan());
        Assert.NotNull(Engine.Get(Things, new("a"), before));
    }
}
