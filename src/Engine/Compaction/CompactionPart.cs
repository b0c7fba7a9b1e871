// The loop of a merge, over a range of its keys. Every part opens the inputs for itself, since cursors belong to one
// thread, and asks its own OlderVersions, since keys are asked in order; what is shared is immutable.

using System.Collections.Immutable;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Compaction;

/// <summary>The keys of a merge from one cut (inclusive) to the next (exclusive; none: to the end). Owns both ends of the loop; one thread.</summary>
internal sealed class CompactionPart(RetentionCursor source, ReadOnlyMemory<byte> from, ReadOnlyMemory<byte>? until, TableSeries tables, IBackgroundPacer pacer) : IDisposable
{
    private const long StretchBytes = 1 << 20;

    /// <summary>After <see cref="Run"/>: durable, and in key order.</summary>
    public ImmutableArray<TableInfo> Outputs { get; private set; } = [];

    public long Entries => tables.Entries;

    public void Run(CancellationToken cancellationToken)
    {
        var stretch = 0L;
        for (var found = source.Seek(from.Span); found; found = source.MoveNext())
        {
            var entry = source.Entry;
            if (IsBehind(entry)) break;
            tables.Append(entry);
            stretch += entry.Key.Length + entry.Row.Length;
            if (stretch < StretchBytes) continue;
            Breathe(stretch, cancellationToken);
            stretch = 0;
        }

        cancellationToken.ThrowIfCancellationRequested();
        Outputs = tables.Finish();
    }

    /// <summary>Another part failed: no file of this one stays either.</summary>
    public void Discard() => tables.Discard();

    public void Dispose()
    {
        source.Dispose();
        tables.Dispose();
    }

    private bool IsBehind(in EntryView entry) => until is { } end && entry.Key.SequenceCompareTo(end.Span) >= 0;

    // The thread is this merge's own, so it may block; on the pool's it would go on at another's cost.
    private void Breathe(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pause = pacer.PaceAsync(bytes, cancellationToken);
        if (!pause.IsCompletedSuccessfully) pause.AsTask().GetAwaiter().GetResult();
    }
}
