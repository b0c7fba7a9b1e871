// The cases of Orleans' reminder tables, against ours: ETags, names of all kinds, ranges of the ring; and a reminder that ticks and is
// still there after all silos were started again.

using IngoDB.GrainStorage.Tests.Silos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Tests.Reminders;

public sealed class ReminderTableTests(ClusterFixture clusters)
{
    private static readonly DateTime s_start = new(2026, 11, 27, 8, 0, 0, DateTimeKind.Utc);

    public static TheoryData<Place> Places => [Place.OneSilo, Place.ThreeSilos, Place.Guest];

    [Theory, MemberData(nameof(Places))]
    public async Task A_reminder_is_there_until_it_is_removed_with_its_etag(Place place)
    {
        var table = await TableAsync(place);
        foreach (var name in new[] { "due", "with spaces/and \\ and \"quotes\" 'too'", "Київ ☂", new string('n', 300) })
        {
            var grain = GrainId.Create("invoice", $"simple-{place}-{name.Length}");
            Assert.Null(await table.ReadRow(grain, name));
            var first = await table.UpsertRow(Entry(grain, name, TimeSpan.FromMinutes(5)));
            var second = await table.UpsertRow(Entry(grain, name, TimeSpan.FromMinutes(7)));
            Assert.NotEqual(first, second);
            var row = await table.ReadRow(grain, name);
            Assert.Equal((grain, name, s_start, DateTimeKind.Utc, TimeSpan.FromMinutes(7), second), (row!.GrainId, row.ReminderName, row.StartAt, row.StartAt.Kind, row.Period, row.ETag));
            Assert.False(await table.RemoveRow(grain, name, first!));
            Assert.False(await table.RemoveRow(grain, "another", second!));
            Assert.Equal([name], (await table.ReadRows(grain)).Reminders.Select(r => r.ReminderName));
            Assert.True(await table.RemoveRow(grain, name, second!));
            Assert.False(await table.RemoveRow(grain, name, second!));
            Assert.Empty((await table.ReadRows(grain)).Reminders);
        }
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Upserts_side_by_side_leave_one_reminder_with_the_latest_etag(Place place)
    {
        var (table, grain) = (await TableAsync(place), GrainId.Create("invoice", $"parallel-{place}"));
        var etags = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => table.UpsertRow(Entry(grain, "due", TimeSpan.FromMinutes(i + 1)))));
        Assert.Equal(20, etags.Distinct().Count());
        var row = Assert.Single((await table.ReadRows(grain)).Reminders);
        Assert.Equal(etags.MaxBy(ulong.Parse!), row.ETag);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Ranges_of_the_ring_are_those_of_the_list(Place place)
    {
        var table = await TableAsync(place);
        var grains = Enumerable.Range(0, 500).Select(i => GrainId.Create("ring", $"{place}-{i}")).ToList();
        await Parallel.ForEachAsync(grains, async (grain, token) => await table.UpsertRow(Entry(grain, "r", TimeSpan.FromHours(1)), token));
        var random = new Random(7);
        for (var i = 0; i < 25; i++)
        {
            var (begin, end) = i switch { 0 => (0u, 0u), 1 => (0u, uint.MaxValue), 2 => (uint.MaxValue, 0u), 3 => (grains[0].GetUniformHashCode(), grains[0].GetUniformHashCode()), _ => ((uint)random.NextInt64(uint.MaxValue), (uint)random.NextInt64(uint.MaxValue)) };
            var expected = grains.Where(grain => grain.GetUniformHashCode() is var hash && (begin < end ? hash > begin && hash <= end : hash > begin || hash <= end)).ToHashSet();
            Assert.Equal(expected, (await table.ReadRows(begin, end)).Reminders.Select(r => r.GrainId).Where(g => g.Type.ToString() == "ring" && g.Key.ToString()!.StartsWith(place.ToString(), StringComparison.Ordinal)).ToHashSet());
        }
    }

    [Fact]
    public async Task A_reminder_ticks_and_survives_all_silos()
    {
        await using var cluster = await new TestCluster(nodes: 1).StartAsync();
        var bell = cluster.Silo.Grains.GetGrain<IBellGrain>("bell");
        await bell.WindAsync();
        await BellGrain.Rang.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await cluster.RestartAsync();
        Assert.Equal(["ring"], await cluster.Silo.Grains.GetGrain<IBellGrain>("bell").RemindersAsync());
    }

    private async Task<IReminderTable> TableAsync(Place place) => (await clusters.OfAsync(place)).Services.GetRequiredService<IReminderTable>();

    private static ReminderEntry Entry(GrainId grain, string name, TimeSpan period) => new() { GrainId = grain, ReminderName = name, StartAt = s_start, Period = period };
}

public interface IBellGrain : IGrainWithStringKey
{
    Task WindAsync();

    Task<List<string>> RemindersAsync();
}

public sealed class BellGrain : Grain, IBellGrain, IRemindable
{
    public static TaskCompletionSource Rang { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task WindAsync() => this.RegisterOrUpdateReminder("ring", TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(5));

    public async Task<List<string>> RemindersAsync() => [.. (await this.GetReminders()).Select(r => r.ReminderName)];

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Rang.TrySetResult();
        return Task.CompletedTask;
    }
}
