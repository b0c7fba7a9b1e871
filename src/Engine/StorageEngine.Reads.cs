// Every read is (state, read point) handed to the QueryEngine. The state is taken first, the visible version second.

using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>A version that lies further ahead of the clock is nobody's.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(1);

    /// <summary>The document now (or at the snapshot), null when there is none.</summary>
    public StoredDocument? Get(CollectionId collection, DocumentId id, EngineSnapshot? snapshot = null)
        => TryGetRow(collection, id, snapshot, out var version, out var shape, out var row)
            ? new(id, version, new RowReader(shape, row.Span).Decode())
            : null;

    /// <summary>The same without decoding. The row stays valid for as long as it is referenced.</summary>
    [SkipLocalsInit]
    public bool TryGetRow(CollectionId collection, DocumentId id, EngineSnapshot? snapshot, out DocumentVersion version, out Shape shape, out ReadOnlyMemory<byte> row)
    {
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        key = key[..EntryKey.Write(key, collection, id)];
        if (snapshot is null && _intents.IsAny) WhenFreeAsync(collection, id).AsTask().GetAwaiter().GetResult();
        var at = snapshot is null ? OwnReadPoint(out var state) : ReadPointOf(snapshot, out state);
        ThrowIfDropped(state.Manifest, collection);
        if (!_queries.TryGet(state, at, key, out var hit))
        {
            (version, shape, row) = (default, Shape.SelfDescribed, default);
            return false;
        }

        (version, shape, row) = (hit.Version, hit.Shape, hit.Row);
        return true;
    }

    /// <summary>
    /// Many documents at one point in time: the i-th answer belongs to the i-th id. What the same many single gets find, at a
    /// fraction of their cost, since the cache misses of different keys overlap. Nothing is allocated for a row in memory.
    /// </summary>
    /// <returns>How many were found.</returns>
    public int TryGetRows(CollectionId collection, ReadOnlySpan<DocumentId> ids, Span<RowResult> results, EngineSnapshot? snapshot = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, ids.Length);
        var at = ReadPointOf(snapshot, out var state);
        ThrowIfDropped(state.Manifest, collection);
        return _queries.TryGetMany(state, at, collection, ids, results);
    }

    /// <summary>Documents of a scan in its order, lazily, all at one point in time.</summary>
    public DocumentStream Scan(ScanRequest request, EngineSnapshot? snapshot = null, CancellationToken cancellationToken = default)
    {
        var at = ReadPointOf(snapshot, out var state);
        ThrowIfDropped(state.Manifest, request.Collection);
        return _queries.Scan(state, at, request, lease: null, cancellationToken);
    }

    /// <summary>Documents matching a filter, counted without materialising them.</summary>
    public long Count(CollectionId collection, Filter? where, EngineSnapshot? snapshot = null, CancellationToken cancellationToken = default)
    {
        var at = ReadPointOf(snapshot, out var state);
        ThrowIfDropped(state.Manifest, collection);
        return _queries.Count(state, at, collection, where, cancellationToken);
    }

    /// <summary>
    /// The groups of an aggregate as records that an <see cref="AggregateMerge"/> makes results of, also together with those of other
    /// engines: the order key is a record's key, the row its state. Sort, limit and having are left to the merge.
    /// </summary>
    public DocumentStream PartialGroups(CollectionId collection, AggregateQuery query, EngineSnapshot? snapshot = null, CancellationToken cancellationToken = default)
    {
        var at = ReadPointOf(snapshot, out var state);
        return _queries.PartialGroups(state, at, collection, query, lease: null, cancellationToken);
    }

    /// <summary>Semi-join: documents that hold one of <paramref name="values"/> at <paramref name="field"/> (arrays match by any element) and satisfy <paramref name="where"/>; by <c>_id</c> ascending.</summary>
    public DocumentStream Join(CollectionId collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, EngineSnapshot? snapshot = null, CancellationToken cancellationToken = default)
    {
        var at = ReadPointOf(snapshot, out var state);
        ThrowIfDropped(state.Manifest, collection);
        return _queries.Join(state, at, collection, field, values, where, lease: null, cancellationToken);
    }

    /// <summary>The same for values as key bytes: one hop of a traversal. By <c>_id</c>, for which the keys of a join on `_id` have to be ascending.</summary>
    /// <param name="keys">Id keys for a join on `_id`, ordered keys of values otherwise. They stay as they are while the stream is read.</param>
    /// <param name="select">What is read of the documents; null is all of them.</param>
    public DocumentStream Join(CollectionId collection, FieldPath field, JoinKeys keys, Filter? where, IReadOnlyList<FieldPath>? select, EngineSnapshot? snapshot = null, CancellationToken cancellationToken = default)
    {
        var at = ReadPointOf(snapshot, out var state);
        return _queries.Join(state, at, new(collection) { Where = where, Select = select }, field, keys, ordered: true, lease: null, cancellationToken);
    }

    /// <summary>What the planner does for this scan and why, as data; with <paramref name="execute"/> it runs, and shows measured work.</summary>
    public Document Explain(ScanRequest request, bool execute, EngineSnapshot? snapshot = null)
    {
        var at = ReadPointOf(snapshot, out var state);
        ThrowIfDropped(state.Manifest, request.Collection);
        return WithLearning(_queries.Explain(state, at, request, execute), request.Collection);
    }

    /// <summary>The same for an aggregate.</summary>
    public Document Explain(CollectionId collection, AggregateQuery query, bool execute, EngineSnapshot? snapshot = null)
    {
        var at = ReadPointOf(snapshot, out var state);
        return WithLearning(_queries.Explain(state, at, collection, query, execute), collection);
    }

    /// <summary>Sorted runs that aggregates have written beside the data so far, because their groups did not fit into memory.</summary>
    public long SpilledRuns => _queries.SpilledRuns;

    public IReadOnlyList<QueryShapeStatistics> QueryStatistics => _queries.Statistics.Shapes;

    /// <summary>Everything acknowledged before the call, always the same, until disposed.</summary>
    public EngineSnapshot TakeSnapshot()
    {
        ThrowIfClosed();
        return _snapshots.Take(() => new(Visible, _clock.Now()));
    }

    /// <summary>Of everything that can be read now.</summary>
    public DocumentVersion NewestVersion => Visible;

    /// <summary>The present: a timestamp at or above every acknowledged write here.</summary>
    public DocumentVersion ReserveTimestamp() => _clock.Now();

    /// <summary>
    /// The least timestamp that still shows every acknowledged write, and nothing that has expired; the first step of a snapshot
    /// over several partitions. The present is only needed where documents expire: otherwise the newest write will do, and while
    /// nothing is written anywhere the second step finds its promise already on disk, instead of syncing a new one in every
    /// partition every few seconds.
    /// </summary>
    public DocumentVersion SnapshotTimestamp() => _mayExpire ? _clock.Now() : Visible;

    /// <summary>The second step: nothing will ever be written at or below <paramref name="version"/>, also after a crash, and all that was is visible.</summary>
    /// <exception cref="SnapshotTooOldException">Older than what is kept.</exception>
    /// <exception cref="InvalidRequestException"><c>snapshot.in_the_future</c>.</exception>
    public async ValueTask<EngineSnapshot> SnapshotAtAsync(DocumentVersion version, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        if (version > DocumentVersion.At(Options.Time.GetUtcNow() + AheadMax) && version > _clock.Latest)
            throw new InvalidRequestException("snapshot.in_the_future", $"Version {version} lies more than {AheadMax.TotalSeconds:0} s in the future of this node's clock.", "/at", "a time that has passed");
        if (version >= Visible)
        {
            _clock.Observe(version);
            if (_replicated is { } replicated) await replicated.CloseAsync(version, cancellationToken).ConfigureAwait(false);
            else await _pipeline.BarrierAsync(version).ConfigureAwait(false);
        }

        var snapshot = _snapshots.Take(() => ReadPoint.At(version));
        return _intents.IsAny ? await SettledAsync(snapshot).ConfigureAwait(false) : snapshot;
    }

    /// <summary>Returns when new tables are in memory, as far as there is free room; by itself that happens when nothing else is to be done.</summary>
    public Task WarmAsync(CancellationToken cancellationToken = default) => ByHand(() =>
    {
        while (WarmNextTable(cancellationToken)) cancellationToken.ThrowIfCancellationRequested();
    });

    /// <summary>The last thing to do: what was just written is brought into free room of the cache, a table at a time, columns first: they are small, and a scan needs all of them. False: nothing to do.</summary>
    private bool WarmNextTable(CancellationToken cancellationToken)
    {
        lock (_workGate)
        {
            foreach (var table in _state.Tables)
                if (table.WarmColumns(cancellationToken)) return true;
            foreach (var table in _state.Tables)
                if (table.Warm(cancellationToken)) return true;
            return false;
        }
    }

    private ReadPoint ReadPointOf(EngineSnapshot? snapshot, out EngineState state)
    {
        ThrowIfClosed();
        if (snapshot is null) return LatestReadPoint(out state);
        snapshot.ThrowIfEnded();
        state = _state;
        return snapshot.Point;
    }

    /// <summary>What is prepared is looked at last: whatever is prepared later has a version above the point.</summary>
    private ReadPoint LatestReadPoint(out EngineState state)
    {
        var point = OwnReadPoint(out state);
        return _intents.IsAny ? SettledReadPoint(out state) : point;
    }

    /// <summary>The same for one document, which is whole whatever is prepared. The order of the two loads is what makes it right: see StorageEngine.cs.</summary>
    private ReadPoint OwnReadPoint(out EngineState state)
    {
        ThrowIfClosed();
        state = _state;
        var visible = Visible;
        return new(visible, _mayExpire ? _clock.Now() : visible);
    }
}
