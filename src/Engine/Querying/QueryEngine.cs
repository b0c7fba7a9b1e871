// The reading half of an engine, as one door: StorageEngine hands in the state and the read point, and gets
// documents. Each query is planned (pure), executed, and its work told to the statistics, from which the advisor
// learns. Nothing here writes, and nothing here knows how a state came to be.
//
// Thread-safe: what a query needs is made for it; shared are only the open index files and the statistics.

using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Executes reads. Thread-safe. Streams dispose the lease they are given.</summary>
internal sealed class QueryEngine(IFileSystem files, string directory, TimeProvider time, QueryCosts costs, SpillFolder spill, Action<Exception> damagedIndex) : IDisposable
{
    private readonly OpenIndexes _indexes = new(files, directory, damagedIndex);
    private readonly SupersededRows _superseded = new();

    public TimeProvider Time => time;

    public long SpilledRuns => spill.Written;

    public QueryStatistics Statistics { get; } = new(time, costs);

    /// <summary>Which keys are asked for again and again.</summary>
    public HotFields Hot { get; } = new(time);

    /// <summary>Keys that the files of a partial index have entries for.</summary>
    public IReadOnlyList<KeyRange> RangesOfFiles(EngineState state, IndexDefinition index)
        => KeyRanges.Normalize(state.Tables.SelectMany(table => _indexes.Find(table.Info.Id, index.Id)?.Contents.Ranges ?? []));

    /// <summary>Opens the index files of the state's tables that are not open yet. Call before the state is published.</summary>
    public void Attach(EngineState state) => _indexes.Attach(state);

    /// <summary>The table is no longer part of the newest state. Queries that run keep what they have.</summary>
    public void Detach(TableId table)
    {
        _indexes.Detach(table);
        _superseded.Forget(table);
    }

    /// <summary>The document of the key that the read point sees; false when there is none, or it is deleted or expired.</summary>
    public bool TryGet(EngineState state, ReadPoint at, ReadOnlySpan<byte> key, out EntryHit hit)
    {
        var counters = new ReadCounters();
        var found = PointReader.TryGet(state, at, key, ref counters, out hit);
        Statistics.Tree.CountGet(counters.FilterProbes);
        return found;
    }

    /// <summary>The same for many keys of a collection; returns how many were found.</summary>
    public int TryGetMany(EngineState state, ReadPoint at, CollectionId collection, ReadOnlySpan<DocumentId> ids, Span<RowResult> results)
    {
        var counters = new ReadCounters();
        return MultiReader.Read(state, at, collection, ids, results, ref counters);
    }

    public DocumentStream Scan(EngineState state, ReadPoint at, ScanRequest request, IDisposable? lease = null, CancellationToken cancellationToken = default)
        => Start(state, at, request, QueryShape.Of(request), join: null, lease, cancellationToken);

    public long Count(EngineState state, ReadPoint at, CollectionId collection, Filter? where, CancellationToken cancellationToken = default)
    {
        var request = new ScanRequest(collection) { Where = where, Select = [] };
        var (run, executor) = Prepare(state, at, request, QueryShape.Of(request, "count"), join: null, ordered: false, cancellationToken);
        var count = executor.Count();
        run.Record(Statistics, Hot, count);
        return count;
    }

    /// <summary>The documents of a stream with those of other collections that its includes name; the stream was read with <see cref="IncludeBatch.Reading"/>.</summary>
    public DocumentStream Including(EngineState state, ReadPoint at, DocumentStream stream, IReadOnlyList<Include> includes, IReadOnlyList<FieldPath>? select, Func<string, CollectionId?> collections, CancellationToken cancellationToken)
        => includes.Count == 0 ? stream : new IncludeStream(stream, includes, select, new EngineJoinSource(this, state, at, collections), cancellationToken);

    /// <summary>The results of an aggregate, in its order.</summary>
    public DocumentStream Aggregate(EngineState state, ReadPoint at, CollectionId collection, AggregateQuery query, IDisposable? lease = null, CancellationToken cancellationToken = default)
        => new AggregateStream(query, PartialGroups(state, at, collection, query, lease, cancellationToken), new(query, spill));

    /// <summary>Its groups as they go to a coordinator: the order key is a record's key, the row its state (GroupFormat).</summary>
    public DocumentStream PartialGroups(EngineState state, ReadPoint at, CollectionId collection, AggregateQuery query, IDisposable? lease = null, CancellationToken cancellationToken = default)
        => new PartialGroups(RunOf(state, at, collection, query, cancellationToken), lease);

    /// <summary>Documents that hold one of the values at the field (arrays match by any element) and satisfy the filter; by id.</summary>
    public DocumentStream Join(EngineState state, ReadPoint at, CollectionId collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, IDisposable? lease = null, CancellationToken cancellationToken = default)
        => Join(state, at, new ScanRequest(collection) { Where = where }, field, new JoinValues(values), ordered: true, lease, cancellationToken);

    /// <summary>The same for keys. Without <paramref name="ordered"/> they come in whatever order is the cheapest; with it by id, for which the keys of a join on `_id` have to be in order.</summary>
    public DocumentStream Join(EngineState state, ReadPoint at, ScanRequest request, FieldPath field, JoinKeys keys, bool ordered, IDisposable? lease = null, CancellationToken cancellationToken = default)
        => field.WithoutFanOut.IsId ? new KeyedStream(state, at, request, keys, lease) : Join(state, at, request, field, new JoinValues(keys), ordered, lease, cancellationToken);

