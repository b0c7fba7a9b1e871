// States that move from another provider (here the one of files that comes with Orleans): each when its grain writes it, or all by a copy,
// and none comes back from where it was.

using IngoDB.GrainStorage.Tests.Contract;
using IngoDB.GrainStorage.Tests.Silos;
using Orleans.Persistence.FileStorage;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Hosting;

public sealed class MovingTests : IAsyncLifetime
{
    private const string Old = "old";
    private const string Moving = "moving";
    private readonly TempFolder _folder = new();
    private readonly TestCluster _cluster;

    public MovingTests() => _cluster = new(nodes: 1, partitions: 2, configure: silo => silo
        .AddFileGrainStorage(Old, options => options.RootDirectory = _folder.Path)
        .AddIngoDBGrainStorage(Moving, options => options.MovesFrom = Old));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IGrainStorage Before => _cluster.Silo.Storage(Old);

    private IGrainStorage Now => _cluster.Silo.Storage(Moving);

    public async ValueTask InitializeAsync() => await _cluster.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_state_is_read_where_it_was_until_it_is_written_here()
    {
        var grain = GrainId.Create("cart", "one");
        await WriteAsync(Before, grain, 1);
        var read = await ReadAsync(Now, grain);
        Assert.Equal((1, null, true), (read.State!.Number, read.ETag, read.RecordExists));
        var other = await ReadAsync(Now, grain);
        read.State = Subject.Of(2);
        await Now.WriteStateAsync("s", grain, read);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Now.WriteStateAsync("s", grain, other));

        var again = await ReadAsync(Now, grain);
        Assert.Equal((2, read.ETag), (again.State!.Number, again.ETag));
        Assert.NotNull(again.ETag);
        Assert.Equal(1, (await ReadAsync(Before, grain)).State!.Number);
        var nothing = await ReadAsync(Now, GrainId.Create("cart", "none"));
        Assert.Equal((null, false), (nothing.ETag, nothing.RecordExists));
        Assert.NotNull(nothing.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cleared_state_does_not_come_back(bool moved)
    {
        var grain = GrainId.Create("cart", $"cleared-{moved}");
        await WriteAsync(Before, grain, 1);
        var state = await ReadAsync(Now, grain);
        if (moved) await Now.WriteStateAsync("s", grain, state);
        await Now.ClearStateAsync("s", grain, state);
        Assert.False(state.RecordExists);
        Assert.False((await ReadAsync(Now, grain)).RecordExists);
        Assert.False((await ReadAsync(Before, grain)).RecordExists);
        await Now.WriteStateAsync("s", grain, state);
        Assert.True((await ReadAsync(Now, grain)).RecordExists);
    }

    [Fact]
    public async Task A_copy_brings_all_and_leaves_what_is_newer()
    {
        var grains = Enumerable.Range(0, 120).Select(i => GrainId.Create("order", $"o-{i:D3}")).ToList();
        foreach (var (i, grain) in grains.Take(100).Index()) await WriteAsync(Before, grain, i);
        foreach (var grain in grains.Take(10))
        {
            var state = await ReadAsync(Now, grain);
            state.State = Subject.Of(-1);
            await Now.WriteStateAsync("s", grain, state);
        }

        Assert.Equal(new GrainStateCopied(Copied: 90, Present: 10, Missing: 20), await CopyAsync());
        Assert.Equal(new GrainStateCopied(Copied: 0, Present: 100, Missing: 20), await CopyAsync());
        var there = await _cluster.Silo.Client.Grains<Subject>(new() { GrainType = "order", Provider = Moving }).ToListAsync(Cancellation);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i < 10 ? -1 : i), there.Select(record => record.State.Number));

        Task<GrainStateCopied> CopyAsync() => _cluster.Silo.Services.CopyGrainStatesAsync<Subject>("s", grains.ToAsyncEnumerable(), from: Old, to: Moving, cancellationToken: Cancellation);
    }

    private static async Task<GrainState<Subject>> ReadAsync(IGrainStorage storage, GrainId grain)
    {
        var state = new GrainState<Subject>(new Subject());
        await storage.ReadStateAsync("s", grain, state);
        return state;
    }

    private static Task WriteAsync(IGrainStorage storage, GrainId grain, int number) => storage.WriteStateAsync("s", grain, new GrainState<Subject>(Subject.Of(number)));
}
