// Rewrites tables as the strategy chose. The loop is that of every stream here, with another tail:
//
//   inputs ─► MergeCursor ─► RetentionCursor ─► TableSeries ─► VersionEdit (outputs added, inputs removed)
//
// A large merge that may use several threads is cut into parts (MergeParts.cs), each with this loop of its own.
//
// Nothing is published: until the caller has logged the edit, readers and a crash know only the inputs; after it, only
// the outputs. So there is no instant at which a deleted document could come back. Inputs are read past the block
// cache, whose contents belong to queries.
//
// A damaged input ends the attempt with its CorruptionException, no file of the attempt is left, and the inputs stay
// as they were: rows that cannot be read are never merged away. Several runs may go on at once over different inputs.

using System.Collections.Immutable;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Compaction;

/// <summary>Does what <see cref="UnifiedCompaction"/> decided.</summary>
/// <param name="threadsMax">How many threads one run may keep busy, its caller's counted.</param>
internal sealed class CompactionRunner(EngineEvents events, IBackgroundPacer pacer, long tableBytesMax, int threadsMax = 1, long partBytesMin = MergeParts.PartBytesMin)
{
    /// <summary>What is remembered of requests below it is forgotten.</summary>
    public DocumentVersion RequestsFrom { get; init; }

    /// <param name="state">Held by the caller until the end, so that its tables stay open; must contain the inputs.</param>
    /// <param name="newTable">With several threads, called by any of them.</param>
    /// <returns>The edit that replaces the inputs by the outputs.</returns>
    /// <exception cref="CorruptionException">An input is damaged; no file of the attempt is left.</exception>
    public VersionEdit Run(EngineState state, CompactionChoice.Merge choice, DocumentVersion watermark, TableWriterFactory newTable, CancellationToken cancellationToken = default)
    {
        var inputs = choice.Inputs.Select(t => t.Id).ToHashSet();
        events.Raise(new CompactionBegan([.. inputs.Select(id => id.Value)], choice.Level));

        var parts = new List<KeptPart>();
        try
        {
            foreach (var (from, until) in KeptPart.Ranges(MergeParts.Cuts(choice, threadsMax, partBytesMin)))
            {
                var tables = InputsOf(state, inputs);
                var columns = new ColumnInputs([.. tables.Select(table => (Func<CollectionId, TableColumns?>)table.Columns)]);
                parts.Add(new(OpenSource(state, tables, inputs, watermark), from, until, new TableSeries(newTable, choice.Boundaries, tableBytesMax, columns), pacer));
            }

            KeptPart.RunAll(parts, cancellationToken);
        }
        finally
        {
            foreach (var part in parts) part.Dispose();
        }

        ImmutableArray<TableInfo> outputs = [.. parts.SelectMany(p => p.Outputs)];
        events.Raise(new CompactionEnded([.. inputs.Select(id => id.Value)], [.. outputs.Select(t => t.Id.Value)],
            choice.Inputs.Sum(t => t.FileBytes), outputs.Sum(t => t.FileBytes), choice.Inputs.Sum(t => t.EntryCount) - parts.Sum(p => p.Entries)));
        return new VersionEdit { TablesAdded = outputs, TablesRemoved = [.. inputs] };
    }

    /// <summary>The inputs that have rows to read, in the order in which the merge numbers them.</summary>
    private static List<Sstable> InputsOf(EngineState state, HashSet<TableId> inputs)
    {
        var tables = state.Tables.Where(t => inputs.Contains(t.Info.Id)).ToList();
        Invariant.Holds(tables.Count == inputs.Count);
        tables.RemoveAll(t => GarbageChoice.IsWhollyDropped(t.Info, state.Manifest.DroppedCollections));
        return tables;
    }

    private RetentionCursor OpenSource(EngineState state, List<Sstable> tables, HashSet<TableId> inputs, DocumentVersion watermark)
    {
        var dropped = state.Manifest.DroppedCollections;
        var counters = new ReadCountersBox();
        EntryCursor[] cursors = [.. tables.Select(t => t.OpenCursor(counters, fillCache: false))];
        var outside = state.Manifest.Tables.Values.Where(t => !inputs.Contains(t.Id));
        return new(new MergeCursor(cursors), new(watermark, dropped, new OlderVersions(outside, OldestInMemory(state))) { RequestsFrom = RequestsFrom });
    }

    private static DocumentVersion OldestInMemory(EngineState state)
    {
        var oldest = state.Active.EntryCount > 0 ? state.Active.OldestVersion : DocumentVersion.Max;
        foreach (var memtable in state.Sealed)
            if (memtable.EntryCount > 0 && memtable.OldestVersion < oldest) oldest = memtable.OldestVersion;
        return oldest;
    }
}
