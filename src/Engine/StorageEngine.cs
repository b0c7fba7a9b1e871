// One partition on one disk. This file tells the story; each chapter has its own:
//
//   StorageEngine.Open.cs         lock, manifest, log, the first state
//   StorageEngine.Writes.cs       validate ─► CommitPipeline ─► memtable ─► visible
//   StorageEngine.Reads.cs        state + read point ─► QueryEngine
//   StorageEngine.Background.cs   flush, compaction, index builds, advice
//   StorageEngine.Collections.cs  their names, options and lives, as manifest edits
//   StorageEngine.Catalog.cs      indexes, and how an edit is published
//
// Everything a reader needs is one immutable EngineState, swapped whole. Every read takes the state first and the
// visible version second: then no entry at or below the version can be missing from the state, and none that the
// state once held has been dropped from it. Deeds (flush, compaction, index builds) return a VersionEdit; only this
// class appends it to the manifest and publishes the next state.
//
// Locks, outermost first; none is on the path of a read:
//   commit lock (in CommitPipeline)   one group, or one rotation
//   _editLock                         one manifest edit and its publication
//   _stateLock                        the swap of _state

using IngoDB.Engine.Adjacency;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Transactions;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>One partition on one disk: a durable, self-indexing document store. Usable alone as an embedded database. Thread-safe.</summary>
public sealed partial class StorageEngine : IAsyncDisposable, ICommitTarget
{
    private readonly string _directory;
    private readonly IFileSystem _files;
    private readonly IDisposable _folderLock;
    private readonly ManifestLog _manifest;
    private readonly WriteAheadLog _log;
    private readonly ShapeRegistry _shapes;
    private readonly BlockCache _cache;
    private readonly HybridClock _clock;
    private readonly SnapshotRegistry _snapshots;
    private readonly QueryEngine _queries;
    private readonly KeptLinks _links;
    private readonly CommitPipeline _pipeline;
    private static readonly TransactionRules _rules = new();
    private readonly IntentTable _intents = new(_rules);
    private readonly Lock _editLock = new();
    private readonly Lock _stateLock = new();

    /// <summary>Unflushed memtables and the first log segment of each, oldest first; the last is the active one. Under _stateLock.</summary>
    private readonly List<(Memtable Memtable, ulong Segment)> _segments = [];

    private volatile EngineState _state;
    private ulong _visible;
    private ulong _nextFileNumber;
    private volatile bool _mayExpire;
    private volatile bool _closed;

    public EngineEvents Events { get; }

    public EngineOptions Options { get; }

    public EngineStatus Status
    {
        get
        {
            var state = _state;
            var entries = state.Active.DocumentCount + state.Sealed.Sum(m => m.DocumentCount) + state.Tables.Sum(t => t.Info.EntryCount - t.Info.DeleteCount - t.Info.RowsOf(CollectionId.Requests));
            return new(entries, state.Tables.Length, state.Tables.Sum(t => t.Info.FileBytes), state.Active.SizeBytes, state.Sealed.Length, _log.SegmentBytes, Visible, _pipeline.IsPoisoned, _lastBackgroundError);
        }
    }

    /// <summary>The newest version that readers see.</summary>
    internal DocumentVersion Visible => new(Volatile.Read(ref _visible));

    /// <summary>For checkers.</summary>
    internal EngineState State => _state;

    internal DocumentVersion Watermark => _snapshots.Watermark;

    /// <summary>Syncs the log and closes; nothing acknowledged depends on it having run.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed) return;
        _closed = true;
        await StopBackgroundAsync().ConfigureAwait(false);
        await _preparing.ConfigureAwait(false);
        SaveStatistics();
        try
        {
            _pipeline.Dispose();
            _replicated?.Dispose();
        }
        finally
        {
            _log.Dispose();
            _manifest.Dispose();
            _queries.Dispose();
            foreach (var table in _state.Tables) table.Dispose();
            _folderLock.Dispose();
        }
    }

    private ulong NextFileNumber() => Interlocked.Increment(ref _nextFileNumber) - 1;

    private string PathOf(string fileName) => Path.Combine(_directory, fileName);

    private void ThrowIfClosed()
    {
        if (_closed) throw new UnavailableException("engine.closed", "The engine is closed.");
    }
}
