// A sealed memtable becomes a table (several, when it is larger than one should be). The memtable keeps serving
// reads until the caller has published the edit; nothing is taken out of memory here, so a failed flush loses
// nothing and is simply tried again. (The original drained the memtable first: a full disk lost what was in it.)
//
// Fifty updates of one key between two flushes need not all reach the disk: the retention rule of compaction is
// applied here already.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Flushing;

/// <summary>Writes a sealed memtable as tables. Nothing is published: that is the caller's edit to log.</summary>
internal sealed class FlushRunner(EngineEvents events, long tableBytesMax)
{
    private const int EntriesPerCancellationCheck = 4096;

    /// <param name="state">The state that holds the memtable among its sealed ones.</param>
    /// <returns>The edit that adds the tables; the caller adds what it knows of the log. No tables when nothing needs to be kept.</returns>
    public Task<VersionEdit> RunAsync(EngineState state, Memtable memtable, DocumentVersion watermark, TableWriterFactory newTable, CancellationToken cancellationToken = default)
    {
        events.Raise(new FlushBegan(memtable.EntryCount, memtable.SizeBytes));
        using var source = new RetentionCursor(memtable.OpenCursor(), RuleFor(state, memtable, watermark));
        using var tables = new TableSeries(newTable, [], tableBytesMax, ColumnInputs.None);
        while (source.MoveNext())
        {
            if (tables.Entries % EntriesPerCancellationCheck == 0) cancellationToken.ThrowIfCancellationRequested();
            tables.Append(source.Entry);
        }

        var added = tables.Finish();
        events.Raise(new FlushEnded([.. added.Select(t => t.Id.Value)], tables.Entries, added.Sum(t => t.FileBytes)));
        return Task.FromResult(new VersionEdit { TablesAdded = added });
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
