// A silo has copies of partitions that other silos lead. Who may see the recent past is answered by them, without a message:
//
//   get, bounded        everything acknowledged longer ago than the bound is applied here ─► the newest that is here
//   get, session        what the session has seen, too ────────────────────────────────────► the newest that is here
//   scan, count, ...    one version for all partitions, the least that is recent enough ────► read at it where a copy has come so far
//   snapshot (at)       ─────────────────────────────────────────────────────────────────────► read at it where a copy has come so far
//
// What a copy can not promise it does not answer: too far behind, not heard for too long, being mended, a batch over partitions prepared and not
// decided here. Then the primary is asked, as if this were not here, so an answer is never wrong, only dearer.
//
// What this does not do: ask copies on other silos. The primary is as far away as they are.

using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Partitions;
using IngoDB.Grains.Replicas;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>The copies of this silo, for reads. Thread-safe.</summary>
internal sealed class NearCopies(ReplicaHost replicas, ReplicaMetrics metrics, TimeProvider time)
{
    /// <param name="map">Whose partitions.</param>
    /// <param name="concern">Of the request.</param>
    /// <returns>Null: the request wants the present, or nothing here has copies.</returns>
    public NearReads? Of(DatabaseMap map, ReadConcern? concern) => concern is not null && map.Partitions[0].Copies is not null ? new(replicas, metrics, concern, time) : null;
}

/// <summary>The reads of one request.</summary>
internal sealed class NearReads(ReplicaHost replicas, ReplicaMetrics metrics, ReadConcern concern, TimeProvider time)
{
    /// <summary>A session that has seen nothing yet is not shown a copy that was just begun, or that has lost touch.</summary>
    private static readonly TimeSpan SessionStaleness = TimeSpan.FromSeconds(5);

    private TimeSpan Bound => concern.MaxStalenessMilliseconds is { } bound ? TimeSpan.FromMilliseconds(bound) : SessionStaleness;

    /// <returns>Null: the primary is to be asked.</returns>
    public ValueTask<PartitionPage?> TryGetAsync(DatabaseMap map, int partition, GetRequest get, CancellationToken cancellationToken) => TryAsync(map, partition, async replica =>
    {
        if (!replica.HasPassed(new(concern.SeenOf(partition)))) return null;
        await replica.NotOlderThanAsync(Bound, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(replica, map, reader => reader.GetAsync(get, cancellationToken)).ConfigureAwait(false);
    });

    /// <returns>Null: the primary is to be asked.</returns>
    public ValueTask<PartitionPage?> TryReadAtAsync(DatabaseMap map, int partition, DocumentVersion at, Func<PartitionReader, ValueTask<PartitionPage>> read) => TryAsync(map, partition, async replica =>
    {
        await replica.CloseAsync(at, CancellationToken.None).ConfigureAwait(false);
        return await ReadAsync(replica, map, read).ConfigureAwait(false);
    }, followersOnly: true);

    /// <summary>One version for all partitions: the greatest of those that are just recent enough for each.</summary>
    /// <returns>Null: not every partition has a copy here that knows one.</returns>
    public async ValueTask<DocumentVersion?> TryChooseAsync(DatabaseMap map, CancellationToken cancellationToken)
    {
        var chosen = DocumentVersion.None;
        for (var partition = 0; partition < map.Partitions.Count; partition++)
        {
            if (replicas.Find(map.Name, partition) is not { } replica) return null;
            try
            {
                var least = await replica.NotOlderThanAsync(Bound, cancellationToken).ConfigureAwait(false);
                if (least > chosen) chosen = least;
            }
            catch (Exception e) when (IsItsOwn(e))
            {
                // It does not know how fresh it is, or is being closed: the primaries say what the present is.
                return null;
            }

            var seen = new DocumentVersion(concern.SeenOf(partition));
            if (seen > chosen) chosen = seen;
        }

        return chosen;
    }

    private async ValueTask<PartitionPage?> TryAsync(DatabaseMap map, int partition, Func<Replica, ValueTask<PartitionPage?>> read, bool followersOnly = false)
    {
        if (replicas.Find(map.Name, partition) is not { } replica || (followersOnly && replica.Serving is not null)) return null;
        PartitionPage? page = null;
        try
        {
            page = await read(replica).ConfigureAwait(false);
        }
        catch (Exception e) when (IsItsOwn(e))
        {
            // Whatever is wrong with this copy (behind, closing, damaged, busy, an older snapshot than it keeps), the primary may do better, and says it if not.
        }

        metrics.NearRead(map.Name, page is null ? "other" : replica.Serving is null ? "follower" : "primary");
        return page;
    }

    /// <summary>An acknowledged batch over partitions that is not finished here is prepared here, since that came before; the primary waits for it to be.</summary>
    private async ValueTask<PartitionPage?> ReadAsync(Replica replica, DatabaseMap map, Func<PartitionReader, ValueTask<PartitionPage>> read)
    {
        if (replica.Engine.HasPrepared) return null;
        using var pass = replica.Partition.Reads.Enter();
        replica.Partition.Learn(map.Database);
        // Nothing stays open between pages, hence no scans to close.
        using var scans = new OpenScans(time);
        return await Task.Run(() => read(new(replica.Engine, scans)).AsTask()).ConfigureAwait(false);
    }

    private static bool IsItsOwn(Exception error) => error is IngoDBException or IOException or ObjectDisposedException;
}
