// The contract of Orleans' grain storage, case by case as its own test kit has them, against the provider itself: on a silo that has
// all partitions, on one of three, on one that has none, and on one of three with copies whose others fail.

using System.Globalization;
using IngoDB.GrainStorage.Tests.Silos;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Contract;

public sealed class ContractTests(ClusterFixture clusters)
{
    public static TheoryData<Place> Places => [Place.OneSilo, Place.ThreeSilos, Place.Guest, Place.Failovers];

    [Theory, MemberData(nameof(Places))]
    public async Task What_was_never_written_is_a_new_state_without_etag(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        var seen = await record.StoredAsync();
        Assert.Equal(new Subject(), seen.State);
        Assert.Null(seen.ETag);
        Assert.False(seen.RecordExists);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_is_written_is_read_with_the_etag_of_the_write(Place place)
    {
        var silo = await clusters.OfAsync(place);
        foreach (var key in new[] { "text", "42", "7F+extension", Guid.Parse("0195b7a0-0000-7000-8000-0000000000ff").ToString("N"), "0195B7A00000700080000000000000FF", "Київ/пошта ☂", "with\"quotes' and {braces}", new string('k', 255), new string('k', 256), new string('k', 255) + "é", $"{new string('x', 31)}😀{new string('y', 300)}" })
        {
            var record = Record.New(silo, key + "");
            await record.WriteAsync(key.Length);
            Assert.True(record.Held.RecordExists);
            Assert.False(string.IsNullOrEmpty(record.Held.ETag));
            var seen = await record.StoredAsync();
            Assert.Equal(Subject.Of(key.Length), seen.State);
            Assert.Equal(record.Held.ETag, seen.ETag);
            Assert.True(seen.RecordExists);
        }
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_second_first_write_is_inconsistent(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        await record.WriteAsync(1);
        var late = record.Again();
        var refused = await Assert.ThrowsAsync<InconsistentStateException>(() => late.WriteAsync(2));
        Assert.Equal(record.Held.ETag, refused.StoredEtag);
        Assert.Equal("", refused.CurrentEtag);
        Assert.Equal(Subject.Of(1), (await record.StoredAsync()).State);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_write_with_a_stale_etag_is_inconsistent_and_the_latest_stays(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        await record.WriteAsync(1);
        var stale = record.Stale();
        await record.WriteAsync(2);
        var refused = await Assert.ThrowsAsync<InconsistentStateException>(() => stale.WriteAsync(3));
        Assert.Equal((record.Held.ETag, stale.Held.ETag), (refused.StoredEtag, refused.CurrentEtag));
        Assert.Equal(Subject.Of(2), (await record.StoredAsync()).State);
        await record.WriteAsync(4);
        Assert.Equal(Subject.Of(4), (await record.StoredAsync()).State);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task An_etag_that_is_not_ours_is_inconsistent(Place place)
    {
        var silo = await clusters.OfAsync(place);
        var grain = GrainId.Create("contract", "foreign-etag");
        foreach (var etag in new[] { "W/\"1\"", "0", "-5", "18446744073709551616", "1" })
            await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage().WriteStateAsync("state", grain, new GrainState<Subject>(Subject.Of(1), etag)));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Every_write_changes_the_etag_also_one_of_the_same_values(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        var etags = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            await record.WriteAsync(7);
            Assert.True(etags.Add(record.Held.ETag!));
        }
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_cleared_state_is_gone_and_can_be_written_again(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        await record.WriteAsync(1);
        var first = record.Held.ETag;
        await record.ClearAsync();
        Assert.Equal((new Subject(), null, false), (record.Held.State, record.Held.ETag, record.Held.RecordExists));
        Assert.False((await record.StoredAsync()).RecordExists);
        await record.WriteAsync(2);
        Assert.NotEqual(first, record.Held.ETag);
        Assert.Equal(Subject.Of(2), (await record.StoredAsync()).State);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Write_read_clear_read_and_again(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        for (var round = 0; round < 3; round++)
        {
            await record.WriteAsync(round);
            await record.ReadAsync();
            Assert.Equal(Subject.Of(round), record.Held.State);
            await record.ClearAsync();
            await record.ReadAsync();
            Assert.Equal((new Subject(), null, false), (record.Held.State, record.Held.ETag, record.Held.RecordExists));
        }
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Clearing_what_was_never_written_succeeds_and_so_does_clearing_twice(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        record.Held.RecordExists = true;
        await record.ClearAsync();
        Assert.False(record.Held.RecordExists);
        await record.ClearAsync();
        await record.WriteAsync(1);
        await record.ClearAsync();
        await record.ClearAsync();
        Assert.NotNull(record.Held.State);
        Assert.False((await record.StoredAsync()).RecordExists);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Clearing_with_a_stale_etag_or_none_is_inconsistent_and_the_record_stays(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        await record.WriteAsync(1);
        var stale = record.Stale();
        await record.WriteAsync(2);
        Assert.Equal(record.Held.ETag, (await Assert.ThrowsAsync<InconsistentStateException>(stale.ClearAsync)).StoredEtag);
        Assert.Equal(record.Held.ETag, (await Assert.ThrowsAsync<InconsistentStateException>(record.Again().ClearAsync)).StoredEtag);
        Assert.Equal(Subject.Of(2), (await record.StoredAsync()).State);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_cleared_state_is_not_written_with_the_etag_from_before(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        await record.WriteAsync(1);
        var stale = record.Stale();
        await record.ClearAsync();
        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.WriteAsync(2));
        await Assert.ThrowsAsync<InconsistentStateException>(stale.ClearAsync);
        Assert.False((await record.StoredAsync()).RecordExists);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task State_names_grain_types_and_providers_have_records_of_their_own(Place place)
    {
        var silo = await clusters.OfAsync(place);
        var grains = new[] { GrainId.Create("contract", "shared"), GrainId.Create("contract2", "shared"), GrainId.Create("box`1[[int]]", "shared"), GrainId.Create("box`1[[string]]", "shared") };
        var records = (from grain in grains
                       from provider in new[] { "Default", "archive" }
                       from name in new[] { "one", "two", "One", "with spaces & ümlauts", new string('n', 200) }
                       select new Record(silo.Storage(provider), grain, name)).ToList();
        for (var i = 0; i < records.Count; i++) await records[i].WriteAsync(i);
        for (var i = 0; i < records.Count; i++) Assert.Equal(Subject.Of(i), (await records[i].StoredAsync()).State);
        await records[0].ClearAsync();
        Assert.True((await records[1].StoredAsync()).RecordExists);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Many_records_are_written_and_read_side_by_side(Place place)
    {
        const int grains = 100;
        var silo = await clusters.OfAsync(place);
        await Parallel.ForAsync(0, grains, new ParallelOptions { MaxDegreeOfParallelism = 3 * Environment.ProcessorCount }, async (i, _) =>
        {
            var record = Record.New(silo, string.Create(CultureInfo.InvariantCulture, $"parallel-{i}"));
            for (var round = 0; round < 10; round++)
            {
                await record.WriteAsync((i * 100) + round);
                Assert.Equal(Subject.Of((i * 100) + round), (await record.StoredAsync()).State);
            }
        });
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Of_racing_writers_with_one_etag_exactly_one_wins(Place place)
    {
        var record = Record.New(await clusters.OfAsync(place));
        await record.WriteAsync(0);
        var writers = Enumerable.Range(1, 20).Select(_ => record.Stale()).ToList();
        var won = await Task.WhenAll(writers.Select(async (writer, i) =>
        {
            try
            {
                await writer.WriteAsync(i + 1);
                return i + 1;
            }
            catch (InconsistentStateException)
            {
                return 0;
            }
        }));
        Assert.Equal(won.Single(number => number != 0), (await record.StoredAsync()).State!.Number);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task What_was_cancelled_before_it_began_is_not_done(Place place)
    {
        var silo = await clusters.OfAsync(place);
        var record = Record.New(silo);
        await record.WriteAsync(1);
        var cancelled = new CancellationToken(canceled: true);
        var held = record.Stale().Held;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silo.Storage().WriteStateAsync("state", record.Grain, held, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silo.Storage().ReadStateAsync("state", record.Grain, held, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silo.Storage().ClearStateAsync("state", record.Grain, held, cancelled));
        Assert.Equal(Subject.Of(1), (await record.StoredAsync()).State);
    }
}
