// Orleans' membership table in a folder that the silos of one machine share, so that several processes form a
// cluster with no other service, and any of them may be killed at any instant.
//
//   membership/<cluster id>/v<N>            all rows as of table version N (VersionedFolder: compare-and-swap)
//   membership/<cluster id>/alive/<silo>    when that silo last said that it is alive
//
// "I am alive" is said every few seconds by every silo and must not bump the table's version, so each silo has a
// small file of its own, replaced by rename. A row's etag is the table version that last changed it.
//
// File calls are short but may wait for the disk, so they run on the pool and not on the caller's scheduler.

using IngoDB.Abstractions.Clustering;
using IngoDB.Engine.Files;
using Orleans.Runtime;

namespace IngoDB.Grains.Clustering;

/// <summary>Membership by files. Thread-safe; any number of processes of one machine.</summary>
internal sealed class FileMembershipTable(IFileSystem files, string directory) : IMembershipTable
{
    private readonly VersionedFolder _table = new(files, directory);

    private string AliveDirectory => Path.Combine(directory, "alive");

    public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.Run(() =>
    {
        files.CreateDirectory(directory);
        files.CreateDirectory(AliveDirectory);
    });

    public Task<MembershipTableData> ReadAll() => Task.Run(() => ToTable(_table.Read(), only: null));

    public Task<MembershipTableData> ReadRow(SiloAddress key) => Task.Run(() => ToTable(_table.Read(), only: key.ToParsableString()));

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => Task.Run(() =>
        TryChange(tableVersion, (rows, version) =>
            IndexOf(rows, entry.SiloAddress) >= 0 ? null : [.. rows, MembershipRow.From(entry, version)]));

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => Task.Run(() =>
        TryChange(tableVersion, (rows, version) =>
            IndexOf(rows, entry.SiloAddress) is >= 0 and var at && EtagOf(rows[at].Etag) == etag
                ? [.. rows.Take(at), MembershipRow.From(entry, version), .. rows.Skip(at + 1)]
                : null));

    public Task UpdateIAmAlive(MembershipEntry entry) => Task.Run(() =>
    {
        var name = MembershipRows.AliveFileName(entry.SiloAddress);
        var temporary = Path.Combine(AliveDirectory, "tmp-" + name);
        if (files.Exists(temporary)) files.Delete(temporary);
        using (var file = files.Create(temporary))
        {
            file.Write(0, MembershipRows.EncodeAlive(entry.IAmAliveTime));
            file.SyncData();
        }

        files.Rename(temporary, Path.Combine(AliveDirectory, name));
        files.SyncDirectory(AliveDirectory);
    });

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Task.Run(() =>
    {
        while (true)
        {
            var record = _table.Read();
            var rows = RowsOf(record);
            var defunct = rows.Where(row => IsDefunct(row, beforeDate)).ToList();
            if (defunct.Count == 0 || _table.TryReplace(record, new MembershipRows([.. rows.Except(defunct)]).Encode()) is not null)
            {
                foreach (var row in defunct) DeleteAlive(row);
                return;
            }
        }
    });

    public Task DeleteMembershipTableEntries(string clusterId) => Task.Run(() =>
    {
        while (_table.Read() is { } record)
        {
            var rows = RowsOf(record);
            if (rows.Count > 0 && _table.TryReplace(record, MembershipRows.Empty.Encode()) is null) continue;
            foreach (var row in rows) DeleteAlive(row);
            return;
        }
    });

    /// <summary>One compare-and-swap: false when the table moved on, or <paramref name="change"/> refuses.</summary>
    private bool TryChange(TableVersion tableVersion, Func<IReadOnlyList<MembershipRow>, long, IReadOnlyList<MembershipRow>?> change)
    {
        var record = _table.Read();
        var version = record?.Version ?? 0;
        if (EtagOf(version) != tableVersion.VersionEtag) return false;
        return change(RowsOf(record), version + 1) is { } rows && _table.TryReplace(record, new MembershipRows(rows).Encode()) is not null;
    }

    private MembershipTableData ToTable(VersionedRecord? record, string? only)
    {
        var rows = RowsOf(record).Where(row => only is null || row.Silo == only);
        var version = record?.Version ?? 0;
        return new([.. rows.Select(ToMember)], new TableVersion((int)version, EtagOf(version)));
    }

    private Tuple<MembershipEntry, string> ToMember(MembershipRow row)
    {
        var entry = row.ToEntry();
        if (ReadAlive(entry.SiloAddress) is { } alive && alive > entry.IAmAliveTime) entry.IAmAliveTime = alive;
        return Tuple.Create(entry, EtagOf(row.Etag));
    }

    private DateTime? ReadAlive(SiloAddress silo)
    {
        try
        {
            using var file = files.Open(Path.Combine(AliveDirectory, MembershipRows.AliveFileName(silo)));
            var bytes = new byte[file.Length];
            return MembershipRows.DecodeAlive(bytes.AsSpan(0, file.Read(0, bytes)));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private bool IsDefunct(MembershipRow row, DateTimeOffset before)
    {
        var entry = ToMember(row).Item1;
        return entry.Status == SiloStatus.Dead && new[] { entry.IAmAliveTime, entry.StartTime }.Max() < before.UtcDateTime;
    }

    private void DeleteAlive(MembershipRow row)
    {
        var path = Path.Combine(AliveDirectory, Uri.EscapeDataString(row.Silo));
        if (files.Exists(path)) files.Delete(path);
    }

    private static IReadOnlyList<MembershipRow> RowsOf(VersionedRecord? record) => record is null ? [] : MembershipRows.Decode(record.Content.Span).Rows;

    private static int IndexOf(IReadOnlyList<MembershipRow> rows, SiloAddress silo)
    {
        var name = silo.ToParsableString();
        for (var i = 0; i < rows.Count; i++)
            if (rows[i].Silo == name) return i;
        return -1;
    }

    private static string EtagOf(long version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
