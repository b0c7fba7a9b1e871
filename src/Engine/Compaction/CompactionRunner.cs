// Rewrites tables as the strategy chose. The loop is that of every stream here, with another tail:
//
//   inputs ─► MergeCursor ─► RetentionCursor ─► TableSeries ─► VersionEdit (outputs added, inputs removed)
//
// Nothing is published: until the caller has logged the edit, readers and a crash know only the inputs; after it, only
// the outputs. So there is no instant at which a deleted document could come back. Inputs are read past the block
// cache, whose contents belong to queries.
//
// A damaged input ends the attempt with its CorruptionException, no file of the attempt is left, and the inputs stay
// as they were: rows that cannot be read are never merged away. Several runs may go on at once over different inputs.

using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Compaction;

/// <summary>Does what <see cref="UnifiedCompaction"/> decided.</summary>
internal sealed class CompactionRunner(EngineEvents events, IBackgroundPacer pacer, long tableBytesMax)
{
    private const long StretchBytes = 1 << 20;

    /// <param name="state">Held by the caller until the task ends, so that its tables stay open; must contain the inputs.</param>
    /// <returns>The edit that replaces the inputs by the outputs.</returns>
    /// <exception cref="CorruptionException">An input is damaged; no file of the attempt is left.</exception>
    public async Task<VersionEdit> RunAsync(EngineState state, CompactionChoice.Merge choice, DocumentVersion watermark, TableWriterFactory newTable, CancellationToken cancellationToken = default)
    {
        var inputs = choice.Inputs.Select(t => t.Id).ToHashSet();
        events.Raise(new CompactionBegan([.. inputs.Select(id => id.Value)], choice.Level));

        using var tables = new TableSeries(newTable, choice.Boundaries, tableBytesMax);
        using (var source = OpenSource(state, inputs, watermark)) await CopyAsync(source, tables, cancellationToken).ConfigureAwait(false);
        var outputs = tables.Finish();

        events.Raise(new CompactionEnded([.. inputs.Select(id => id.Value)], [.. outputs.Select(t => t.Id.Value)],
            choice.Inputs.Sum(t => t.FileBytes), outputs.Sum(t => t.FileBytes), choice.Inputs.Sum(t => t.EntryCount) - tables.Entries));
        return new VersionEdit { TablesAdded = outputs, TablesRemoved = [.. inputs] };
    }

    private async Task CopyAsync(RetentionCursor source, TableSeries tables, CancellationToken cancellationToken)
    {
        var stretch = 0L;
        while (source.MoveNext())
        {
            stretch += Copy(source.Entry, tables);
            if (stretch < StretchBytes) continue;
            cancellationToken.ThrowIfCancellationRequested();
            await pacer.PaceAsync(stretch, cancellationToken).ConfigureAwait(false);
            stretch = 0;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static int Copy(in EntryView entry, TableSeries tables)
    {
        tables.Append(entry);
        return entry.Key.Length + entry.Row.Length;
    }

    private static RetentionCursor OpenSource(EngineState state, HashSet<TableId> inputs, DocumentVersion watermark)
    {
        var dropped = state.Manifest.DroppedCollections;
        var tables = state.Tables.Where(t => inputs.Contains(t.Info.Id)).ToList();
        Invariant.Holds(tables.Count == inputs.Count);

        var counters = new ReadCountersBox();
        EntryCursor[] cursors = [.. tables.Where(t => !GarbageChoice.IsWhollyDropped(t.Info, dropped)).Select(t => t.OpenCursor(counters, fillCache: false))];
        var outside = state.Manifest.Tables.Values.Where(t => !inputs.Contains(t.Id));
        return new(new MergeCursor(cursors), new(watermark, dropped, new OlderVersions(outside, OldestInMemory(state))));
    }

    private static DocumentVersion OldestInMemory(EngineState state)
    {
        var oldest = state.Active.EntryCount > 0 ? state.Active.OldestVersion : DocumentVersion.Max;
        foreach (var memtable in state.Sealed)
            if (memtable.EntryCount > 0 && memtable.OldestVersion < oldest) oldest = memtable.OldestVersion;
        return oldest;
    }
}
