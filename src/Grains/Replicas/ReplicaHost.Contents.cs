// What a copy is made of, replaced or taken away under it: a snapshot of another copy takes the place of log and tables, and what the record does not
// know any more is erased.

using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Messages;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Replicas;

internal sealed partial class ReplicaHost
{
    /// <summary>A piece of a snapshot that a copy here offers.</summary>
    public SnapshotPiece Read(SnapshotPieceRequest request)
        => _slots.TryGetValue((request.Database, request.Partition), out var slot) && slot.Replica is { } replica && replica.Copy.Value == request.Copy ? replica.Read(request) : new();

    /// <summary>One import of a partition at a time: they would write into the same folder. The one before was for a process of the copy that is no more.</summary>
    private void Install(Slot slot, string database, int partition, Snapshot snapshot)
    {
        lock (slot) slot.Import = ImportRun.After(slot.Import, token => InstallAsync(slot, database, partition, snapshot, token), _closing.Token);
    }

    /// <summary>Fetches what another copy offers and goes on with that. When it fails the copy is opened anew as it is, and asks again.</summary>
    private async Task InstallAsync(Slot slot, string database, int partition, Snapshot snapshot, CancellationToken cancellationToken)
    {
        var (world, old) = (slot.World!, slot.Replica);
        if (old is null) return;
        try
        {
            var generation = opening.ReadFile(world)!.Generation;
            var import = new SnapshotImport(files, time, (offer, file, offset) => FetchAsync(world.Catalog, offer, new() { Database = database, Partition = partition, Copy = offer.From.Value, Snapshot = offer.Id, File = file, Offset = offset }));
            await import.RunAsync(snapshot, ReplicaOpening.ContentOf(world, generation + 1), cancellationToken).ConfigureAwait(false);
            await slot.Opening.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (slot.Replica != old || old.Failed.Task.IsCompleted) return;
                slot.Replica = null;
                var core = await old.DetachAsync().ConfigureAwait(false);
                var replica = await opening.SwitchAsync(world, core, generation + 1, snapshot.Lsn, _closing.Token).ConfigureAwait(false);
                slot.Replica = replica;
                replica.Start();
                replica.Post(new SnapshotInstalled(snapshot));
                _ = WatchAsync(slot, replica, database, partition);
            }
            finally
            {
                slot.Opening.Release();
            }

            SnapshotExports.Clear(files, ReplicaOpening.ContentOf(world, generation));
            metrics.Copy(database, "imported");
            LogInstalled(logger, database, partition, old.Copy, ((SnapshotOffer)snapshot.Content).Bytes, snapshot.Lsn.Value);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The silo stops, the copy is dropped, or another process of it has begun to import.
        }
        catch (Exception e)
        {
            // Who offered it is gone, or the disk refuses.
            if (!old.Failed.TrySetResult(e)) LogOpenFailed(logger, database, partition, e);
        }
    }

    private async Task<SnapshotPiece?> FetchAsync(ReplicaCatalog record, SnapshotOffer offer, SnapshotPieceRequest request)
    {
        if (record.NodeOf(offer.From) is not { } target || await nodes.FindAsync(target, _closing.Token).ConfigureAwait(false) is not { } silo) return null;
        try
        {
            return await Transport.FetchAsync(silo, request).WaitAsync(PiecePatience, time, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OrleansException or IOException or TimeoutException)
        {
            // Lost; it is asked for again.
            return null;
        }
    }

    /// <summary>M4. What could not be erased now is when it is opened the next time.</summary>
    private async Task DropAsync(Slot slot, string database, int partition)
    {
        try
        {
            ImportRun import;
            lock (slot) import = slot.Import;
            await import.EndAsync().ConfigureAwait(false);
            await slot.Opening.WaitAsync(_closing.Token).ConfigureAwait(false);
            try
            {
                if (slot.Replica is not { } dropped) return;
                slot.Replica = null;
                await dropped.DisposeAsync().ConfigureAwait(false);
                opening.Erase(slot.World!);
            }
            finally
            {
                slot.Opening.Release();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The silo stops.
        }
        catch (Exception e)
        {
            // The disk refuses, or a bug while it was closed: told, and the copy stays as it is, named by nobody.
            LogOpenFailed(logger, database, partition, e);
        }
    }

    [LoggerMessage(EventId = 3114, Level = LogLevel.Information, Message = "Copy {Copy} of partition {Partition} of '{Database}' goes on from a snapshot of {Bytes} bytes, from entry {Lsn} on")]
    private static partial void LogInstalled(ILogger logger, string database, int partition, Replication.Members.CopyId copy, long bytes, long lsn);
}
