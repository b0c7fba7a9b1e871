// STUB of the public surface (owner: engine core).
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>One partition on one disk: a durable, self-indexing document store. Usable alone as an embedded database. Thread-safe.</summary>
public sealed class StorageEngine : IAsyncDisposable
{
    /// <exception cref="UnavailableException"><c>engine.locked</c>: another engine has the folder.</exception>
    /// <exception cref="CorruptionException">Damage that recovery may not step over.</exception>
    public static Task<StorageEngine> OpenAsync(string path, EngineOptions? options = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public EngineEvents Events => throw new NotImplementedException();

    public EngineOptions Options => throw new NotImplementedException();

    // Collections

    /// <summary>The collection of that name; made, durably, when there is none.</summary>
    /// <exception cref="InvalidRequestException"><c>collection.bad_name</c>.</exception>
    public CollectionId Collection(string name) => throw new NotImplementedException();

    public CollectionId? FindCollection(string name) => throw new NotImplementedException();

    /// <summary>For a cluster, whose catalog gives the ids. Idempotent.</summary>
    public void DefineCollection(CollectionId id, string name) => throw new NotImplementedException();

    public void DropCollection(CollectionId id) => throw new NotImplementedException();

    public IReadOnlyList<(CollectionId Id, string Name)> Collections => throw new NotImplementedException();

    // Writes

    /// <summary>Results in the order of the writes. Atomic: all or none, one version for all.</summary>
    /// <exception cref="BusyException">Background work is too far behind; nothing was written.</exception>
    /// <exception cref="UnavailableException"><c>engine.poisoned</c>: the disk failed; nothing more is acknowledged.</exception>
    public ValueTask<WriteResult[]> WriteAsync(IReadOnlyList<EngineWrite> writes, bool atomic = false, Durability? durability = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    // Reads

    /// <summary>The document now (or at the snapshot), null when there is none.</summary>
    public StoredDocument? Get(CollectionId collection, DocumentId id, EngineSnapshot? snapshot = null) => throw new NotImplementedException();

    /// <summary>The same without decoding.</summary>
    public bool TryGetRow(CollectionId collection, DocumentId id, EngineSnapshot? snapshot, out DocumentVersion version, out Shape shape, out ReadOnlyMemory<byte> row) => throw new NotImplementedException();

    /// <summary>Documents of a scan in its order, lazily; holds a snapshot until disposed.</summary>
    public DocumentStream Scan(ScanRequest request, EngineSnapshot? snapshot = null) => throw new NotImplementedException();

    /// <summary>Documents matching a filter, counted without materialising them.</summary>
    public long Count(CollectionId collection, Filter? where, EngineSnapshot? snapshot = null) => throw new NotImplementedException();

    /// <summary>Semi-join: documents that hold one of <paramref name="values"/> at <paramref name="field"/> (arrays match by any element) and satisfy <paramref name="where"/>; by <c>_id</c> ascending.</summary>
    public DocumentStream Join(CollectionId collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, EngineSnapshot? snapshot = null) => throw new NotImplementedException();

    /// <summary>What the planner does for this scan and why; as data. Runs it when asked to, to show measured work.</summary>
    public Document Explain(ScanRequest request, bool execute) => throw new NotImplementedException();

    // Any Liquid AST query by collection name, for embedded use (get, scan, count, traverse; others answer not.yet).
    public DocumentStream Query(Query query, EngineSnapshot? snapshot = null) => throw new NotImplementedException();

    // Snapshots

    /// <summary>Everything acknowledged before the call, always the same, until disposed.</summary>
    public EngineSnapshot TakeSnapshot() => throw new NotImplementedException();

    /// <summary>A timestamp at or above every acknowledged write here; the first step of a snapshot over several partitions.</summary>
    public DocumentVersion ReserveTimestamp() => throw new NotImplementedException();

    /// <summary>The second step: nothing will ever be written at or below <paramref name="version"/> (durably), and all that was is visible.</summary>
    /// <exception cref="SnapshotTooOldException">Older than what is kept.</exception>
    public ValueTask<EngineSnapshot> SnapshotAtAsync(DocumentVersion version, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    // Indexes and learning

    /// <summary>Defines an index and lets it be built in the background; the id of the existing one when there is one on this path.</summary>
    public IndexStatus DefineIndex(CollectionId collection, FieldPath path, string cause) => throw new NotImplementedException();

    public void DropIndex(CollectionId collection, FieldPath path, string cause) => throw new NotImplementedException();

    public IReadOnlyList<IndexStatus> Indexes => throw new NotImplementedException();

    public IReadOnlyList<QueryShapeStatistics> QueryStatistics => throw new NotImplementedException();

    // Background work, by hand

    /// <summary>Seals the memtable and writes it as a table; returns when it is one.</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Compacts until the strategy rests; <paramref name="everything"/> merges all tables.</summary>
    public Task CompactAsync(bool everything = false, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Builds what is defined and missing; returns when every index is ready.</summary>
    public Task BuildIndexesAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Flush, compaction and index builds have nothing left to do.</summary>
    public Task SettleAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public EngineStatus Status => throw new NotImplementedException();

    /// <summary>Syncs the log and closes; nothing acknowledged depends on it having run.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>Sizes and health at a glance.</summary>
public sealed record EngineStatus(long Documents, int Tables, long TableBytes, long MemtableBytes, int SealedMemtables, long LogBytes, DocumentVersion NewestVersion, bool Poisoned, string? LastBackgroundError);
