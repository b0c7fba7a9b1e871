// When the disk refuses a write or a sync, nobody knows what it holds. From then on nothing is acknowledged, reads
// go on, and only a reopen, which looks at what is really there, ends that state.

using IngoDB.Engine;
using IngoDB.Engine.Events;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Core;

public sealed class PoisonedLogTests : EngineFixture
{
    [Fact]
    public async Task After_a_failed_sync_nothing_is_acknowledged_and_reads_go_on()
    {
        await Write(EngineWrite.Upsert(Things, new("before"), Document.Of(("n", 1))));
        var events = new List<EngineEvent>();
        Engine.Events.Raised += events.Add;
        FailNextSync();

        await Assert.ThrowsAsync<UnknownOutcomeException>(async () => await Write(EngineWrite.Upsert(Things, new("during"), Document.Of(("n", 2)))));
        var after = await Assert.ThrowsAsync<UnavailableException>(async () => await Write(EngineWrite.Upsert(Things, new("after"), Document.Of(("n", 3)))));

        Assert.Equal("engine.poisoned", after.Code);
        Assert.NotNull(Engine.Get(Things, new("before")));
        Assert.Null(Engine.Get(Things, new("during")));
        Assert.Null(Engine.Get(Things, new("after")));
        Assert.True(Engine.Status.Poisoned);
        Assert.Single(events.OfType<LogPoisoned>());
    }

    [Fact]
    public async Task A_reopen_after_a_failed_sync_finds_everything_acknowledged_and_writes_again()
    {
        await Write(EngineWrite.Upsert(Things, new("before"), Document.Of(("n", 1))));
        FailNextSync();
        await Assert.ThrowsAsync<UnknownOutcomeException>(async () => await Write(EngineWrite.Upsert(Things, new("during"), Document.Of(("n", 2)))));

        await CrashAndOpen();
        await Write(EngineWrite.Upsert(Things, new("after"), Document.Of(("n", 3))));

        Assert.NotNull(Engine.Get(Things, new("before")));
        Assert.NotNull(Engine.Get(Things, new("after")));
    }

    private void FailNextSync() => Disk.Faults.FailNth(1, SimulatedFault.InputOutput, SimulatedOperation.SyncData, ".log");
}
