// What the queries of this engine have cost, by shape: operators and fields, never constants, so that a thousand
// tenants asking the same question are one shape with a thousand executions. The map is bounded: when it is
// full, the eighth of the shapes with the least recent cost makes room.
//
// They survive a restart: Save gives all of it as one value, Restore takes it on, evidence as much weaker as it is old.

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Statistics;

/// <summary>The evidence that the advisor judges. Thread-safe; recording a known shape allocates nothing.</summary>
internal sealed class QueryStatistics(TimeProvider time, QueryCosts costs, int shapesMax = 1024)
{
    private const int RecentMax = 256;

    private static readonly TimeSpan HalfLife = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ulong, ShapeCounters> _shapes = new();
    private readonly ConcurrentDictionary<(CollectionId Collection, string Path), IndexCounters> _indexes = new();

    private readonly ConcurrentDictionary<CollectionId, StrongBox<long>> _writes = new();

    // Those recorded last, each where the lower bits of its hash say: found without a search, and without a write that others wait for.
    private readonly ShapeCounters?[] _recent = new ShapeCounters?[RecentMax];

    // The same for accounts, by the number of the index, which is never used for another: one that is gone costs its place.
    private readonly NumberedAccount?[] _recentAccounts = new NumberedAccount?[RecentMax];

    private sealed record NumberedAccount(uint Index, IndexCounters Counters);

    private long _rowsBesideTables;
    private CostLearner _learner = new(costs);

    /// <summary>As given, as far as this machine's measurements have not moved them.</summary>
    public QueryCosts Costs => _learner.Costs;

    /// <summary>What the machine's measurements say about <see cref="Costs"/>.</summary>
    public CostLearner Learner => _learner;

    public TimeProvider Time { get; } = time;

    /// <summary>Told what each execution has cost, once it is recorded.</summary>
    public Action<double>? Spent { get; set; }

    /// <summary>Fields that queries have read rows for want of a column of.</summary>
    public WantedColumns Wanted { get; } = new(time);

    /// <summary>What was asked of the tree of tables.</summary>
    public TreeWorkCounters Tree { get; } = new();

    public IReadOnlyList<QueryShapeStatistics> Shapes => [.. _shapes.Values.Select(shape => shape.Read()).OrderByDescending(shape => shape.DocumentsExamined).ThenBy(shape => shape.Shape, StringComparer.Ordinal)];

    /// <summary>The counters of a shape, made with <paramref name="describe"/> when it is new.</summary>
    public ShapeCounters For<TQuery>(ulong shapeHash, TQuery query, Func<TQuery, ShapeDescription> describe)
    {
        ref var recent = ref _recent[shapeHash % RecentMax];
        if (Volatile.Read(ref recent) is { } last && last.Hash == shapeHash) return last;
        if (!_shapes.TryGetValue(shapeHash, out var known))
        {
            if (_shapes.Count >= shapesMax) MakeRoom();
            known = _shapes.GetOrAdd(shapeHash, new ShapeCounters(describe(query), Time, HalfLife) { Hash = shapeHash });
        }

        Volatile.Write(ref recent, known);
        return known;
    }

    /// <summary>Rows of memtables that a query had to scan beside the indexes or columns of tables.</summary>
    public void RecordScanBesideTables(long rows) => Interlocked.Add(ref _rowsBesideTables, rows);

    /// <summary>Have these scans cost what writing the memtable as a table, with its indexes, costs? If so they are forgotten.</summary>
    public bool TakeFlushPaid(long entriesInMemory)
    {
        if (Volatile.Read(ref _rowsBesideTables) * Costs.RowExamined < Costs.Build(entriesInMemory) * Costs.Rewrites) return false;
        Interlocked.Exchange(ref _rowsBesideTables, 0);
        return true;
    }

    /// <summary>What is known of a shape; null when it was never executed.</summary>
    public QueryShapeStatistics? Find(ulong shapeHash) => _shapes.TryGetValue(shapeHash, out var known) ? known.Read() : null;

    /// <summary>Documents written to a collection: what its indexes will have to pay for.</summary>
    public void RecordWrites(CollectionId collection, long documents)
        => Interlocked.Add(ref WritesCounter(collection).Value, documents);

