// From a record of the catalog and a folder to a copy that takes part. What is found decides:
//
//   folder      record                          what it is
//   ──────      ──────                          ──────────
//   a copy      names it                        that copy: recover log and tables, go on
//   a copy      does not name it                one that was moved away, or replaced: erased (rule M4), unless the record is older than what the copy knew
//   nothing     as it was made (version 1)      the copy that was meant: nobody has committed anything yet, so nothing can be missing
//   nothing     names a copy here               it is lost. What is made is another copy (decision 0070), which the record gets beside it
//   nothing     orders one from this node       one is made, and the record gets its id before anything else
//   nothing     names nobody here               nothing
//   no copy     whatever it says                what lies there without a state file is set aside; then as with nothing
//
// A copy whose log is damaged is opened all the same, broken: it says so, and is mended.

using System.Globalization;
using System.Security.Cryptography;
using IngoDB.Engine.Files;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Nodes;
using IngoDB.Model;
using IngoDB.Replication;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using Microsoft.Extensions.Logging;
using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;

namespace IngoDB.Grains.Replicas;

/// <summary>Opens copies. Thread-safe; one partition at a time.</summary>
internal sealed partial class ReplicaOpening(NodeIdentity node, ClusterCatalog catalog, EngineFactory engines, IFileSystem files)
{
    /// <returns>Not started; null: there is no copy for this node.</returns>
    public async Task<Replica?> OpenAsync(ReplicaWorld world, ReplicaOptions times, CancellationToken cancellationToken)
    {
        if (await world.Catalog.ReadJsonAsync(cancellationToken).ConfigureAwait(false) is not { Copies: { } copies } record) return null;
        var file = ReadFile(world);
        if (file is not null && file.Uuid != copies.Uuid) throw new CorruptionException(PathOf(world), 0, $"the folder holds partition {file.Uuid}, and the catalog says {copies.Uuid}");
        if (file is not null && !IsNamed(record, file.Copy))
        {
            if (file.Record?.Version > copies.Version) return null;
            Erase(world);
            file = null;
        }

        var isNew = false;
        if (file is null)
        {
            isNew = copies.Version > 1;
            var copy = isNew ? await EnlistAsync(record, cancellationToken).ConfigureAwait(false) : copies.Places.FirstOrDefault(place => place.Node == node.Id)?.Copy;
            SetAside(world);
            if (copy is not { } id) return null;
            files.CreateDirectory(world.Folder);
            file = new() { Copy = id, Uuid = copies.Uuid };
        }

        if (file.Format > ReplicaFile.FormatKnown) throw new UnsupportedFormatException(PathOf(world), file.Format, ReplicaFile.FormatKnown);
        file = file with { Opened = file.Opened + 1 };
        CheckedFile.Replace(files, PathOf(world), file, ReplicaJson.Default.ReplicaFile);
        return await Task.Run(() => OpenAsync(world, times, file, isNew, record), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The copy goes on with the content that was put beside the one it had.</summary>
    /// <param name="core">Detached from the old one; it hears of the new one when this is started.</param>
    public async Task<Replica> SwitchAsync(ReplicaWorld world, ReplicaCore core, long generation, Lsn synced, CancellationToken cancellationToken)
    {
        var record = await world.Catalog.ReadJsonAsync(cancellationToken).ConfigureAwait(false) ?? throw new UnavailableException("partition.not_found", $"{world.Name} is not in the catalog.");
        var file = ReadFile(world)!;
        file = file with { Generation = generation, Synced = synced.Value };
        CheckedFile.Replace(files, PathOf(world), file, ReplicaJson.Default.ReplicaFile);
        return new(world, await OpenContentAsync(world, file, record, core.Log.Generation + 1).ConfigureAwait(false), core);
    }

    public ReplicaFile? ReadFile(ReplicaWorld world) => CheckedFile.Read(files, PathOf(world), ReplicaJson.Default.ReplicaFile);

    public static string ContentOf(ReplicaWorld world, long generation) => Path.Combine(world.Folder, $"g{generation}");

    private async Task<Replica> OpenAsync(ReplicaWorld world, ReplicaOptions times, ReplicaFile file, bool isNew, CatalogPartition record)
    {
        var content = await OpenContentAsync(world, file, record, logGeneration: 0).ConfigureAwait(false);
        var isBroken = !file.IsWhole || content.Damage is not null;
        var start = new ReplicaStart(new(new(file.Copy), file.Opened), content.State, content.Applied, new Epoch(file.Adopted)) { Record = file.Record?.ToRecord(), IsNew = isNew, IsBroken = isBroken };
        if (content.Damage is { } damage)
        {
            world.Metrics.Damaged(world.Database);
            LogDamaged(world.Logger, world.Name, damage);
        }

        return new(world, content, new ReplicaCore(start, times, new(world.Time.GetElapsedTime(0), world.Time.GetUtcNow().ToUnixTimeMilliseconds())));
    }

    private async Task<ReplicaContent> OpenContentAsync(ReplicaWorld world, ReplicaFile file, CatalogPartition record, long logGeneration)
    {
        var folder = ContentOf(world, file.Generation);
        var recovered = new ReplicaLogRecovery(files, Path.Combine(folder, "log"), new(file.Synced), (int)Math.Clamp(world.LogBytesKept / 4, 64 << 10, ReplicaLog.SegmentBytesMaxDefault)).Run();
        var writes = new ReplicatedLog();
        var engine = await engines.OpenAsync(Path.Combine(folder, "engine"), record, writes).ConfigureAwait(false);
        // What is damaged is kept for a salvage, and not written to: what follows goes into another content.
        var log = recovered.Log ?? new ReplicaLog(files, Path.Combine(folder, "log"), [], Lsn.None, Lsn.None, ReplicaLog.SegmentBytesMaxDefault);
        var applied = recovered.Damage is null ? AppliedOf(log, recovered.State, engine.AppliedAtOpen) : Lsn.None;
        return new(file, log, logGeneration, engine, writes, applied, recovered.State.Base == Lsn.None ? DocumentVersion.None : recovered.BaseVersion) { Damage = recovered.Damage, State = recovered.State };
    }

    /// <summary>The last entry that the tables hold whole: entries and versions grow together.</summary>
    private static Lsn AppliedOf(ReplicaLog log, LogState state, DocumentVersion newest)
    {
        var (low, high) = (state.Base, state.Last);
        while (low < high)
        {
            var middle = new Lsn(low.Value + ((high - low + 1) / 2));
            if (log.Read(middle, middle, 1)[0].LastVersion <= newest) low = middle;
            else high = middle.Previous;
        }

        return low;
    }

    /// <summary>Erases what the record does not know any more. The state file goes first: without it the rest is nobody's copy.</summary>
    public void Erase(ReplicaWorld world)
    {
        if (files.Exists(PathOf(world)))
        {
            files.Delete(PathOf(world));
            files.SyncDirectory(world.Folder);
        }

        SnapshotExports.Clear(files, world.Folder);
        world.Metrics.Copy(world.Database, "erased");
        LogErased(world.Logger, world.Name);
    }

    /// <summary>
    /// Whatever lies in the folder without a state file is no copy of this partition: its file was lost, or another cluster wrote there. It is in nobody's way
    /// elsewhere, and somebody may miss it.
    /// </summary>
    private void SetAside(ReplicaWorld world)
    {
        if (!files.DirectoryExists(world.Folder) || files.ListFiles(world.Folder).Count + files.ListDirectories(world.Folder).Count == 0) return;
        var all = Path.Combine(node.Directory, "set-aside");
        var aside = Path.Combine(all, string.Create(CultureInfo.InvariantCulture, $"{world.Database}-{Path.GetFileName(world.Folder)}-{world.Time.GetUtcNow():yyyyMMddHHmmssfff}"));
        files.CreateDirectory(all);
        files.Rename(world.Folder, aside);
        files.SyncDirectory(all);
        files.SyncDirectory(Path.GetDirectoryName(world.Folder)!);
        LogSetAside(world.Logger, world.Name, aside);
    }

    /// <summary>Another copy, by order or in the place of those that are lost. Null: none is wanted here.</summary>
    private async Task<Guid?> EnlistAsync(CatalogPartition record, CancellationToken cancellationToken)
    {
        var copy = new Guid(RandomNumberGenerator.GetBytes(16));
        var changed = await catalog.ChangePartitionAsync(record.Database, record.Partition, current => ReplicaPlacement.Enlist(current, node.Id, copy), cancellationToken).ConfigureAwait(false);
        return IsNamed(changed, copy) ? copy : null;
    }

    private static bool IsNamed(CatalogPartition record, Guid copy) => ReplicaRecords.Read(record).Receivers.Contains(new(copy));

    private static string PathOf(ReplicaWorld world) => Path.Combine(world.Folder, ReplicaFile.Name);

    [LoggerMessage(EventId = 3105, Level = LogLevel.Information, Message = "{Partition}: the copy here is not one of it any more, and is erased")]
    private static partial void LogErased(ILogger logger, string partition);

    [LoggerMessage(EventId = 3140, Level = LogLevel.Warning, Message = "{Partition}: what lay in its folder is no copy of it (there is no state file); it was moved to {Folder}")]
    private static partial void LogSetAside(ILogger logger, string partition, string folder);

    [LoggerMessage(EventId = 3104, Level = LogLevel.Error, Message = "{Partition}: {Damage}; this copy waits for a snapshot of another one")]
    private static partial void LogDamaged(ILogger logger, string partition, string damage);
}
