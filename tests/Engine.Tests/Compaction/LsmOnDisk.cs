// Memtables and tables without an engine around them: what flush and compaction read and write, on a simulated disk.
// Edits are applied at once, as StorageEngine would, so that a test sees the next state.

using System.Collections.Immutable;
using System.Globalization;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Compaction;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Flushing;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Compaction;

/// <summary>An LSM tree that a test flushes and merges by hand.</summary>
internal sealed class LsmOnDisk : IDisposable
{
    public const string Folder = "/lsm";

    private readonly ShapeRegistry _shapes = new();
    private readonly BlockCache _cache = new(1 << 20);
    private ulong _nextId;

    public LsmOnDisk()
    {
        Files.CreateDirectory(Folder);
        State = new(new Memtable(_shapes), [], [], new ManifestState());
    }

    public SimulatedFileSystem Files { get; } = new();

    public EngineEvents Events { get; } = new();

    public IBackgroundPacer Pacer { get; set; } = IBackgroundPacer.None;

    public int Threads { get; set; } = 1;

    public long TableBytesMax { get; set; } = 1 << 20;

    public int BlockBytes { get; set; } = 256;

    public EngineState State { get; private set; }

    public IReadOnlyList<string> FileNames => Files.ListFiles(Folder);

    /// <summary>The entries of everything, as they lie there.</summary>
    public IEnumerable<TestEntry> Everything => State.Tables.SelectMany(Entries);

    public static byte[] Key(int key) => EntryKey.Of(new(1), new(key.ToString("D3", CultureInfo.InvariantCulture)));

    public static TestEntry Put(int key, ulong version, int rowBytes = 1) => new(Key(key), new(version), EntryKind.Put, DocumentVersion.None, Enumerable.Repeat((byte)version, rowBytes).ToArray());

    public static TestEntry Delete(int key, ulong version) => new(Key(key), new(version), EntryKind.Delete, DocumentVersion.None, []);

    public static List<TestEntry> Entries(Sstable table)
    {
        using var cursor = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        return ListCursor.Drain(cursor);
    }

    /// <summary>Seals a memtable of these entries; it waits for its flush.</summary>
    public Memtable Seal(IEnumerable<TestEntry> entries)
    {
        var memtable = new Memtable(_shapes);
        foreach (var entry in entries.OrderBy(e => e.Version)) Add(memtable, entry);
        State = State with { Sealed = State.Sealed.Insert(0, memtable) };
        return memtable;
    }

    public async Task<VersionEdit> FlushAsync(Memtable memtable, ulong watermark, CancellationToken cancellationToken = default)
    {
        var edit = await Task.Run(() => new FlushRunner(Events, TableBytesMax, Threads, partEntriesMin: 1).Run(State, memtable, new(watermark), NewTable, cancellationToken), CancellationToken.None);
        State = State with { Sealed = State.Sealed.Remove(memtable) };
        Apply(edit);
        return edit;
    }

    public Task<VersionEdit> FlushAsync(IEnumerable<TestEntry> entries, ulong watermark = 0) => FlushAsync(Seal(entries), watermark);

    public async Task<VersionEdit> MergeAsync(IEnumerable<TableInfo> inputs, ulong watermark, CancellationToken cancellationToken = default)
    {
        var edit = await AttemptAsync(inputs, watermark, cancellationToken);
        Apply(edit);
        return edit;
    }

    /// <summary>Runs a merge whose edit nobody publishes.</summary>
    public Task<VersionEdit> AttemptAsync(IEnumerable<TableInfo> inputs, ulong watermark, CancellationToken cancellationToken = default)
        => Task.Run(() => new CompactionRunner(Events, Pacer, TableBytesMax, Threads, partBytesMin: 1).Run(State, new([.. inputs], [], 0, CompactionCause.Asked), new(watermark), NewTable, cancellationToken), CancellationToken.None);

    /// <summary>Opens what an attempt wrote; the caller disposes it.</summary>
    public Sstable Open(TableInfo table) => Sstable.Open(Files, Folder, table, _shapes, _cache);

    public Task<VersionEdit> MergeAllAsync(ulong watermark, CancellationToken cancellationToken = default) => MergeAsync(State.Tables.Select(t => t.Info), watermark, cancellationToken);

    public void DropCollection(CollectionId id) => State = State with { Manifest = State.Manifest with { DroppedCollections = State.Manifest.DroppedCollections.Add(id) } };

    public void Dispose()
    {
        foreach (var table in State.Tables) table.Dispose();
    }

    private void Apply(VersionEdit edit)
    {
        var manifest = State.Manifest.Apply(edit);
        var kept = State.Tables.Where(t => !edit.TablesRemoved.Contains(t.Info.Id));
        var added = edit.TablesAdded.Select(t => Sstable.Open(Files, Folder, t, _shapes, _cache));
        State = State with { Manifest = manifest, Tables = [.. kept.Concat(added).OrderByDescending(t => t.Info.NewestVersion)] };
        foreach (var id in edit.TablesRemoved) Files.Delete($"{Folder}/{TableInfo.FileNameOf(id)}");
    }

    private ITableWriter NewTable(ColumnInputs inputs) => new IndexingTableWriter(Files, Folder, new(Interlocked.Increment(ref _nextId)), new SstableOptions(BlockBytes, Columns: false), [], inputs, new(_ => throw new InvariantViolationException("there are no indexes")));

    private void Add(Memtable memtable, TestEntry entry)
    {
        var batch = new WriteBatchBuilder();
        if (entry.Kind == EntryKind.Put) batch.Put(0, entry.ExpiresAt, entry.Key, Shape.SelfDescribed, entry.Row);
        else batch.Delete(0, entry.Key);
        var reader = new BatchOperations(batch.Operations, batch.Count, batch.Shapes, "test");
        while (reader.TryNext(out var operation)) memtable.Add(operation, entry.Version);
    }
}
