// A sealed memtable becomes a table (several, when it is larger than one should be, or when somebody waits and several
// threads share it). The memtable keeps serving reads until the caller has published the edit; nothing is taken out
// of memory here, so a failed flush loses nothing and is simply tried again. (The original drained the memtable first: a
// full disk lost what was in it.)
//
// Fifty updates of one key between two flushes need not all reach the disk: the retention rule of compaction is
// applied here already.

using System.Collections.Immutable;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Flushing;

/// <summary>Writes a sealed memtable as tables. Nothing is published: that is the caller's edit to log.</summary>
/// <param name="threadsMax">How many threads one run may keep busy, its caller's counted.</param>
internal sealed class FlushRunner(EngineEvents events, long tableBytesMax, int threadsMax = 1, long partEntriesMin = FlushRunner.PartEntriesMin)
{
    /// <summary>Below this a second thread costs more than it saves: each part ends with a sync.</summary>
    private const long PartEntriesMin = 32 << 10;

    /// <summary>What is remembered of requests below it is forgotten.</summary>
    public DocumentVersion RequestsFrom { get; init; }

    /// <param name="state">The state that holds the memtable among its sealed ones.</param>
    /// <param name="newTable">With several threads, called by any of them.</param>
    /// <returns>The edit that adds the tables; the caller adds what it knows of the log. No tables when nothing needs to be kept.</returns>
    public VersionEdit Run(EngineState state, Memtable memtable, DocumentVersion watermark, TableWriterFactory newTable, CancellationToken cancellationToken = default)
    {
        events.Raise(new FlushBegan(memtable.EntryCount, memtable.SizeBytes));
        var parts = new List<KeptPart>();
        try
        {
            foreach (var (from, until) in KeptPart.Ranges(memtable.Cuts((int)Math.Min(threadsMax, memtable.EntryCount / partEntriesMin))))
            {
                var source = new RetentionCursor(memtable.OpenCursor(), RuleFor(state, memtable, watermark) with { RequestsFrom = RequestsFrom });
                parts.Add(new(source, from, until, new TableSeries(newTable, [], tableBytesMax, ColumnInputs.None), IBackgroundPacer.None));
            }

            KeptPart.RunAll(parts, cancellationToken);
        }
        finally
        {
            foreach (var part in parts) part.Dispose();
        }

        ImmutableArray<TableInfo> added = [.. parts.SelectMany(p => p.Outputs)];
        events.Raise(new FlushEnded([.. added.Select(t => t.Id.Value)], parts.Sum(p => p.Entries), added.Sum(t => t.FileBytes)));
        return new VersionEdit { TablesAdded = added };
    }

    private static RetentionRule RuleFor(EngineState state, Memtable memtable, DocumentVersion watermark)
        => new(watermark, state.Manifest.DroppedCollections, new OlderVersions(state.Manifest.Tables.Values, OldestBeside(state, memtable)));

    private static DocumentVersion OldestBeside(EngineState state, Memtable memtable)
    {
        var oldest = DocumentVersion.Max;
        foreach (var other in state.Sealed)
            if (other != memtable && other.EntryCount > 0 && other.OldestVersion < oldest) oldest = other.OldestVersion;
        return oldest;
    }
}
