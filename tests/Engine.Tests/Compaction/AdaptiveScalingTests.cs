using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Compaction;

public sealed class AdaptiveScalingTests : EngineFixture
{
    private bool _adapts = true;

    protected override EngineOptions Options => base.Options with { ScalingParameter = 6, AdaptiveScaling = _adapts, MemtableBytes = 16 << 10, Columns = false };

    [Fact]
    public async Task Reads_bring_W_down_step_by_step_and_it_stays_there_over_a_restart()
    {
        await Fill();
        Assert.Null(Engine.AdvanceScaling());
        var steps = new List<(int From, int To)>();
        for (var quarter = 0; quarter < 3; quarter++)
        {
            for (var scan = 0; scan < 100; scan++) Scan(Filter.Eq("n", -1));
            Time.Advance(TimeSpan.FromMinutes(15));
            if (Engine.AdvanceScaling() is { } move) steps.Add((move.From, move.To));
            Assert.Null(Engine.AdvanceScaling()); // not twice in a quarter of an hour
        }

        Assert.Equal([(6, 4), (4, 2), (2, 0)], steps);
        await Reopen();
        Assert.Equal(0, Engine.ScalingParameter);
        Assert.Equal([4, 2, 0], Engine.ScalingMoves.Select(move => move.To));
        Assert.Contains("rows scanned", Engine.ScalingMoves[0].Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task W_stays_as_it_was_set_when_it_is_not_to_adapt()
    {
        _adapts = false;
        await Reopen();
        await Fill();
        for (var scan = 0; scan < 100; scan++) Scan(Filter.Eq("n", -1));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(Engine.AdvanceScaling());
        Assert.Equal(6, Engine.ScalingParameter);
    }

    private async Task Fill()
    {
        for (var round = 0; round < 6; round++)
        {
            await Engine.WriteAsync([.. Enumerable.Range(0, 4_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("n", i), ("round", round))))]);
            await Engine.FlushAsync();
        }
    }
}
