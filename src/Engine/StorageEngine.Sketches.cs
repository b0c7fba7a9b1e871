// Statistics of a collection, made of sketches: one per table, kept for as long as the table lives, and one of what is in memory.

using System.Collections.Concurrent;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private const int CheckEveryRows = 1024;

    private readonly ConcurrentDictionary<(TableId Table, CollectionId Collection), CollectionSketch> _sketches = new();

    /// <summary>Shapes and fields of a collection. The first call reads its tables once; later calls only what is new since.</summary>
    /// <exception cref="InvalidRequestException"><c>collection.dropped</c>.</exception>
    public CollectionSketch Sketch(CollectionId collection, CancellationToken cancellationToken = default)
    {
        var at = LatestReadPoint(out var state);
        ThrowIfDropped(state.Manifest, collection);
        ForgetSketches(state);
        var sum = new CollectionSketch();
        foreach (var memtable in state.Sealed.Add(state.Active))
            if (memtable.EntryCount > 0) sum.Add(SketchOf(new VisibleCursor(memtable.OpenCursor(), at), collection, cancellationToken));
        foreach (var table in state.Tables)
            if (table.Info.RowsOf(collection) > 0) sum.Add(SketchOf(table, collection, cancellationToken));
        return sum;
    }

    /// <summary>About how many bytes of files the collection takes: its share of the rows of each table.</summary>
    public long DiskBytes(CollectionId collection)
        => _state.Tables.Sum(t => t.Info.EntryCount == 0 ? 0 : (long)(t.Info.FileBytes * ((double)t.Info.RowsOf(collection) / t.Info.EntryCount)));

    private CollectionSketch SketchOf(Sstable table, CollectionId collection, CancellationToken cancellationToken)
    {
        var key = (table.Info.Id, collection);
        if (_sketches.TryGetValue(key, out var known)) return known;

        // At no time: what expires later is in the sketch as long as it is in the table.
        var made = SketchOf(new VisibleCursor(table.OpenCursor(new ReadCountersBox(), fillCache: false), new(DocumentVersion.Max, DocumentVersion.None)), collection, cancellationToken);
        return _sketches.GetOrAdd(key, made);
    }

    private static CollectionSketch SketchOf(VisibleCursor rows, CollectionId collection, CancellationToken cancellationToken)
    {
        using (rows)
        {
            var sketch = new CollectionSketch();
            for (var found = rows.Seek(EntryKey.Prefix(collection)); found && EntryKey.CollectionOf(rows.Key) == collection; found = rows.MoveNext())
            {
                sketch.Add(rows.Entry);
                if (sketch.Rows % CheckEveryRows == 0) cancellationToken.ThrowIfCancellationRequested();
            }

            return sketch;
        }
    }

    private void ForgetSketches(EngineState state)
    {
        if (_sketches.IsEmpty) return;
        var live = state.Tables.Select(t => t.Info.Id).ToHashSet();
        foreach (var key in _sketches.Keys)
            if (!live.Contains(key.Table)) _sketches.TryRemove(key, out _);
    }
}
