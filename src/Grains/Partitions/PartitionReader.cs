// The reads of a partition, away from the grain's turn: everything here may touch the disk. A read at version 0 is a
// read of the latest; anything else is at a snapshot, which the engine keeps readable for as long as it is used.

using System.Buffers;
using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>Get, scan, count, aggregate and join on one engine. Thread-safe.</summary>
internal sealed class PartitionReader(StorageEngine engine, OpenScans scans)
{
    public const int PageBytesDefault = 64 << 10;

    private static readonly Shape NoFields = Shape.Of(Document.Empty);
    private static readonly ReadOnlyMemory<byte> NoRow = RowOf(Document.Empty);

    /// <summary>In the place of an order key.</summary>
    private static ReadOnlySpan<byte> Gone => [1];

    public async ValueTask<PartitionPage> GetAsync(GetRequest request, CancellationToken cancellationToken)
    {
        var ids = IdKeys.Read(request.Ids);
        var isOne = ids.Count == 1 && request.Snapshot == 0;
        if (isOne) await engine.WhenFreeAsync(new(request.CollectionId), DocumentId.ReadKey(ids[0].Span)).ConfigureAwait(false);
        using var snapshot = isOne ? null : await SnapshotAsync(request.Snapshot, cancellationToken).ConfigureAwait(false);
        var page = new DocumentPageWriter();
        foreach (var id in ids)
            if (engine.TryGetRow(new(request.CollectionId), DocumentId.ReadKey(id.Span), snapshot, out var version, out var shape, out var row)) page.Add(id.Span, version, shape, row.Span);
        return new() { Page = page.Count == 0 ? [] : page.Finish(), Version = engine.NewestVersion.Raw };
    }

    public ValueTask<PartitionPage> ScanAsync(PartitionScan request, CancellationToken cancellationToken)
        => PageAsync(request.Scan, request.After, request.PageBytes, request.Snapshot, (snapshot, token) => engine.Scan(RequestOf(request), snapshot, token), cancellationToken);

    public ValueTask<PartitionPage> AggregateAsync(PartitionScan request, CancellationToken cancellationToken)
    {
        var query = (AggregateQuery)LiquidBinary.Read(request.Query);
        return PageAsync(request.Scan, request.After, request.PageBytes, request.Snapshot, (snapshot, token) => engine.PartialGroups(new(request.CollectionId), query, snapshot, token), cancellationToken);
    }

    public ValueTask<PartitionPage> JoinAsync(PartitionJoin request, CancellationToken cancellationToken)
        => PageAsync(request.Scan, request.After, request.PageBytes, request.Snapshot, (snapshot, token) => Join(request, snapshot, token), cancellationToken);

    public async ValueTask<PartitionPage> CountAsync(PartitionScan request, CancellationToken cancellationToken)
    {
        using var snapshot = await SnapshotAsync(request.Snapshot, cancellationToken).ConfigureAwait(false);
        var where = ((AggregateQuery)LiquidBinary.Read(request.Query)).Where;
        return new() { Count = engine.Count(new(request.CollectionId), where, snapshot, cancellationToken) };
    }

    public async ValueTask<PartitionChangesPage> ReadChangesAsync(PartitionChangesRequest request, CancellationToken cancellationToken)
    {
        var where = request.Query.Length == 0 ? null : ((ScanQuery)LiquidBinary.Read(request.Query)).Where;
        using var snapshot = await SnapshotAsync(request.Snapshot, cancellationToken).ConfigureAwait(false);
        var read = engine.Changes(new(request.CollectionId), new(request.After), request.ChangesMax, snapshot, where, request.WithGone, cancellationToken);
        var page = new DocumentPageWriter();
        foreach (var change in read.Changes)
        {
            if (change.Shape is { } shape) page.Add(IdKeys.KeyOf(change.Id).Span, change.Version, shape, change.Row.Span);
            else page.Add(IdKeys.KeyOf(change.Id).Span, change.Version, NoFields, NoRow.Span, Gone);
        }

        return new() { Page = page.Count == 0 ? [] : page.Finish(), Until = read.Until.Raw };
    }

    public Document Explain(PartitionScan request, bool execute)
        => LiquidBinary.Read(request.Query) is AggregateQuery aggregate ? engine.Explain(new(request.CollectionId), aggregate, execute) : engine.Explain(RequestOf(request), execute);

    private DocumentStream Join(PartitionJoin request, EngineSnapshot snapshot, CancellationToken cancellationToken)
    {
        var query = (ScanQuery)LiquidBinary.Read(request.Query);
        var where = query.Where;
        if (request.Keys.Length > 0) return engine.Join(new(request.CollectionId), FieldPath.Parse(request.Field), FrontierKeys.ReadSorted(request.Keys), where, query.Select, snapshot, cancellationToken);
        var values = SingleDocument.Read(request.Values)!["values"].AsArray().ToArray();
        return engine.Join(new(request.CollectionId), FieldPath.Parse(request.Field), values, where, snapshot, cancellationToken);
    }

    /// <summary>The next page of an open scan, or the first one of a scan that begins (again) after an order key.</summary>
    private async ValueTask<PartitionPage> PageAsync(ulong id, byte[] after, int pageBytes, ulong version, Func<EngineSnapshot, CancellationToken, DocumentStream> open, CancellationToken cancellationToken)
    {
        var scan = id == 0 ? null : scans.Take(id, after);
        scan ??= await OpenAsync(version, after, open, id == 0 ? cancellationToken : CancellationToken.None).ConfigureAwait(false);
        try
        {
            scan.Renew();
            var page = scan.GoOn(after, pageBytes > 0 ? pageBytes : PageBytesDefault);
            if (id == 0) scan.Dispose();
            else scans.Put(id, scan);
            return page;
        }
        catch
        {
            scan.Dispose();
            throw;
        }
    }

    /// <param name="stops">None for a scan that stays open: it outlives the request that began it.</param>
    private async ValueTask<OpenScan> OpenAsync(ulong version, byte[] after, Func<EngineSnapshot, CancellationToken, DocumentStream> open, CancellationToken stops)
    {
        var snapshot = await engine.SnapshotAtAsync(new(version), stops).ConfigureAwait(false);
        try
        {
            return new(open(snapshot, stops), snapshot, after, snapshot.Renew);
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

    /// <param name="version">0: the present, as one point in time.</param>
    private async ValueTask<EngineSnapshot> SnapshotAsync(ulong version, CancellationToken cancellationToken)
        => version == 0 ? await engine.SettledAsync().ConfigureAwait(false) : await engine.SnapshotAtAsync(new(version), cancellationToken).ConfigureAwait(false);

    private static ReadOnlyMemory<byte> RowOf(Document document)
    {
        var row = new ArrayBufferWriter<byte>();
        RowWriter.Write(document, row);
        return row.WrittenMemory;
    }
}
