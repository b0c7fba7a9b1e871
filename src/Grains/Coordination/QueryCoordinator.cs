// A query from the wire to a page: decoded and validated here, once, before any work; its collection found; its point in
// time chosen; then each kind goes its way.

using System.Security.Cryptography;
using IngoDB.Abstractions;
using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Querying;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Collections;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Answers get, scan, aggregate, traverse and path, a page at a time. Thread-safe; one per silo.</summary>
internal sealed class QueryCoordinator(CatalogView catalog, PartitionRouter router, IGrainFactory grains, IdleQueries<OpenTraversal> traversals, IdleQueries<OpenAggregate> aggregates, SpillFolder spill, FieldWarnings fields, NearCopies near)
{
    public const int PageBytesDefault = 256 << 10;
    private const int NoticeExaminedMin = 1_000;
    private const int PageBytesMin = 4 << 10;
    private const int PageBytesMax = 1 << 20;

    private long _workNotNoticed;

    public async ValueTask<PageReply> RunAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        if (LiquidBinary.Read(request.Ast) is not Query query) throw new InvalidRequestException("query.not_a_query", "The request is a write; writes go through WriteAsync.");
        LiquidValidator.Validate(query);
        var map = await catalog.GetAsync(request.Database, cancellationToken).ConfigureAwait(false);
        (map, var collection) = await FoundAsync(map, query.From, "/from", cancellationToken).ConfigureAwait(false);
        var scope = new RequestScope(map, router, cancellationToken, near.Of(map, request.Concern));
        var pageBytes = request.PageBytes <= 0 ? PageBytesDefault : Math.Clamp(request.PageBytes, PageBytesMin, PageBytesMax);
        if (request.Explain != ExplainMode.No) return await ExplainAsync(scope, query, collection, request.Explain == ExplainMode.Execute).ConfigureAwait(false);
        var reply = await AnswerAsync(scope, query, collection, pageBytes).ConfigureAwait(false);
        return IsContinued(query) || await fields.OfAsync(scope, query).ConfigureAwait(false) is not { Length: > 0 } warnings ? reply : reply.Warned(warnings);
    }

    private async ValueTask<PageReply> AnswerAsync(RequestScope scope, Query query, uint collection, int pageBytes) => query switch
    {
        GetQuery get => await new GetCoordinator(scope, collection).RunAsync(get, await IncludedAsync(scope, get.Include).ConfigureAwait(false)).ConfigureAwait(false),
        ScanQuery scan => await ScanAsync(scope, scan, collection, pageBytes).ConfigureAwait(false),
        TraverseQuery traverse => await TraverseAsync(scope, traverse with { Cursor = null }, traverse.Hops, traverse.Cursor, collection, pageBytes).ConfigureAwait(false),
        PathQuery path => await TraverseAsync(scope, path with { Cursor = null }, path.Hops, path.Cursor, collection, pageBytes).ConfigureAwait(false),
        AggregateQuery aggregate => await AggregateAsync(scope, aggregate, collection, pageBytes).ConfigureAwait(false),
        _ => throw new InvariantViolationException($"a {query.GetType().Name} is no query that is known"),
    };

    private static bool IsContinued(Query query) => query is ScanQuery { Cursor: not null } or AggregateQuery { Cursor: not null } or TraverseQuery { Cursor: not null } or PathQuery { Cursor: not null };

    /// <exception cref="InvalidRequestException"><c>collection.not_found</c>, with the nearest names there are.</exception>
    public async ValueTask<(DatabaseMap Map, uint Collection)> FoundAsync(DatabaseMap map, string name, string pointer, CancellationToken cancellationToken)
    {
        (map, var found) = await catalog.FindCollectionAsync(map, name, cancellationToken).ConfigureAwait(false);
        return found is null ? throw NearestNames.NotFound(map, name, pointer) : (map, found.Id);
    }

    private async ValueTask<IReadOnlyDictionary<string, uint>> IncludedAsync(RequestScope scope, IReadOnlyList<Include> includes)
    {
        var collections = new Dictionary<string, uint>(StringComparer.Ordinal);
        for (var i = 0; i < includes.Count; i++)
            (_, collections[includes[i].To.Collection]) = await FoundAsync(scope.Map, includes[i].To.Collection, $"/include/{i}/to/collection", scope.Cancellation).ConfigureAwait(false);
        return collections;
    }

    private async ValueTask<PageReply> ScanAsync(RequestScope scope, ScanQuery query, uint collection, int pageBytes)
    {
        var collections = await IncludedAsync(scope, query.Include).ConfigureAwait(false);
        var key = await catalog.TokenKeyAsync(scope.Cancellation).ConfigureAwait(false);
        var hash = QueryHash.Of(query with { Cursor = null }, [collection, .. query.Include.Select(include => collections[include.To.Collection])]);
        var coordinator = new ScanCoordinator(scope, query with { Select = IncludeBatch.Reading(query.Select, query.Include), Include = [] }, collection, pageBytes);
        ScanPosition position;
        if (query.Cursor is null)
        {
            position = new(await SnapshotAsync(scope, query.At).ConfigureAwait(false), NewScan(), Given: 0, After: []);
        }
        else
        {
            var token = CursorToken.Read(query.Cursor, key, hash);
            position = new(token.Snapshot, token.Scan, token.Given, await coordinator.OrderKeyAsync(token.Snapshot, token.LastIdKey).ConfigureAwait(false));
        }

        var page = await coordinator.RunAsync(position).ConfigureAwait(false);
        Notice(scope, collection, Math.Max(page.Examined, (long)page.Cost));
        return new()
        {
            Page = await IncludePages.AttachAsync(scope, query.Include, query.Select, collections, position.Snapshot, page.Writer.Count == 0 ? [] : page.Writer.Finish()).ConfigureAwait(false),
            Cursor = page.More && page.StoppedBy is null ? new CursorToken(position.Snapshot, hash, position.Scan, page.Given, page.LastIdKey).Write(key) : null,
            Snapshot = position.Snapshot.Raw,
            DocumentsExamined = page.Examined,
            MissingPartitions = scope.Missing,
            Warnings = scope.Warnings,
            StoppedBy = page.StoppedBy,
        };
    }

    private async ValueTask<PageReply> AggregateAsync(RequestScope scope, AggregateQuery query, uint collection, int pageBytes)
    {
        if (CountCoordinator.IsCount(query)) return await CountCoordinator.RunAsync(scope, query, collection).ConfigureAwait(false);
        var key = await catalog.TokenKeyAsync(scope.Cancellation).ConfigureAwait(false);
        var reply = await new AggregateCoordinator(scope, query, collection, aggregates, spill).RunAsync(key, pageBytes).ConfigureAwait(false);
        Notice(scope, collection, reply.DocumentsExamined);
        return reply;
    }

    private async ValueTask<PageReply> TraverseAsync(RequestScope scope, Query query, IReadOnlyList<Hop> hops, string? cursor, uint collection, int pageBytes)
    {
        var collections = await HoppedAsync(scope, query.From, hops, collection).ConfigureAwait(false);
        var key = await catalog.TokenKeyAsync(scope.Cancellation).ConfigureAwait(false);
        var reply = await new TraverseCoordinator(scope, query with { At = null }, hops, cursor, query.At, collections, traversals).RunAsync(key, pageBytes).ConfigureAwait(false);
        foreach (var touched in collections.Values) Notice(scope, touched, reply.DocumentsExamined);
        return reply;
    }

    private async ValueTask<PageReply> ExplainAsync(RequestScope scope, Query query, uint collection, bool execute)
    {
        var (hops, whole) = query switch
        {
            TraverseQuery traverse => (traverse.Hops, traverse with { Cursor = null }),
            PathQuery path => (path.Hops, path with { Cursor = null }),
            _ => ((IReadOnlyList<Hop>)[], query),
        };
        var collections = await HoppedAsync(scope, query.From, hops, collection).ConfigureAwait(false);
        var measured = execute && hops.Count > 0 ? await WalkedAsync(scope, whole, hops, collection).ConfigureAwait(false) : null;
        return await new ExplainCoordinator(scope, execute, grains).RunAsync(query, collections, measured).ConfigureAwait(false);
    }

    /// <summary>What a whole walk costs, up to its limit or its budget.</summary>
    private async ValueTask<Document> WalkedAsync(RequestScope scope, Query query, IReadOnlyList<Hop> hops, uint collection)
    {
        var (examined, returned, pages) = (0L, 0L, 0L);
        PageReply reply;
        string? cursor = null;
        do
        {
            reply = await TraverseAsync(scope, query, hops, cursor, collection, PageBytesMax).ConfigureAwait(false);
            (examined, pages, cursor) = (examined + reply.DocumentsExamined, pages + 1, reply.Cursor);
            if (reply.Page.Length > 0) returned += DocumentPageReader.DecodeAll(reply.Page).Count;
        } while (cursor is not null && reply.StoppedBy is null);

        var measured = new DocumentBuilder().Add("documentsExamined", examined).Add("documentsReturned", returned).Add("pages", pages);
        if (reply.StoppedBy is { } stopped) measured.Add("stoppedBy", stopped);
        return measured.Build();
    }

    /// <summary>The collections that a walk comes through, by name.</summary>
    private async ValueTask<Dictionary<string, uint>> HoppedAsync(RequestScope scope, string from, IReadOnlyList<Hop> hops, uint collection)
    {
        var collections = new Dictionary<string, uint>(StringComparer.Ordinal) { [from] = collection };
        for (var i = 0; i < hops.Count; i++)
            (_, collections[hops[i].To.Collection]) = await FoundAsync(scope.Map, hops[i].To.Collection, $"/hops/{i}/to/collection", scope.Cancellation).ConfigureAwait(false);
        return collections;
    }

    /// <summary>An expensive query is worth a look at what could be learned from it. Nobody waits for that.</summary>
    /// <param name="work">In documents examined; of queries that do little by themselves it adds up.</param>
    private void Notice(RequestScope scope, uint collection, long work)
    {
        if (work < NoticeExaminedMin && (work = Interlocked.Add(ref _workNotNoticed, work)) < NoticeExaminedMin) return;
        Interlocked.Exchange(ref _workNotNoticed, 0);
        var noticed = grains.GetGrain<ICollectionGrain>(CollectionKey.Of(scope.Map.Name, collection)).NoticedAsync().AsTask();
        noticed.ContinueWith(static lost => _ = lost.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public static ValueTask<DocumentVersion> SnapshotAsync(RequestScope scope, string? at)
        => at is null ? SnapshotClock.ChosenAsync(scope) : new(PointInTime.Parse(at));

    public static ulong NewScan() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;
}
