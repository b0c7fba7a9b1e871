// Opening is recovery, always: there is no other way to start, so the crash path is the path that every test walks.
//
//   lock the folder ─► manifest ─► tables ─► judge the log ─► its segments into memtables, side by side ─► new log
//
// A memtable holds what one segment held, as it did when it was written, and stands before its flush as it did then: the
// segment is released when the table is in the manifest. What was replayed is durable again in the log before anything is
// acknowledged (R7): a second crash right after the first finds the same segments. Files that no manifest edit names are
// what an interrupted flush or compaction left; they are removed. The clock starts above everything that was ever
// promised: max(durable ceiling, newest version in log and tables), never the wall clock alone.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Files;
using IngoDB.Engine.Flushing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private const string LockFile = "LOCK";

    /// <exception cref="UnavailableException"><c>engine.locked</c>: another engine has the folder.</exception>
    /// <exception cref="CorruptionException">Damage that recovery may not step over.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program; nothing was changed.</exception>
    public static Task<StorageEngine> OpenAsync(string path, EngineOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        return options.BackgroundWork
            ? Task.Run(() => Open(path, options, new(), cancellationToken), cancellationToken)
            : Task.FromResult(Open(path, options, new(), cancellationToken));
    }

    /// <summary>The same with subscribers that see recovery, too.</summary>
    public static Task<StorageEngine> OpenAsync(string path, EngineOptions options, EngineEvents events, CancellationToken cancellationToken = default)
        => Task.Run(() => Open(path, options, events, cancellationToken), cancellationToken);

    private static StorageEngine Open(string path, EngineOptions options, EngineEvents events, CancellationToken cancellationToken)
    {
        var files = options.Files ?? LocalFileSystem.Instance;
        files.CreateDirectory(path);
        var folderLock = files.TryLock(Path.Combine(path, LockFile))
            ?? throw new UnavailableException("engine.locked", $"The folder '{path}' is in use by another engine. Stop that one, or give this one a folder of its own.");
        var opened = new List<IDisposable> { folderLock };
        try
        {
            var manifest = ManifestLog.Open(files, path);
            opened.Add(manifest);
            cancellationToken.ThrowIfCancellationRequested();
            return new StorageEngine(path, files, options, events, folderLock, manifest, opened);
        }
        catch
        {
            // Whatever was wrong is the caller's to hear; what was opened on the way must not stay locked.
            for (var i = opened.Count - 1; i >= 0; i--) opened[i].Dispose();
            throw;
        }
    }

    private StorageEngine(string directory, IFileSystem files, EngineOptions options, EngineEvents events, IDisposable folderLock, ManifestLog manifest, List<IDisposable> opened)
    {
        (_directory, _files, Options, Events, _folderLock, _manifest) = (directory, files, options, events, folderLock, manifest);
        _shapes = new ShapeRegistry();
        _cache = options.BlockCache ?? new BlockCache(options.BlockCacheBytes);
        RemoveStrayFiles();
        var tables = OpenTables(opened);
        _nextFileNumber = Math.Max(manifest.State.NextFileNumber, GreatestFileNumber() + 1);

        var log = WriteAheadLog.Recover(files, directory, manifest.State.OldestLogSegment);
        var recovered = RecoveredMemtables.Read(files, directory, log.Segments, _shapes, options.BackgroundWork ? options.MergeThreadsMax : 1);
        // The watermark too: what carried the newest versions may have been merged away (a deletion of everything).
        var newest = Greatest(log.NewestVersion, recovered.Newest, manifest.State.RetentionWatermark, Greatest([.. tables.Select(t => t.Info.NewestVersion)]));
        var ceiling = Greatest(manifest.State.ClockCeiling, log.ClockCeiling);
        AppliedAtOpen = Greatest(log.NewestVersion, recovered.Newest, Greatest([.. tables.Select(t => t.Info.NewestVersion)]));
        _clock = new HybridClock(options.Time, Greatest(newest, ceiling));
        _visible = newest.Raw;
        _mayExpire = recovered.Expires || tables.Any(t => t.Info.ExpiresMax != DocumentVersion.None);
        _snapshots = new SnapshotRegistry(options.Time, options.Retention, options.SnapshotLease, manifest.State.RetentionWatermark);
        _links = new(options.LinkBytes, options.LinkCostPerRow);
        _queries = new QueryEngine(files, directory, options.Time, options.Costs, new(files, directory, options.AggregateMemoryBytes), IndexDamaged);
        _queries.Statistics.Spent = Spent;
        _queries.Statistics.Wanted.Changed = ColumnChanged;
        _queries.Statistics.Wanted.Listens = options.Learning != LearningMode.Off;
        opened.Add(_queries);

        var active = new Memtable(_shapes);
        _state = new EngineState(active, [.. recovered.Memtables.Select(m => m.Memtable).Reverse()], [.. tables.OrderByDescending(t => t.Info.NewestVersion)], manifest.State);
        _queries.Attach(_state);
        RestoreStatistics();
        var segment = NextFileNumber();
        _log = WriteAheadLog.Start(files, directory, segment, log, ceiling, Math.Max(options.Epoch, log.LastEpoch), LogOptionsOf(options));
        opened.Add(_log);
        _segments.AddRange(recovered.Memtables);
        _segments.Add((active, segment));
        PublishOpened(segment, ceiling);

        var requests = new RequestLedger(ReadPresent, _shapes, _clock, options.RequestRetention);
        var resolver = new WriteResolver(_shapes, ReadPresent, LifetimeOf);
        _pipeline = new CommitPipeline(_log, resolver, requests, new(_rules, ReadPresent, resolver, requests, _shapes), _intents, _clock, this, options.Replicated is null ? Visible : AppliedAtOpen, ceiling, options, options.BackgroundWork);
        if (options.Replicated is { } replicated) _replicated = new(replicated, _rules, _intents, _shapes, ReadPresent, LifetimeOf, _clock, options.RequestRetention, options.Time);
        ReadIntents();
        events.Raise(new RecoveryEnded(log.RecordCount, log.LastLsn, log.TornTail is not null));
        StartBackground();
        if (recovered.Memtables.Count > 0) RequestFlush();
        PrepareNext(full: null);
    }

    private List<Sstable> OpenTables(List<IDisposable> opened)
    {
        var tables = new List<Sstable>();
        foreach (var info in _manifest.State.Tables.Values)
        {
            var table = Sstable.Open(_files, _directory, info, _shapes, _cache);
            opened.Add(table);
            tables.Add(table);
        }

        return tables;
    }

    /// <summary>A log that held nothing is not read again; otherwise its segments stay until their memtables are tables.</summary>
    private void PublishOpened(ulong segment, DocumentVersion ceiling)
    {
        var edit = new VersionEdit { ScalingParameter = AdaptsScaling && _scalingMoves.Count > 0 ? _scalingMoves[^1].To : Options.ScalingParameter, ClockCeiling = ceiling };
        if (_segments.Count == 1) edit = edit with { OldestLogSegment = segment };
        Publish(edit, flushed: null);
        if (_segments.Count == 1) _log.Release(segment);
    }

    /// <summary>Tables and index files that no edit names: an interrupted flush, compaction or build.</summary>
    private void RemoveStrayFiles()
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in _manifest.State.Tables.Values)
        {
            named.Add(table.FileName);
            foreach (var index in table.Indexes) named.Add(index.FileName(table.Id));
        }

        foreach (var name in _files.ListFiles(_directory))
            if ((name.EndsWith(".sst", StringComparison.Ordinal) || name.EndsWith(".idx", StringComparison.Ordinal)) && !named.Contains(name))
                _files.Delete(PathOf(name));
    }

    private ulong GreatestFileNumber()
    {
        var greatest = 0UL;
        foreach (var name in _files.ListFiles(_directory))
        {
            var digits = name.AsSpan(0, name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? dot : 0);
            if (ulong.TryParse(digits, System.Globalization.CultureInfo.InvariantCulture, out var number)) greatest = Math.Max(greatest, number);
        }

        return greatest;
    }

    private static LogOptions LogOptionsOf(EngineOptions options) => new(options.LogSegmentBytesMin, options.LogSegmentBytesMax);

    private static DocumentVersion Greatest(params ReadOnlySpan<DocumentVersion> versions)
    {
        var greatest = DocumentVersion.None;
        foreach (var version in versions)
            if (version > greatest) greatest = version;
        return greatest;
    }
}
