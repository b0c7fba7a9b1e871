using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Flushing;

/// <summary>Writes a sealed memtable as tables.</summary>
internal sealed class FlushRunner(EngineEvents events, long tableBytesMax)
{
    public EngineEvents Events { get; } = events;

    public long TableBytesMax { get; } = tableBytesMax;

    /// <param name="state">The state that holds the memtable among its sealed ones.</param>
    /// <returns>The edit that adds the tables; the caller adds what it knows of the log. No tables when nothing needs to be kept.</returns>
    public Task<VersionEdit> RunAsync(EngineState state, Memtable memtable, DocumentVersion watermark, TableWriterFactory newTable, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
