// A point read belongs to the partition its id hashes to, and to no other. Many ids become one call for each
// partition that has some, side by side.

using IngoDB.Abstractions;
using IngoDB.Engine.Querying;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Point reads: ids grouped by partition, one call each, answers in the order of the ids.</summary>
internal sealed class GetCoordinator(RequestScope scope, uint collection)
{
    /// <param name="collections">Those that its includes name.</param>
    public async ValueTask<PageReply> RunAsync(GetQuery query, IReadOnlyDictionary<string, uint> collections)
    {
        var snapshot = query.At is null ? DocumentVersion.None : PointInTime.Parse(query.At);
        if ((query.Select is not null || query.Include.Count > 0) && snapshot == DocumentVersion.None) snapshot = await SnapshotClock.ChosenAsync(scope).ConfigureAwait(false);
        var reply = await ReadAsync([.. query.Ids.Select(IdKeys.KeyOf)], snapshot, IncludeBatch.Reading(query.Select, query.Include)).ConfigureAwait(false);
        if (query.Include.Count == 0) return reply;
        var page = await IncludePages.AttachAsync(scope, query.Include, query.Select, collections, snapshot, reply.Page).ConfigureAwait(false);
        return new() { Page = page, MissingPartitions = scope.Missing, Warnings = scope.Warnings, Snapshot = snapshot.Raw };
    }

    /// <param name="snapshot">None is the latest.</param>
    public async ValueTask<PageReply> ReadAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, DocumentVersion snapshot, IReadOnlyList<FieldPath>? select = null)
    {
        var groups = keys.GroupBy(key => PartitionHash.PartitionOf(scope.Map, key.Span)).ToList();
        var pages = await Task.WhenAll(groups.Select(group => AskAsync(group.Key, [.. group], snapshot, select).AsTask())).ConfigureAwait(false);
        scope.ThrowIfAllMissing(groups.Count);
        var found = pages.OfType<PartitionPage>().Where(page => page.Page.Length > 0).Select(page => page.Page).ToList();
        return new()
        {
            Page = keys.Count == 1 && found is [var only] ? only : InOrder(keys, found),
            MissingPartitions = scope.Missing,
            Warnings = scope.Warnings,
            Snapshot = snapshot.Raw,
            Seen = scope.Near is null || snapshot != DocumentVersion.None ? [] : [.. groups.Zip(pages).Where(pair => pair.Second is not null).Select(pair => new PartitionPosition(pair.First.Key, pair.Second!.Version))],
        };
    }

    private ValueTask<PartitionPage?> AskAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> keys, DocumentVersion snapshot, IReadOnlyList<FieldPath>? select)
    {
        if (select is null)
        {
            var get = new GetRequest { Collection = "", CollectionId = collection, Ids = IdKeys.Write(keys), Snapshot = snapshot.Raw };
            return snapshot == DocumentVersion.None ? PresentAsync(partition, get) : scope.TryReadAsync(partition, snapshot.Raw, reader => reader.GetAsync(get, scope.Cancellation), grain => grain.GetAsync(get, scope.Cancellation));
        }

        // A projection is the scan's business: the same point reads, through a filter on _id.
        var query = new ScanQuery { From = "get", Where = Filter.In(FieldNames.Id, [.. keys.Select(key => DocumentId.ReadKey(key.Span).ToValue())]), Select = select };
        var scan = new PartitionScan { Query = LiquidBinary.Write(query), CollectionId = collection, Snapshot = snapshot.Raw, PageBytes = int.MaxValue };
        return scope.TryReadAsync(partition, snapshot.Raw, reader => reader.ScanAsync(scan, scope.Cancellation), grain => grain.ScanAsync(scan, scope.Cancellation));
    }

    private async ValueTask<PartitionPage?> PresentAsync(int partition, GetRequest get)
        => (scope.Near is { } near ? await near.TryGetAsync(scope.Map, partition, get, scope.Cancellation).ConfigureAwait(false) : null)
            ?? await scope.TryAskAsync(partition, grain => grain.GetAsync(get, scope.Cancellation), static page => page.Fault).ConfigureAwait(false);

    private static byte[] InOrder(IReadOnlyList<ReadOnlyMemory<byte>> keys, List<byte[]> pages)
    {
        var found = new Dictionary<DocumentId, (DocumentVersion Version, Shape Shape, byte[] Row)>(keys.Count);
        foreach (var page in pages)
        {
            var reader = new DocumentPageReader(page);
            while (reader.MoveNext()) found[DocumentId.ReadKey(reader.IdKey)] = (reader.Version, reader.Shape, reader.Row.ToArray());
        }

        var result = new DocumentPageWriter();
        foreach (var key in keys)
            if (found.TryGetValue(DocumentId.ReadKey(key.Span), out var document)) result.Add(key.Span, document.Version, document.Shape, document.Row);
        return result.Count == 0 ? [] : result.Finish();
    }
}