    private ExecutedStream Join(EngineState state, ReadPoint at, ScanRequest request, FieldPath field, JoinValues values, bool ordered, IDisposable? lease, CancellationToken cancellationToken)
    {
        var edge = field.WithoutFanOut;
        return Start(state, at, request, new("join", request.Collection, request.Where, [], Edge: edge), new(edge, values), lease, cancellationToken, ordered);
    }

    /// <summary>What the planner does for a scan, what it weighed, and what would be learned; with <paramref name="execute"/> the scan runs and its measured work is shown.</summary>
    public Document Explain(EngineState state, ReadPoint at, ScanRequest request, bool execute, CancellationToken cancellationToken = default)
    {
        var input = PlannerInputs.Of(state, at, request.Collection, _indexes, Statistics.Costs);
        var plan = QueryPlanner.Plan(request, input);
        QueryWork? measured = null;
        if (execute)
        {
            using var stream = Scan(state, at, request, lease: null, cancellationToken);
            while (stream.MoveNext()) measured = null;
            measured = stream.Work;
        }

        var shape = QueryShape.Of(request);
        return Explanation.Of(shape, request, plan, input, Statistics.Find(shape.Hash()), measured);
    }

    /// <summary>The same for an aggregate: how its documents are reached, and (measured) how many records of groups it makes of them, from what.</summary>
    public Document Explain(EngineState state, ReadPoint at, CollectionId collection, AggregateQuery query, bool execute, CancellationToken cancellationToken = default)
    {
        var request = RequestOf(collection, query);
        var input = PlannerInputs.Of(state, at, collection, _indexes, Statistics.Costs);
        var plan = QueryPlanner.Plan(request, input);
        QueryWork? measured = null;
        Document? groups = null;
        if (execute)
        {
            using var stream = new PartialGroups(RunOf(state, at, collection, query, cancellationToken), lease: null);
            while (stream.MoveNext()) measured = null;
            (measured, groups) = (stream.Work, stream.Explain());
        }

        var shape = QueryShape.Of(query, collection);
        var explained = Explanation.Of(shape, request, plan, input, Statistics.Find(shape.Hash()), measured).With("sort", query.Sort.Count == 0 ? "none: groups come in the order of their values" : "of the results, where the partitions' groups are merged");
        return groups is null ? explained : explained.With("groups", groups);
    }

    /// <summary>The documents of an aggregate, of which only what it groups by and computes is looked at.</summary>
    private static ScanRequest RequestOf(CollectionId collection, AggregateQuery query) => new(collection)
    {
        Where = query.Where,
        Budget = query.Budget,
        Select = [.. query.By, .. query.Compute.Select(named => named.Value.Field).OfType<FieldPath>()],
    };

    private AggregateRun RunOf(EngineState state, ReadPoint at, CollectionId collection, AggregateQuery query, CancellationToken cancellationToken)
    {
        var request = RequestOf(collection, query);
        var (run, executor) = Prepare(state, at, request, QueryShape.Of(query, collection), join: null, ordered: false, cancellationToken);
        return new(query, run, executor, spill, Statistics, Hot);
    }

    /// <summary>Rows of a collection in memtables and tables, superseded ones too.</summary>
    public static long RowsOf(EngineState state, CollectionId collection) => PlannerInputs.RowsOf(state, collection);

    public IReadOnlyList<IndexStatus> IndexStatuses(EngineState state) => IndexReport.Of(state, Statistics);

    public void Dispose() => _indexes.Dispose();

    private ExecutedStream Start(EngineState state, ReadPoint at, ScanRequest request, QueryShape shape, JoinEdge? join, IDisposable? lease, CancellationToken cancellationToken, bool ordered = true)
    {
        var (run, executor) = Prepare(state, at, request, shape, join, ordered, cancellationToken);
        var projection = request.Select is null ? null : new Projection(request.Select);
        return new(executor.Open(), run, request.Limit, projection, returned => run.Record(Statistics, Hot, returned), lease);
    }

    private (QueryRun Run, QueryExecutor Executor) Prepare(EngineState state, ReadPoint at, ScanRequest request, QueryShape shape, JoinEdge? join, bool ordered, CancellationToken cancellationToken)
    {
        var counters = new ReadCountersBox();
        var node = join is null ? null : new JoinNode(join.Edge, join.Values);
        var filter = new CompiledFilter(request.Where, node);
        var input = PlannerInputs.Of(state, at, request.Collection, _indexes, Statistics.Costs);
        var plan = join is null ? QueryPlanner.Plan(request, input) : QueryPlanner.Plan(request, input, join.Codes, join.Values.ConstraintsOn(join.Edge, FieldConstraints.Conjuncts(request.Where).Count));
        if (!ordered) plan = plan with { Sort = SortMethod.None };
        var meter = new BudgetMeter(request.Budget, time, cancellationToken);
        var run = new QueryRun(shape, plan, input, filter, node, meter, counters, request.Limit);
        var sources = new QuerySources(state, at, request.Collection, _indexes, _superseded, counters);
        return (run, new(sources, request, plan, filter, meter));
    }

    private sealed record JoinEdge(FieldPath Edge, JoinValues Values)
    {
        /// <summary>As a condition on codes; null where no column could decide it.</summary>
        public CodeCondition? Codes => CodeConditions.FieldOf(Edge) is { } name ? new CodeCondition.Joined(name, Values) : null;
    }
}
