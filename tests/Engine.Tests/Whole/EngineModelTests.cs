// The whole engine against the page that anybody could write: random stories of writes with conditions, deletions,
// expiry, snapshots, flushes, merges, index builds, restarts and power cuts. CSCHECK_SEED=... replays one.

using IngoDB.Engine;
using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Whole;

public sealed class EngineModelTests
{
    private static readonly Gen<Step> Write =
        from writes in Gen.Select(Gen.Int[1, 6].Select(k => (WriteKind)k), Gen.Int[0, 7], Gen.Int[0, 1 << 20]).List[1, 6]
        from atomic in Gen.Bool
        select (Step)new Step.Write(writes, atomic);

    private static readonly Gen<Step> Put =
        from documents in Gen.Select(Gen.Int[0, 7], Gen.Int[0, 1 << 20]).List[1, 6]
        from asBatch in Gen.Bool
        select (Step)new Step.Put(documents, asBatch);

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (12, Write),
        (8, Put),
        (3, Gen.Const((Step)new Step.Flush())),
        (2, Gen.Bool.Select(b => (Step)new Step.Compact(b))),
        (1, Gen.Const((Step)new Step.Reopen(null))),
        (1, Gen.Int[0, 1000].Select(s => (Step)new Step.Reopen(s))),
        (2, Gen.Const((Step)new Step.TakeSnapshot())),
        (1, Gen.Const((Step)new Step.ReleaseSnapshot())),
        (2, Gen.Int[0, 20].Select(ms => (Step)new Step.Wait(ms))),
        (2, Gen.Int[0, 4].Select(p => (Step)new Step.DefineIndex(p))),
        (1, Gen.Int[0, 4].Select(p => (Step)new Step.DropIndex(p))),
        (2, Gen.Const((Step)new Step.BuildIndexes())),
        (8, Gen.Int[0, 1 << 20].Select(s => (Step)new Step.Ask(s))));

    [Fact]
    public Task Whatever_is_done_every_read_is_that_of_the_naive_model() => AnyStep.List[1, 60].SampleAsync(async steps =>
    {
        await using var pair = await EngineAgainstModel.StartAsync();
        await pair.RunAsync(steps);
    }, iter: 400, threads: 1);

    [Fact]
    public Task Without_columns_every_read_is_that_of_the_naive_model() => AnyStep.List[1, 60].SampleAsync(async steps =>
    {
        await using var pair = await EngineAgainstModel.StartAsync(new() { Columns = false });
        await pair.RunAsync(steps);
    }, iter: 200, threads: 1);

    [Fact]
    public Task With_a_retention_old_snapshots_stay_and_answers_are_the_same() => AnyStep.List[1, 60].SampleAsync(async steps =>
    {
        await using var pair = await EngineAgainstModel.StartAsync(new() { Retention = TimeSpan.FromMilliseconds(25), ScalingParameter = 2, MemtableBytes = 4096, TableBytesMax = 2048 });
        await pair.RunAsync(steps);
    }, iter: 200, threads: 1);
}
