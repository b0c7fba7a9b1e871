// Gets whose partitions are all on this silo need no further call: the coordinator asks the engines itself, and answers within
// its own turn while that is quick (TurnPatience). Anything else, another silo's partition, a snapshot, a name not known yet, a partition that may have to wait,
// is not answered here; GetCoordinator does those, and both give the same answer.
//
//   ids      a   b   c   d        in the order asked
//   sorted   [p0: b d] [p3: a c]  one read of many rows for each partition
//   page     a   b   c   d        in the order asked again, absent ones left out

using System.Buffers;
using IngoDB.Abstractions;
using IngoDB.Engine.Entries;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Point reads on this silo. Thread-safe.</summary>
internal sealed class LocalGets(CatalogView catalog, LocalPartitions partitions, TimeProvider time)
{
    private const int OnTurnIdsMax = 64;

    private static readonly PageReply s_nothing = new();

    [ThreadStatic]
    private static DocumentPageWriter? t_page;

    private readonly AdmissionGate _elsewhere = new("gets", underWayMax: 512);

    public LocalRead Read(GetRequest request)
    {
        if (request.Snapshot != 0 || request.Ids.Length == 0) return default;
        // A partition that is here and has no copies answers as of now, which is as recent as anybody may want.
        if (catalog.Known(request.Database) is not { } map || map.FindCollection(request.Collection) is not { } found) return default;
        ReadOnlySpan<byte> rest = request.Ids;
        var key = IdKeys.Next(ref rest);
        var collection = new CollectionId(found.Id);
        if (rest.IsEmpty && partitions.Of(map)[PartitionHash.PartitionOf(map, key)] is { } partition) return partition.Engine.HasPrepared ? default : One(partition, collection, request);
        return rest.IsEmpty || !AreHere(map, request.Ids, out var count) ? default : Many(map, collection, request, count);
    }

    private LocalRead One(OpenPartition partition, CollectionId collection, GetRequest request)
    {
        var began = time.GetTimestamp();
        if (!partition.Patience.HoldsTurn(time.GetElapsedTime(0, began))) return new(Later: ElsewhereAsync(() => One(partition, collection, request.Ids)));
        var reply = One(partition, collection, request.Ids);
        var ended = time.GetTimestamp();
        partition.Patience.Took(time.GetElapsedTime(began, ended), time.GetElapsedTime(0, ended));
        return new(Now: reply);
    }

    private static PageReply One(OpenPartition partition, CollectionId collection, ReadOnlySpan<byte> ids)
    {
        var key = IdKeys.Next(ref ids);
        return partition.Engine.TryGetRow(collection, DocumentId.ReadKey(key), null, out var version, out var shape, out var row)
            ? new() { Page = DocumentPageWriter.One(key, version, shape, row.Span) }
            : s_nothing;
    }

    private LocalRead Many(DatabaseMap map, CollectionId collection, GetRequest request, int count)
        => count <= OnTurnIdsMax && HoldTurn(map) ? new(Now: Many(map, collection, request.Ids, count)) : new(Later: ElsewhereAsync(() => Many(map, collection, request.Ids, count)));

    private bool HoldTurn(DatabaseMap map)
    {
        var now = time.GetElapsedTime(0);
        foreach (var partition in partitions.Of(map))
            if (partition?.Patience.HoldsTurn(now) == false) return false;
        return true;
    }

    private PageReply Many(DatabaseMap map, CollectionId collection, ReadOnlySpan<byte> keys, int count)
    {
        var ids = ArrayPool<DocumentId>.Shared.Rent(count);
        var rows = ArrayPool<RowResult>.Shared.Rent(count);
        var places = ArrayPool<int>.Shared.Rent(count);
        try
        {
            var local = partitions.Of(map);
            Span<int> starts = stackalloc int[local.Length + 1];
            Sort(map, keys, ids.AsSpan(0, count), places.AsSpan(0, count), starts);
            var began = time.GetTimestamp();
            for (var p = 0; p < local.Length; p++)
            {
                var (start, length) = (starts[p], starts[p + 1] - starts[p]);
                if (length == 0) continue;
                // Closed meanwhile: the caller asks again and is told by the partition's grain.
                var engine = (local[p] ?? throw new UnavailableException("partition.unavailable", $"Partition {p} is being closed.")).Engine;
                engine.TryGetRows(collection, ids.AsSpan(start, length), rows.AsSpan(start, length));
                var ended = time.GetTimestamp();
                local[p]!.Patience.Took(time.GetElapsedTime(began, ended) / length, time.GetElapsedTime(0, ended));
                began = ended;
            }

            return PageOf(keys, rows, places.AsSpan(0, count));
        }
        finally
        {
            ids.AsSpan(0, count).Clear();
            rows.AsSpan(0, count).Clear();
            ArrayPool<DocumentId>.Shared.Return(ids);
            ArrayPool<RowResult>.Shared.Return(rows);
            ArrayPool<int>.Shared.Return(places);
        }
    }

    /// <summary>Counting sort by partition: <paramref name="starts"/> says where each one's ids begin, <paramref name="places"/> where the i-th id went.</summary>
    private static void Sort(DatabaseMap map, ReadOnlySpan<byte> keys, Span<DocumentId> ids, Span<int> places, Span<int> starts)
    {
        starts.Clear();
        var rest = keys;
        for (var i = 0; i < places.Length; i++) starts[1 + (places[i] = PartitionHash.PartitionOf(map, IdKeys.Next(ref rest)))]++;
        for (var p = 1; p < starts.Length; p++) starts[p] += starts[p - 1];
        Span<int> next = stackalloc int[starts.Length];
        starts.CopyTo(next);
        rest = keys;
        for (var i = 0; i < places.Length; i++) ids[places[i] = next[places[i]]++] = DocumentId.ReadKey(IdKeys.Next(ref rest));
    }

    private static PageReply PageOf(ReadOnlySpan<byte> keys, RowResult[] rows, ReadOnlySpan<int> places)
    {
        // Taken away while it is filled: a page that a failure leaves half full must not be the beginning of the next reply.
        var page = t_page ?? new();
        t_page = null;
        foreach (var place in places)
        {
            var key = IdKeys.Next(ref keys);
            ref readonly var row = ref rows[place];
            if (row.Shape is { } shape) page.Add(key, row.Version, shape, row.Row.Span);
        }

        var reply = page.Count == 0 ? s_nothing : new PageReply { Page = page.Finish() };
        t_page = page;
        return reply;
    }

    private bool AreHere(DatabaseMap map, ReadOnlySpan<byte> keys, out int count)
    {
        var local = partitions.Of(map);
        for (count = 0; !keys.IsEmpty; count++)
            if (local[PartitionHash.PartitionOf(map, IdKeys.Next(ref keys))] is not { Engine.HasPrepared: false }) return false;
        return true;
    }

    private async Task<PageReply> ElsewhereAsync(Func<PageReply> read)
    {
        using var pass = _elsewhere.Enter();
        return await Task.Run(read).ConfigureAwait(false);
    }
}

/// <summary>The reply, or the reply on its way; neither when the request needs more than what is on this silo.</summary>
internal readonly record struct LocalRead(PageReply? Now = null, Task<PageReply>? Later = null);
