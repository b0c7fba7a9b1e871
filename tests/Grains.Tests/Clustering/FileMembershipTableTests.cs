// The conformance cases that Orleans runs over every membership table (MembershipTableTestsBase, nine of them),
// rewritten here because that package is not published, over real files.

using System.Net;
using IngoDB.Abstractions.Clustering;
using IngoDB.Engine.Files;
using IngoDB.Grains.Clustering;
using Orleans;
using Orleans.Runtime;

namespace Grains.Tests.Clustering;

public sealed class FileMembershipTableTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private static int _generation;

    private readonly TempFolder _folder = new();
    private readonly FileMembershipTable _table;

    public FileMembershipTableTests()
    {
        _table = Open();
        _table.InitializeMembershipTable(true).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task An_empty_table_has_version_0_and_an_etag()
    {
        var data = await _table.ReadAll();
        Assert.Empty(data.Members);
        Assert.Equal(0, data.Version.Version);
        Assert.NotNull(data.Version.VersionEtag);
    }

    [Fact]
    public async Task A_row_is_inserted_once_and_only_into_the_version_that_was_read()
    {
        var empty = await _table.ReadAll();
        var entry = NewEntry();
        Assert.True(await _table.InsertRow(entry, empty.Version.Next()));
        Assert.False(await _table.InsertRow(entry, empty.Version.Next()));

        var data = await _table.ReadAll();
        Assert.Equal(1, data.Version.Version);
        Assert.False(await _table.InsertRow(entry, data.Version.Next()));
        Assert.False(await _table.InsertRow(NewEntry(), empty.Version.Next()));
        Assert.True(await _table.InsertRow(NewEntry(), data.Version.Next()));
        Assert.Equal(2, (await _table.ReadAll()).Members.Count);
    }

    [Fact]
    public async Task A_row_is_read_back_as_it_was_inserted()
    {
        var entry = NewEntry();
        entry.AddSuspector(entry.SiloAddress, Start);
        Assert.True(await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next()));

        var row = await _table.ReadRow(entry.SiloAddress);
        Assert.Equal(1, row.Version.Version);
        Assert.Equal(entry.ToFullString(), Assert.Single(row.Members).Item1.ToFullString());
        Assert.Equal(row.Version, (await _table.ReadRow(NewEntry().SiloAddress)).Version);
        Assert.Empty((await _table.ReadRow(NewEntry().SiloAddress)).Members);
    }

    [Fact]
    public async Task All_rows_are_read_with_the_version_that_they_belong_to()
    {
        for (var i = 1; i <= 5; i++)
        {
            Assert.True(await _table.InsertRow(NewEntry(), (await _table.ReadAll()).Version.Next()));
            var data = await Open().ReadAll();
            Assert.Equal((i, i), (data.Members.Count, data.Version.Version));
        }
    }

    [Fact]
    public async Task An_update_needs_the_rows_etag_and_the_tables_version()
    {
        for (var i = 0; i < 10; i++)
        {
            var entry = NewEntry();
            Assert.True(await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next()));
            var before = await _table.ReadAll();
            var etag = before.TryGet(entry.SiloAddress)!.Item2;

            entry.Status = SiloStatus.Active;
            Assert.True(await _table.UpdateRow(entry, etag, before.Version.Next()));
            entry.Status = SiloStatus.Dead;
            Assert.False(await _table.UpdateRow(entry, etag, before.Version.Next()));

            var after = await _table.ReadAll();
            Assert.False(await _table.UpdateRow(entry, etag, after.Version.Next()));
            Assert.False(await _table.UpdateRow(entry, after.TryGet(entry.SiloAddress)!.Item2, before.Version.Next()));
            Assert.Equal(SiloStatus.Active, after.TryGet(entry.SiloAddress)!.Item1.Status);
        }
    }

    [Fact]
    public async Task Of_twenty_racing_inserts_one_wins_and_twenty_updates_make_twenty_versions()
    {
        var empty = await _table.ReadAll();
        var inserts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Open().InsertRow(NewEntry(), empty.Version.Next())));
        Assert.Single(inserts, won => won);

        await Task.WhenAll(Enumerable.Range(0, 19).Select(_ => Task.Run(async () =>
        {
            var table = Open();
            while (true)
            {
                var data = await table.ReadAll();
                var (entry, etag) = Assert.Single(data.Members);
                entry.AddSuspector(NewEntry().SiloAddress, Start);
                if (await table.UpdateRow(entry, etag, data.Version.Next())) return;
            }
        })));

        var end = await _table.ReadAll();
        Assert.Equal(20, end.Version.Version);
        Assert.Equal(19, Assert.Single(end.Members).Item1.SuspectTimes!.Count);
    }

    [Fact]
    public async Task I_am_alive_does_not_change_the_version()
    {
        var entry = NewEntry();
        Assert.True(await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next()));
        var before = await _table.ReadAll();
        entry.IAmAliveTime = Start.AddMinutes(7);
        await _table.UpdateIAmAlive(entry);
        await _table.UpdateIAmAlive(entry);

        var after = await Open().ReadAll();
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(before.Members[0].Item2, after.Members[0].Item2);
        Assert.Equal(Start.AddMinutes(7), after.Members[0].Item1.IAmAliveTime);
    }

    [Fact]
    public async Task Only_silos_that_died_long_ago_are_cleaned_up()
    {
        foreach (var (status, days) in new[] { (SiloStatus.Dead, 0), (SiloStatus.Dead, 10), (SiloStatus.Active, 0), (SiloStatus.Joining, 0) })
        {
            var entry = NewEntry();
            (entry.Status, entry.StartTime, entry.IAmAliveTime) = (status, Start, Start.AddDays(days));
            Assert.True(await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next()));
            await _table.UpdateIAmAlive(entry);
        }

        await _table.CleanupDefunctSiloEntries(new(Start.AddDays(5)));
        Assert.Equal([SiloStatus.Active, SiloStatus.Dead, SiloStatus.Joining], (await _table.ReadAll()).Members.Select(m => m.Item1.Status).OrderBy(s => s.ToString()));
    }

    [Fact]
    public async Task Gateways_are_the_active_silos_that_have_one()
    {
        var provider = new FileGatewayListProvider(_folder.Path);
        Assert.Empty(await provider.GetGateways());
        foreach (var (status, port) in new[] { (SiloStatus.Active, 30001), (SiloStatus.Dead, 30002), (SiloStatus.Active, 0), (SiloStatus.Active, 30003) })
        {
            var entry = NewEntry();
            (entry.Status, entry.ProxyPort) = (status, port);
            Assert.True(await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next()));
        }

        Assert.Equal([30001, 30003], (await provider.GetGateways()).Select(uri => uri.Port).Order());
    }

    public void Dispose() => _folder.Dispose();

    private FileMembershipTable Open() => new(LocalFileSystem.Instance, _folder.Path);

    private static MembershipEntry NewEntry()
    {
        var generation = Interlocked.Increment(ref _generation);
        return new()
        {
            SiloAddress = SiloAddress.New(IPAddress.Loopback, 11000 + (generation % 1000), generation),
            HostName = "host",
            SiloName = $"silo-{generation}",
            Status = SiloStatus.Joining,
            ProxyPort = 30000,
            StartTime = Start,
            IAmAliveTime = Start,
            SuspectTimes = [],
        };
    }
}
