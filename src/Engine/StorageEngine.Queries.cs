// The Liquid AST over one engine, for embedded use: names become ids, each node its method. What a node that is
// not executed yet answers is a typed refusal with code not.yet, never a wrong or empty result.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>Get, scan, aggregate, traverse and path, by collection name. A collection that does not exist is empty.</summary>
    /// <exception cref="InvalidRequestException">The query is invalid, or <c>not.yet</c>.</exception>
    public DocumentStream Query(Query query, EngineSnapshot? snapshot = null, CancellationToken cancellationToken = default)
    {
        LiquidValidator.Validate(query);
        if (query.At is not null) throw NotYet("at", "Take a snapshot and pass it beside the query");
        if (CursorOf(query) is { } cursor)
        {
            var token = CursorToken.Read(cursor, _cursorKey, HashOf(query));
            return Continue(query, token, Pages.At(token.Snapshot), cancellationToken);
        }

        return query switch
        {
            GetQuery get => Get(get, snapshot, cancellationToken),
            ScanQuery scan => Scan(scan, snapshot, [], given: 0, cancellationToken),
            AggregateQuery aggregate => Aggregate(aggregate, snapshot, cancellationToken),
            TraverseQuery traverse => Walk(traverse, snapshot, cancellationToken),
            PathQuery path => Walk(path, snapshot, cancellationToken),
            _ => throw NotYet(query.GetType().Name, "get, scan, aggregate, traverse or path"),
        };
    }

    private DocumentStream Get(GetQuery query, EngineSnapshot? snapshot, CancellationToken cancellationToken)
    {
        var at = ReadPointOf(snapshot, out var state);
        if (FindCollection(query.From) is not { } collection) return new ListStream([]);
        var select = IncludeBatch.Reading(query.Select, query.Include);
        var found = new List<StoredDocument>(query.Ids.Count);
        foreach (var id in query.Ids)
        {
            using var one = _queries.Scan(state, at, new(collection) { Where = Filter.Eq(FieldNames.Id, id.ToValue()), Select = select }, lease: null, cancellationToken);
            if (one.MoveNext()) found.Add(one.Decode());
        }

        return _queries.Including(state, at, new ListStream(found), query.Include, query.Select, FindCollection, cancellationToken);
    }

    /// <param name="after">The order key of the last document that earlier pages gave; empty at the beginning.</param>
    /// <param name="given">How many documents they gave or skipped.</param>
    private DocumentStream Scan(ScanQuery query, EngineSnapshot? snapshot, byte[] after, long given, CancellationToken cancellationToken)
    {
        if (FindCollection(query.From) is not { } collection) return new ListStream([]);
        var at = ReadPointOf(snapshot, out var state);
        var request = new ScanRequest(collection)
        {
            Where = query.Where,
            Sort = query.Sort,
            Select = IncludeBatch.Reading(query.Select, query.Include),
            Limit = query.Limit is { } limit ? (int)Math.Max(0, limit + query.Skip - given) : null,
            After = after,
            Budget = query.Budget,
        };
        var stream = _queries.Scan(state, at, request, lease: null, cancellationToken);
        for (var i = given; i < query.Skip; i++)
            if (!stream.MoveNext()) break;
        return Watched(_queries.Including(state, at, stream, query.Include, query.Select, FindCollection, cancellationToken));
    }

    private DocumentStream Aggregate(AggregateQuery query, EngineSnapshot? snapshot, CancellationToken cancellationToken)
    {
        var at = ReadPointOf(snapshot, out var state);
        return Watched(_queries.Aggregate(state, at, FindCollection(query.From) ?? default, query, lease: null, cancellationToken));
    }

    private DocumentStream Walk(Query query, EngineSnapshot? snapshot, CancellationToken cancellationToken)
    {
        var at = ReadPointOf(snapshot, out var state);
        return Watched(new WalkStream(GraphWalk.Of(query, new EngineFrontierSource(_queries, state, at, FindCollection, cancellationToken), _queries.Time), cancellationToken));
    }

    private static InvalidRequestException NotYet(string what, string instead)
        => new("not.yet", $"{what} is not executed by this version.", suggestion: instead);
}
