// The reads of a partition, away from the grain's turn: everything here may touch the disk. A read at version 0 is a
// read of the latest; anything else is at a snapshot, which the engine keeps readable for as long as it is used.

using System.Buffers;
using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>Get, scan, count and join on one engine. Thread-safe.</summary>
internal sealed class PartitionReader(StorageEngine engine, OpenScans scans)
{
    public const int PageBytesDefault = 64 << 10;

    public async ValueTask<PartitionPage> GetAsync(GetRequest request, CancellationToken cancellationToken)
    {
        using var snapshot = await SnapshotAsync(request.Snapshot, cancellationToken).ConfigureAwait(false);
        var page = new DocumentPageWriter();
        foreach (var id in IdKeys.Read(request.Ids))
            if (engine.TryGetRow(new(request.CollectionId), DocumentId.ReadKey(id.Span), snapshot, out var version, out var shape, out var row)) page.Add(id.Span, version, shape, row.Span);
        return new() { Page = page.Count == 0 ? [] : page.Finish() };
    }

    public async ValueTask<PartitionPage> ScanAsync(PartitionScan request, CancellationToken cancellationToken)
    {
        var scan = request.Scan == 0 ? null : scans.Take(request.Scan, request.After);
        scan?.Renew();
        scan ??= await OpenAsync(request, cancellationToken).ConfigureAwait(false);
        PartitionPage page;
        try
        {
            page = scan.GoOn(request.After, request.PageBytes > 0 ? request.PageBytes : PageBytesDefault);
        }
        catch
        {
            scan.Dispose();
            throw;
        }

        if (request.Scan == 0) scan.Dispose();
        else scans.Put(request.Scan, scan);
        return page;
    }

    public async ValueTask<PartitionPage> CountAsync(PartitionScan request, CancellationToken cancellationToken)
    {
        using var snapshot = await SnapshotAsync(request.Snapshot, cancellationToken).ConfigureAwait(false);
        var where = ((AggregateQuery)LiquidBinary.Read(request.Query)).Where;
        return new() { Count = engine.Count(new(request.CollectionId), where, snapshot, cancellationToken) };
    }

    public async ValueTask<PartitionPage> JoinAsync(PartitionJoin request, CancellationToken cancellationToken)
    {
        using var snapshot = await SnapshotAsync(request.Snapshot, cancellationToken).ConfigureAwait(false);
        var where = ((ScanQuery)LiquidBinary.Read(request.Query)).Where;
        using var stream = engine.Join(new(request.CollectionId), FieldPath.Parse(request.Field), DocumentOf(request.Values)["values"].AsArray().ToArray(), where, snapshot, cancellationToken);
        var page = new DocumentPageWriter();
        var more = false;
        while (stream.MoveNext())
        {
            if (stream.IdKey.SequenceCompareTo(request.After) <= 0) continue;
            more = page.ApproximateBytes >= request.PageBytes;
            if (more) break;
            page.Add(stream.IdKey, stream.Version, stream.Shape, stream.Row);
        }

        return new() { Page = page.Count == 0 ? [] : page.Finish(), More = more, Examined = stream.Work.DocumentsExamined, StoppedBy = stream.StoppedBy };
    }

    public Document Explain(PartitionScan request, bool execute) => engine.Explain(RequestOf(request), execute);

    private async ValueTask<OpenScan> OpenAsync(PartitionScan request, CancellationToken cancellationToken)
    {
        var snapshot = await engine.SnapshotAtAsync(new(request.Snapshot), cancellationToken).ConfigureAwait(false);
        try
        {
            // A scan that stays open outlives the request that began it.
            return new(engine.Scan(RequestOf(request), snapshot, request.Scan == 0 ? cancellationToken : CancellationToken.None), snapshot, request.After);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    private static ScanRequest RequestOf(PartitionScan request)
    {
        var query = (ScanQuery)LiquidBinary.Read(request.Query);
        return new(new CollectionId(request.CollectionId))
        {
            Where = query.Where,
            Sort = query.Sort,
            Select = query.Select,
            Budget = query.Budget,
            Limit = request.Limit == 0 ? null : request.Limit,
            After = request.After,
        };
    }

    private async ValueTask<EngineSnapshot?> SnapshotAsync(ulong version, CancellationToken cancellationToken)
        => version == 0 ? null : await engine.SnapshotAtAsync(new(version), cancellationToken).ConfigureAwait(false);

    private static Document DocumentOf(byte[] page) => SingleDocument.Read(page) ?? Document.Empty;
}