    /// <summary>The same for a caller that writes often and keeps the counter.</summary>
    public StrongBox<long> WritesCounter(CollectionId collection) => _writes.GetOrAdd(collection, static _ => new());

    public void RecordIndexUse(CollectionId collection, string path, double saved)
        => IndexOf(collection, path).RecordUse(saved);

    /// <summary>The same for a caller that knows the index: a number is found faster than a path.</summary>
    public void RecordIndexUse(uint index, CollectionId collection, string path, double saved)
    {
        ref var recent = ref _recentAccounts[index % RecentMax];
        if (Volatile.Read(ref recent) is not { } account || account.Index != index) Volatile.Write(ref recent, account = new(index, IndexOf(collection, path)));
        account.Counters.RecordUse(saved);
    }

    /// <summary>A flush or a merge has written entries of an index.</summary>
    public void RecordIndexUpkeep(CollectionId collection, IndexFields fields, long entries)
        => IndexOf(collection, fields.Text).RecordUpkeep(Costs.Upkeep(entries, fields.FieldsCarried));

    public IndexAccount ReadIndex(CollectionId collection, string path)
        => IndexOf(collection, path).Read();

    public long WritesTo(CollectionId collection) => _writes.TryGetValue(collection, out var writes) ? Volatile.Read(ref writes.Value) : 0;

    /// <summary>The evidence that led to an index is used up, and its account is opened.</summary>
    public void IndexDefined(CollectionId collection, string path)
    {
        Forget(collection, path);
        IndexOf(collection, path);
    }

    public void IndexDropped(CollectionId collection, string path)
    {
        Forget(collection, path);
        _indexes.TryRemove((collection, path), out _);
        Array.Clear(_recentAccounts);
    }

    private IndexCounters IndexOf(CollectionId collection, string path)
        => _indexes.GetOrAdd((collection, path), static _ => new(default));

    /// <summary>All of it, as it is now.</summary>
    public StatisticsRecord Save() => new(
        Time.GetUtcNow(),
        [.. _shapes.Select(pair => new ShapeRecord(pair.Key, pair.Value.Read()))],
        [.. _indexes.Select(pair => (pair.Key, Account: pair.Value.Read())).Select(known => new IndexAccountRecord(known.Key.Collection, known.Key.Path, known.Account))],
        [.. _writes.Select(pair => new WritesRecord(pair.Key, Volatile.Read(ref pair.Value.Value)))],
        _learner.Read())
    {
        Wanted = Wanted.Fields,
    };

    /// <summary>Takes on what an earlier process, or another copy, has saved, in place of what is known of the same shapes here.</summary>
    public void Restore(StatisticsRecord record)
    {
        var now = Time.GetUtcNow();
        var age = now > record.At ? now - record.At : TimeSpan.Zero;
        foreach (var (hash, shape) in record.Shapes.Take(shapesMax))
        {
            var candidates = shape.Candidates.Select(known => new ShapeCandidate(known.Path, known.Use, known.Use is "compound" or "covering" or "sort" ? IndexFields.Parse(known.Path) : null));
            var counters = new ShapeCounters(new(shape.Collection, shape.Shape, [.. candidates]), Time, HalfLife) { Hash = hash };
            counters.Restore(shape, age);
            _shapes[hash] = counters;
        }

        Array.Clear(_recent);
        Array.Clear(_recentAccounts);

        foreach (var index in record.Indexes) _indexes[(index.Collection, index.Path)] = new(index.Account);
        foreach (var writes in record.Writes) WritesCounter(writes.Collection).Value = writes.Documents;
        Wanted.Restore(record.Wanted);
        _learner = new(costs, record.Costs);
    }

    private void Forget(CollectionId collection, string path)
    {
        foreach (var shape in _shapes.Values)
            if (shape.Description.Collection == collection) shape.ForgetEvidence(IndexFields.WithoutHot(path));
    }

    private void MakeRoom()
    {
        var least = _shapes.Select(pair => (pair.Key, Value: pair.Value.Value())).OrderBy(pair => pair.Value).Take(Math.Max(1, shapesMax / 8));
        foreach (var (key, _) in least.ToList()) _shapes.TryRemove(key, out _);
        Array.Clear(_recent);
    }
}
