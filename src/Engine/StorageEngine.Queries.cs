// The Liquid AST over one engine, for embedded use: names become ids, each node its method, and the point in time that a
// query names with `at` becomes a snapshot.

using IngoDB.Engine.Adjacency;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>Get, scan, aggregate, traverse and path, by collection name. A collection that does not exist is empty.</summary>
    /// <exception cref="InvalidRequestException">The query is invalid.</exception>
    public DocumentStream Query(Query query, EngineSnapshot? snapshot = null, CancellationToken cancellationToken = default)
    {
        LiquidValidator.Validate(query);
        if (query.At is { } then && CursorOf(query) is null) return Query(query with { At = null }, SnapshotThen(then, snapshot, cancellationToken), cancellationToken);
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
            _ => throw new InvariantViolationException($"a {query.GetType().Name} is no query that is known"),
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
        return _queries.Including(state, at, stream, query.Include, query.Select, FindCollection, cancellationToken);
    }

    private DocumentStream Aggregate(AggregateQuery query, EngineSnapshot? snapshot, CancellationToken cancellationToken)
    {
        var at = ReadPointOf(snapshot, out var state);
        return _queries.Aggregate(state, at, FindCollection(query.From) ?? default, query, lease: null, cancellationToken);
    }

    private DocumentStream Walk(Query query, EngineSnapshot? snapshot, CancellationToken cancellationToken)
    {
        var at = ReadPointOf(snapshot, out var state);
        var plan = Options.Learning == LearningMode.On && _links.IsOn && query is TraverseQuery traverse ? LinkPlan.Of(traverse, FindCollection) : null;
        if (plan?.Open(_links, state, at, (collection, where) => _queries.Scan(state, at, new(collection) { Where = where }, lease: null, cancellationToken), Ended, cancellationToken) is { } linked) return linked;
        return new WalkStream(GraphWalk.Of(query, new EngineFrontierSource(_queries, state, at, FindCollection, cancellationToken), _queries.Time), Ended, cancellationToken);

        void Ended(long examined)
        {
            if (plan is not null) _links.Note(plan.Links, examined);
        }
    }

    /// <summary>The point in time that a query names itself. It is kept readable for as long as a lease lasts; the versions behind it, for the time of retention.</summary>
    /// <exception cref="SnapshotTooOldException">It lies further back than what is kept.</exception>
    private EngineSnapshot SnapshotThen(string at, EngineSnapshot? beside, CancellationToken cancellationToken)
    {
        if (beside is not null) throw new InvalidRequestException("query.two_points_in_time", "The query says 'at', and a snapshot was passed beside it.", "/at", "one of the two");
        var version = Past(PointInTime.Parse(at));
        // Waits for writes that are under way and lie before it, so that it never reads differently later.
        Pages.Keep(SnapshotAtAsync(version, cancellationToken).AsTask().GetAwaiter().GetResult());
        return Pages.At(version);
    }

    /// <summary>What is yet to come would read differently later.</summary>
    private DocumentVersion Past(DocumentVersion version)
        => version <= _clock.Now() ? version : throw new InvalidRequestException("snapshot.in_the_future", "A query's 'at' lies in the future of this engine's clock.", "/at", "a time that has passed");
}
