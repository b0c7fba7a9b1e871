// A scan over many partitions, one page of it:
//
//   scatter   every partition that can have a match gives its first documents in order, at one snapshot, no more than
//             the limit (skip included), because no more of them can be wanted
//   merge     the smallest order key of all partitions is next (memcmp); a partition's next page is on its way before
//             its last one is used up
//   stop      at the limit, or when the page is full: then a cursor says how to go on; or when a partition has used up the budget.
//             Then it has not looked at all of its documents, so what the merge gives has gaps: the page says so, and is the last one
//
// A continued scan finds the order key of the last document by reading that document again at the same snapshot.

using IngoDB.Abstractions;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>What a page of a scan needs to know beyond the query.</summary>
/// <param name="Scan">Names the scans that partitions keep open between pages.</param>
/// <param name="Given">Documents that earlier pages gave.</param>
internal sealed record ScanPosition(DocumentVersion Snapshot, ulong Scan, long Given, byte[] After);

/// <summary>Runs one page of one scan. One use.</summary>
internal sealed class ScanCoordinator(RequestScope scope, ScanQuery query, uint collection, int pageBytes)
{
    private const int PartitionPageBytesMin = 4 << 10;

    /// <summary>A scan that is surely done in one page need not stay open in the partitions.</summary>
    private const int KeepOpenLimitMin = 100;

    private readonly byte[] _query = LiquidBinary.Write(query with { Cursor = null, At = null });

    /// <summary>The order key of a document at the snapshot, found by its id: where a cursor says the last page ended.</summary>
    public async ValueTask<byte[]> OrderKeyAsync(DocumentVersion snapshot, ReadOnlyMemory<byte> idKey)
    {
        if (query.Sort.Count == 0) return idKey.ToArray();
        var partition = PartitionHash.PartitionOf(scope.Map, idKey.Span);
        var byId = query with { Where = Filter.Eq(FieldNames.Id, DocumentId.ReadKey(idKey.Span).ToValue()), Select = [], Cursor = null, At = null, Skip = 0, Limit = 1, Budget = null };
        var request = new PartitionScan { Query = LiquidBinary.Write(byId), CollectionId = collection, Snapshot = snapshot.Raw, Limit = 1 };
        var page = await scope.AskAsync(partition, grain => grain.ScanAsync(request, scope.Cancellation)).ConfigureAwait(false);
        FaultCodec.ThrowIfFault(page.Fault);
        return page.Last.Length > 0 ? page.Last : throw new SnapshotTooOldException("The document at which the last page ended is not kept any more. Repeat the query from its beginning.");
    }

    public async ValueTask<ScanPage> RunAsync(ScanPosition position)
    {
        var limit = query.Limit is { } l ? query.Skip + l - position.Given : long.MaxValue;
        var partitions = IdScope.PartitionsOf(scope.Map, query.Where);
        var sources = scope.Present(partitions).Select(p => SourceOf(p, position, limit, partitions.Count)).ToList();
        var heap = new SourceHeap(sources.Count);
        var first = await Task.WhenAll(sources.Select(source => source.FetchAsync().AsTask())).ConfigureAwait(false);
        for (var i = 0; i < sources.Count; i++)
            if (first[i]) heap.Add(sources[i]);
        scope.ThrowIfAllMissing(partitions.Count);

        var page = new ScanPage();
        var given = position.Given;
        while (heap.Count > 0 && limit > 0 && page.Writer.ApproximateBytes < pageBytes)
        {
            var source = heap.Smallest;
            page.LastIdKey = Keep(page.LastIdKey, source.Current.IdKey);
            if (given++ >= query.Skip) page.Writer.Add(source.Current.IdKey, source.Current.Version, source.Current.Shape, source.Current.Row);
            limit--;
            if (source.TryMoveNext() || await source.FetchAsync().ConfigureAwait(false)) heap.SmallestMoved();
            else heap.RemoveSmallest();
        }

        page.More = heap.Count > 0 && limit > 0;
        page.Given = given;
        page.Examined = sources.Sum(source => source.Examined);
        page.Cost = sources.Sum(source => source.Cost);
        page.StoppedBy = sources.Select(source => source.StoppedBy).FirstOrDefault(stopped => stopped is not null);
        return page;
    }

    private PartitionSource SourceOf(int partition, ScanPosition position, long limit, int partitions)
    {
        var bytes = Math.Max(PartitionPageBytesMin, pageBytes / partitions * 5 / 4);
        var keep = query.Limit is null or > KeepOpenLimitMin;
        return new(Ask, position.After, limit > int.MaxValue ? 0 : (int)limit);

        Task<PartitionPage?> Ask(byte[] after, int left)
        {
            var request = new PartitionScan
            {
                Query = _query,
                CollectionId = collection,
                Snapshot = position.Snapshot.Raw,
                After = after,
                Limit = left,
                PageBytes = bytes,
                Scan = keep ? position.Scan : 0,
            };
            return scope.TryReadAsync(partition, request.Snapshot, reader => reader.ScanAsync(request, scope.Cancellation), grain => grain.ScanAsync(request, scope.Cancellation)).AsTask();
        }
    }

    private static byte[] Keep(byte[] kept, ReadOnlySpan<byte> key)
    {
        if (kept.Length != key.Length) return key.ToArray();
        key.CopyTo(kept);
        return kept;
    }
}

/// <summary>A page under construction.</summary>
internal sealed class ScanPage
{
    public DocumentPageWriter Writer { get; } = new();

    public byte[] LastIdKey { get; set; } = [];

    /// <summary>Documents of the limit that are used up, those of earlier pages and those skipped included.</summary>
    public long Given { get; set; }

    public bool More { get; set; }

    public long Examined { get; set; }

    /// <summary>The work of all partitions, in documents examined by a scan.</summary>
    public double Cost { get; set; }

    public string? StoppedBy { get; set; }
}
