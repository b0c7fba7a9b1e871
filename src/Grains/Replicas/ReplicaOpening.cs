// From a record of the catalog and a folder to a copy that takes part. What is found decides:
//
//   folder      record                          what it is
//   ──────      ──────                          ──────────
//   a copy      names it                        that copy: recover log and tables, go on
//   a copy      does not name it                one that was moved away: left alone
//   nothing     as it was made (version 1)      the copy that was meant: nobody has committed anything yet, so nothing can be missing
//   nothing     names a copy here               it is lost. What is made is another copy (decision 0070), which the record gets beside it
//   nothing     names nobody here               nothing
//
// A copy whose log is damaged is opened all the same, broken: it says so, and is mended.

using System.Security.Cryptography;
using IngoDB.Engine.Files;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Nodes;
using IngoDB.Model;
using IngoDB.Replication;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;

namespace IngoDB.Grains.Replicas;

/// <summary>Opens copies. Thread-safe; one partition at a time.</summary>
internal sealed class ReplicaOpening(NodeIdentity node, ClusterCatalog catalog, EngineFactory engines, IFileSystem files)
{
    /// <returns>Not started; null: there is no copy for this node.</returns>
    public async Task<Replica?> OpenAsync(ReplicaWorld world, ReplicaOptions times, CancellationToken cancellationToken)
    {
        if (await world.Catalog.ReadJsonAsync(cancellationToken).ConfigureAwait(false) is not { Copies: { } copies } record) return null;
        var here = copies.Places.Where(place => place.Node == node.Id).Select(place => place.Copy).ToList();
        var file = CheckedFile.Read(files, PathOf(world), ReplicaJson.Default.ReplicaFile);
        var isNew = false;
        if (file is null)
        {
            if (here.Count == 0) return null;
            isNew = copies.Version > 1;
            var copy = isNew ? await EnlistAsync(world, record, here, cancellationToken).ConfigureAwait(false) : here[0];
            files.CreateDirectory(world.Folder);
            file = new() { Copy = copy, Uuid = copies.Uuid };
        }
        else if (file.Uuid != copies.Uuid) throw new CorruptionException(PathOf(world), 0, $"the folder holds partition {file.Uuid}, and the catalog says {copies.Uuid}");
        else if (!here.Contains(file.Copy)) return null;

        if (file.Format > ReplicaFile.FormatKnown) throw new UnsupportedFormatException(PathOf(world), file.Format, ReplicaFile.FormatKnown);
        file = file with { Opened = file.Opened + 1 };
        CheckedFile.Replace(files, PathOf(world), file, ReplicaJson.Default.ReplicaFile);
        return await Task.Run(() => OpenAsync(world, times, file, isNew, record), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Replica> OpenAsync(ReplicaWorld world, ReplicaOptions times, ReplicaFile file, bool isNew, CatalogPartition record)
    {
        var content = Path.Combine(world.Folder, $"g{file.Generation}");
        var recovered = new ReplicaLogRecovery(files, Path.Combine(content, "log"), new(file.Synced)).Run();
        var isBroken = !file.IsWhole || recovered.Damage is not null;
        var writes = new ReplicatedLog();
        var engine = await engines.OpenAsync(Path.Combine(content, "engine"), record, writes).ConfigureAwait(false);
        var log = recovered.Log ?? throw new CorruptionException(content, 0, recovered.Damage!);
        var start = new ReplicaStart(new(new(file.Copy), file.Opened), recovered.State, AppliedOf(log, recovered.State, engine.AppliedAtOpen), new Epoch(file.Adopted))
        {
            Record = file.Record?.ToRecord(),
            IsNew = isNew,
            IsBroken = isBroken,
        };
        return new Replica(world, times, file, start, log, engine, writes);
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

    /// <summary>Another copy in the place of those that are lost: it is wanted from now on, they are not, and the primary swaps them.</summary>
    private async Task<Guid> EnlistAsync(ReplicaWorld world, CatalogPartition record, List<Guid> lost, CancellationToken cancellationToken)
    {
        var copy = new Guid(RandomNumberGenerator.GetBytes(16));
        await catalog.ChangePartitionAsync(record.Database, record.Partition, current =>
        {
            var copies = current.Copies!;
            return current with
            {
                Copies = copies with
                {
                    Version = copies.Version + 1,
                    Places = [.. copies.Places, new(copy, node.Id)],
                    Replicas = [.. copies.Replicas.Select(wanted => lost.Contains(wanted) ? copy : wanted)],
                },
            };
        }, cancellationToken).ConfigureAwait(false);
        return copy;
    }

    private static string PathOf(ReplicaWorld world) => Path.Combine(world.Folder, ReplicaFile.Name);
}
