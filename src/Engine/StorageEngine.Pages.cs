// Queries a page at a time, as a cluster answers them, for those who serve pages to others: a page says how to go on by a signed
// cursor, which names a point in time and the last document given. Scans go on after it, by reading its sort keys again; everything else is
// computed again at the same point in time, up to where the last page ended.
//
// Cursors are signed with a key of this engine, made when it was opened: those of another engine, or from before, are refused.

using System.IO.Hashing;
using System.Security.Cryptography;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Some documents of a query, and how to go on.</summary>
/// <param name="Cursor">Put it into the same query for the next page; null at the end.</param>
/// <param name="StoppedBy">The budget that ended the query early; null when none did. A walk goes on by the cursor, with the budget anew; a scan has none then; of an aggregate every page says so.</param>
public sealed record EnginePage(IReadOnlyList<StoredDocument> Documents, string? Cursor, string? StoppedBy)
{
    /// <summary>On the first page: fields that the query names and no document has.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

public sealed partial class StorageEngine
{
    // What a cursor names when nothing was given before it; walks do not look at it.
    private static readonly DocumentId s_noneGiven = new(Guid.Empty);

    private readonly byte[] _cursorKey = RandomNumberGenerator.GetBytes(32);
    private PageSnapshots? _pages;

    /// <summary>The next page of a query: its first, or the one that its cursor names.</summary>
    /// <param name="documentsMax">At least one.</param>
    /// <exception cref="InvalidRequestException">The query is invalid, or <c>cursor.invalid</c>.</exception>
    /// <exception cref="SnapshotTooOldException">The next page was asked for too late.</exception>
    public async ValueTask<EnginePage> QueryPageAsync(Query query, int documentsMax = 1000, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(documentsMax, 1);
        LiquidValidator.Validate(query);
        var hash = HashOf(query);
        var token = CursorOf(query) is { } cursor ? CursorToken.Read(cursor, _cursorKey, hash) : null;
        var snapshot = token is null ? await SnapshotAtAsync(query.At is { } at ? PointInTime.Parse(at) : SnapshotTimestamp(), cancellationToken).ConfigureAwait(false) : Pages.At(token.Snapshot);
        var isKept = token is not null;
        var warnings = token is null && KnownFields is { } known ? UnknownFields.Warnings(QueryFields.Of(query), known) : [];
        try
        {
            using var stream = Continue(query, token, snapshot, cancellationToken);
            var documents = new List<StoredDocument>();
            while (documents.Count < documentsMax && stream.MoveNext()) documents.Add(stream.Decode());
            var more = documents.Count == documentsMax && stream.MoveNext();
            var stoppedBy = more && query is TraverseQuery or PathQuery ? null : stream.StoppedBy;

            // A scan that was stopped has nothing more to give, a walk goes on from there, an aggregate gives the groups of what it has seen.
            var goesOn = query switch { TraverseQuery or PathQuery => more || stoppedBy is not null, AggregateQuery => more, _ => more && stoppedBy is null };
            if (!goesOn) return new(documents, null, stoppedBy) { Warnings = warnings };

            var given = (token?.Given ?? (query as ScanQuery)?.Skip ?? 0) + documents.Count;
            var idKey = new byte[DocumentId.KeyBytesMax];
            var last = documents.Count == 0 ? token?.LastIdKey ?? idKey.AsMemory(0, s_noneGiven.WriteKey(idKey)) : idKey.AsMemory(0, documents[^1].Id.WriteKey(idKey));
            if (!isKept) Pages.Keep(snapshot);
            isKept = true;
            return new(documents, new CursorToken(snapshot.Version, hash, (ulong)stream.Work.DocumentsExamined, given, last).Write(_cursorKey), stoppedBy) { Warnings = warnings };
        }
        finally
        {
            if (!isKept) snapshot.Dispose();
        }
    }

    /// <summary>Names of fields at the top of any document of any collection, of those that are gone too; null when that is not known.</summary>
    public IReadOnlySet<string>? KnownFields => _shapes.Names;

    private PageSnapshots Pages
    {
        get
        {
            if (Volatile.Read(ref _pages) is { } pages) return pages;
            Interlocked.CompareExchange(ref _pages, new(_snapshots), null);
            return _pages;
        }
    }

    /// <summary>What is left of a query after the documents that its cursor says were given.</summary>
    private DocumentStream Continue(Query query, CursorToken? token, EngineSnapshot snapshot, CancellationToken cancellationToken)
    {
        var whole = WithoutCursor(query) with { At = null };
        if (token is null) return Query(whole, snapshot, cancellationToken);
        if (whole is ScanQuery scan) return Scan(scan, snapshot, OrderKeyOf(scan, token.LastIdKey, snapshot), token.Given, cancellationToken);
        var stream = Query(whole, snapshot, cancellationToken);
        stream.Replay(token.Given, (long)token.Scan);
        return stream;
    }

    /// <summary>Where a document stands in the order of a scan at a snapshot.</summary>
    private byte[] OrderKeyOf(ScanQuery query, ReadOnlyMemory<byte> idKey, EngineSnapshot snapshot)
    {
        if (query.Sort.Count == 0) return idKey.ToArray();
        if (FindCollection(query.From) is not { } collection) return [];
        var byId = new ScanRequest(collection) { Where = Filter.Eq(FieldNames.Id, DocumentId.ReadKey(idKey.Span).ToValue()), Sort = query.Sort, Limit = 1 };
        using var stream = Scan(byId, snapshot);
        return stream.MoveNext() ? stream.OrderKey.ToArray() : throw new SnapshotTooOldException("The document at which the last page ended is not kept any more. Repeat the query from its beginning.");
    }

    /// <summary>Of the words, and of what the names in them stand for: a collection that is made again under its name is another one.</summary>
    private ulong HashOf(Query query)
    {
        var hash = XxHash3.HashToUInt64(LiquidBinary.Write(WithoutCursor(query)), (long)(FindCollection(query.From)?.Value ?? 0));
        var others = query switch
        {
            ScanQuery scan => scan.Include.Select(include => include.To.Collection),
            TraverseQuery traverse => traverse.Hops.Select(hop => hop.To.Collection),
            PathQuery path => path.Hops.Select(hop => hop.To.Collection),
            _ => [],
        };
        foreach (var name in others) hash = (hash * 31) + (FindCollection(name)?.Value ?? 0);
        return hash;
    }

    private static string? CursorOf(Query query) => query switch
    {
        ScanQuery scan => scan.Cursor,
        AggregateQuery aggregate => aggregate.Cursor,
        TraverseQuery traverse => traverse.Cursor,
        PathQuery path => path.Cursor,
        _ => null,
    };

    private static Query WithoutCursor(Query query) => query switch
    {
        ScanQuery scan => scan with { Cursor = null },
        AggregateQuery aggregate => aggregate with { Cursor = null },
        TraverseQuery traverse => traverse with { Cursor = null },
        PathQuery path => path with { Cursor = null },
        var other => other,
    };
}
