// The Liquid AST over one engine, for embedded use: names become ids, each node its method. What a node that is
// not executed yet answers is a typed refusal with code not.yet, never a wrong or empty result.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>Get, scan, traverse, path, and aggregate with only counts, by collection name. A collection that does not exist is empty.</summary>
    /// <exception cref="InvalidRequestException">The query is invalid, or <c>not.yet</c>.</exception>
    public DocumentStream Query(Query query, EngineSnapshot? snapshot = null, CancellationToken cancellationToken = default)
    {
        LiquidValidator.Validate(query);
        if (query.At is not null) throw NotYet("at", "Take a snapshot and pass it beside the query");
        return query switch
        {
            GetQuery get => Get(get, snapshot),
            ScanQuery scan => Scan(scan, snapshot, cancellationToken),
            AggregateQuery aggregate => Count(aggregate, snapshot, cancellationToken),
            TraverseQuery traverse => Walk(traverse, traverse.Cursor, snapshot, cancellationToken),
            PathQuery path => Walk(path, path.Cursor, snapshot, cancellationToken),
            _ => throw NotYet(query.GetType().Name, "get, scan, traverse, or an aggregate with only fn: count"),
        };
    }

    private ListStream Get(GetQuery query, EngineSnapshot? snapshot)
    {
        if (query.Include.Count > 0) throw NotYet("include", "Read the documents it names with a second get");
        if (FindCollection(query.From) is not { } collection) return new([]);
        var found = new List<StoredDocument>(query.Ids.Count);
        foreach (var id in query.Ids)
            if (GetSelected(collection, id, query.Select, snapshot) is { } document) found.Add(document);
        return new(found);
    }

    private StoredDocument? GetSelected(CollectionId collection, DocumentId id, IReadOnlyList<FieldPath>? select, EngineSnapshot? snapshot)
    {
        if (select is null) return Get(collection, id, snapshot);
        using var one = Scan(new ScanRequest(collection) { Where = Filter.Eq(FieldNames.Id, id.ToValue()), Select = select }, snapshot);
        return one.MoveNext() ? one.Decode() : null;
    }

    private DocumentStream Scan(ScanQuery query, EngineSnapshot? snapshot, CancellationToken cancellationToken)
    {
        if (query.Include.Count > 0) throw NotYet("include", "Join with a second query");
        if (query.Cursor is not null) throw NotYet("cursor", "An embedded scan is a stream: keep reading it");
        if (FindCollection(query.From) is not { } collection) return new ListStream([]);
        var request = new ScanRequest(collection)
        {
            Where = query.Where,
            Sort = query.Sort,
            Select = query.Select,
            Limit = query.Limit is { } limit ? limit + query.Skip : null,
            Budget = query.Budget,
        };
        var stream = Scan(request, snapshot, cancellationToken);
        for (var i = 0; i < query.Skip; i++)
            if (!stream.MoveNext()) break;
        return stream;
    }

    private ListStream Count(AggregateQuery query, EngineSnapshot? snapshot, CancellationToken cancellationToken)
    {
        if (query.By.Count > 0 || query.Having is not null || query.Compute.Any(c => c.Value is not { Function: AccumulatorFunction.Count, Field: null }))
            throw NotYet("aggregate beyond count", "{\"n\":{\"fn\":\"count\"}}");
        var count = FindCollection(query.From) is { } collection ? Count(collection, query.Where, snapshot, cancellationToken) : 0;
        var fields = new DocumentBuilder();
        foreach (var (name, _) in query.Compute) fields.Add(name, count);
        return new([new(new DocumentId("count"), DocumentVersion.None, fields.Build())]);
    }

    private DocumentStream Walk(Query query, string? cursor, EngineSnapshot? snapshot, CancellationToken cancellationToken)
    {
        if (cursor is not null) throw NotYet("cursor", "An embedded traversal is a stream: keep reading it, and Resume() goes on behind a budget");
        var at = ReadPointOf(snapshot, out var state);
        return Watched(new WalkStream(GraphWalk.Of(query, new EngineFrontierSource(_queries, state, at, FindCollection, cancellationToken), _queries.Time), cancellationToken));
    }

    private static InvalidRequestException NotYet(string what, string instead)
        => new("not.yet", $"{what} is not executed by this version.", suggestion: instead);
}
