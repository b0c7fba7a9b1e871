// Opening is recovery. What was acknowledged is there after a crash, after a crash right after that one, and after
// a clean close; what another engine has open is refused.

using IngoDB.Engine;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class RecoveryTests : EngineFixture
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_was_acknowledged_survives_two_crashes_in_a_row(int seed)
    {
        for (var i = 0; i < 50; i++) await Write(EngineWrite.Upsert(Things, new($"a{i:D2}"), Document.Of(("n", i))));

        await CrashAndOpen(seed);
        await CrashAndOpen(seed + 100);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), Scan().Select(d => d["n"].AsInt64()));
    }

    [Fact]
    public async Task Buffered_writes_that_a_power_cut_takes_are_the_last_ones()
    {
        for (var i = 0; i < 200; i++)
            await Engine.WriteAsync([EngineWrite.Upsert(Things, new($"a{i:D3}"), Document.Of(("n", i)))], durability: Durability.Buffered);

        await CrashAndOpen();

        var survivors = Scan().Select(d => d["n"].AsInt64()).ToList();
        Assert.Equal(Enumerable.Range(0, survivors.Count).Select(i => (long)i), survivors);
    }

    [Fact]
    public async Task A_kill_takes_nothing_that_was_buffered()
    {
        for (var i = 0; i < 200; i++)
            await Engine.WriteAsync([EngineWrite.Upsert(Things, new($"a{i:D3}"), Document.Of(("n", i)))], durability: Durability.Buffered);

        Disk = Disk.ProcessCrashClone();
        await Open();

        Assert.Equal(200, Scan().Count);
    }

    [Fact]
    public async Task A_reopened_engine_goes_on_where_it_was()
    {
        var first = await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 1))));
        await Engine.FlushAsync();
        await Write(EngineWrite.Upsert(Things, new("b"), Document.Of(("n", 2))));

        await Reopen();
        var second = await Write(EngineWrite.Upsert(Things, new("c"), Document.Of(("n", 3))));

        Assert.Equal(["a", "b", "c"], Scan().Select(d => d.Id.Text));
        Assert.True(second.Version > first.Version);
        Assert.Equal([(Things, "things")], Engine.Collections);
    }

    [Fact]
    public async Task A_clock_that_went_back_over_a_restart_gives_no_older_versions()
    {
        var before = await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 1))));
        await Engine.DisposeAsync();

        var yesterday = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Time.GetUtcNow().AddDays(-1));
        await using var engine = await StorageEngine.OpenAsync(Folder, Options with { Time = yesterday });
        var after = await engine.WriteAsync([EngineWrite.Upsert(Things, new("a"), Document.Of(("n", 2)))]);

        Assert.True(after[0].Version > before.Version);
        Assert.Equal(Document.Of(("n", 2)), engine.Get(Things, new("a"))!.Fields);
    }

    [Fact]
    public async Task Two_engines_on_one_folder_are_refused()
    {
        var refused = await Assert.ThrowsAsync<UnavailableException>(() => StorageEngine.OpenAsync(Folder, Options));

        Assert.Equal("engine.locked", refused.Code);
        Assert.Contains("in use by another engine", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_engine_says_so()
    {
        await Engine.DisposeAsync();

        var refused = await Assert.ThrowsAsync<UnavailableException>(async () => await Write(EngineWrite.Upsert(Things, new("a"), Document.Empty)));

        Assert.Equal("engine.closed", refused.Code);
    }
}
