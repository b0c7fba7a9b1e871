// Where an aggregate over many partitions gets its groups: each partition's records come by key, page after page, and the smallest key
// of all is next. Nothing here knows what a key or a state says; equal keys come out beside each other, which is all that a
// merge needs. It outlives the request that began it, so what a request had to do without is remembered here.

using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>The groups of all partitions, merged by key. One aggregate; one step at a time.</summary>
internal sealed class PartitionGroups(AggregateQuery query, uint collection, DocumentVersion snapshot)
{
    private const int PageBytes = 64 << 10;

    private readonly byte[] _query = LiquidBinary.Write(query with { At = null, Cursor = null });
    private readonly List<PartitionSource> _sources = [];
    private long _examinedTaken;

    /// <summary>The request that asks for the next page: its deadline, and what it had to do without.</summary>
    public required RequestScope Scope { get; set; }

    /// <summary>Partitions that some page had to do without, and why: the results lack their documents from there on.</summary>
    public SortedDictionary<int, string> Missing { get; } = [];

    public string? StoppedBy => _sources.Select(source => source.StoppedBy).FirstOrDefault(stopped => stopped is not null);

    /// <summary>Documents examined since this was last asked.</summary>
    public long TakeExamined()
    {
        var examined = _sources.Sum(source => source.Examined);
        var since = examined - _examinedTaken;
        _examinedTaken = examined;
        return since;
    }

    /// <summary>Remembers what the present request had to do without.</summary>
    public void NoteMissing()
    {
        foreach (var (partition, why) in Scope.Missing.Zip(Scope.Warnings)) Missing.TryAdd(partition, why);
    }

    /// <summary>Records by key; each stands in its page until the next is asked for.</summary>
    public async IAsyncEnumerable<DocumentPageReader> RecordsAsync()
    {
        var partitions = IdScope.PartitionsOf(Scope.Map, query.Where);
        _sources.AddRange(Scope.Present(partitions).Select(SourceOf));
        var heap = new SourceHeap(_sources.Count);
        var first = await Task.WhenAll(_sources.Select(source => source.FetchAsync().AsTask())).ConfigureAwait(false);
        for (var i = 0; i < first.Length; i++)
            if (first[i]) heap.Add(_sources[i]);
        Scope.ThrowIfAllMissing(partitions.Count);

        while (heap.Count > 0)
        {
            var source = heap.Smallest;
            yield return source.Current;
            if (source.TryMoveNext() || await source.FetchAsync().ConfigureAwait(false)) heap.SmallestMoved();
            else heap.RemoveSmallest();
        }
    }

    private PartitionSource SourceOf(int partition)
    {
        var scan = QueryCoordinator.NewScan();
        return new(Ask, after: [], limit: 0);

        Task<PartitionPage?> Ask(byte[] after, int left)
        {
            var request = new PartitionScan
            {
                Query = _query,
                CollectionId = collection,
                Snapshot = snapshot.Raw,
                After = after,
                PageBytes = PageBytes,
                Scan = scan,
            };
            return Scope.TryReadAsync(partition, request.Snapshot, reader => reader.AggregateAsync(request, Scope.Cancellation), grain => grain.AggregateAsync(request, Scope.Cancellation)).AsTask();
        }
    }
}
