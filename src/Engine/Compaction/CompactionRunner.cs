using IngoDB.Engine.Events;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Compaction;

/// <summary>Rewrites tables as the strategy chose. Several may run at once over different inputs.</summary>
internal sealed class CompactionRunner(EngineEvents events, IBackgroundPacer pacer, long tableBytesMax)
{
    public EngineEvents Events { get; } = events;

    public IBackgroundPacer Pacer { get; } = pacer;

    public long TableBytesMax { get; } = tableBytesMax;

    /// <param name="state">Held by the caller until the task ends, so that its tables stay open; must contain the inputs.</param>
    /// <returns>The edit that replaces the inputs by the outputs. Nothing is published.</returns>
    /// <exception cref="CorruptionException">An input is damaged; no file of the attempt is left.</exception>
    public Task<VersionEdit> RunAsync(EngineState state, CompactionChoice.Merge choice, DocumentVersion watermark, TableWriterFactory newTable, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
