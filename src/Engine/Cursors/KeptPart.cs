// The loop of flush and compaction, over a range of keys: what must be kept becomes tables. A large act is cut at whole
// keys into several parts that run side by side. Every part opens its source for itself, since cursors belong to one thread, and
// asks its own OlderVersions, since keys are asked in order; what is shared is immutable.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Cursors;

/// <summary>The entries to keep from one cut (inclusive) to the next (exclusive; none: to the end), written as tables. Owns both ends; one thread.</summary>
internal sealed class KeptPart(RetentionCursor source, ReadOnlyMemory<byte> from, ReadOnlyMemory<byte>? until, TableSeries tables, IBackgroundPacer pacer) : IDisposable
{
    private const long StretchBytes = 1 << 20;

    /// <summary>After it has run: durable, and in key order.</summary>
    public ImmutableArray<TableInfo> Outputs { get; private set; } = [];

    public long Entries => tables.Entries;

    /// <summary>Where parts begin and end that meet at these keys.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> From, ReadOnlyMemory<byte>? Until)> Ranges(ImmutableArray<ReadOnlyMemory<byte>> cuts)
    {
        for (var i = 0; i <= cuts.Length; i++)
            yield return (i == 0 ? ReadOnlyMemory<byte>.Empty : cuts[i - 1], i < cuts.Length ? cuts[i] : default(ReadOnlyMemory<byte>?));
    }

    /// <summary>Runs all of them, each on a thread; when one fails, no file of any is left. The caller disposes them.</summary>
    public static void RunAll(IReadOnlyList<KeptPart> parts, CancellationToken cancellationToken)
    {
        try
        {
            SideBySide.Run([.. parts.Select(part => (Action<CancellationToken>)part.Run)], cancellationToken);
        }
        catch
        {
            foreach (var part in parts) part.Discard();
            throw;
        }
    }

    public void Dispose()
    {
        source.Dispose();
        tables.Dispose();
    }

    private void Run(CancellationToken cancellationToken)
    {
        var stretch = 0L;
        for (var found = source.Seek(from.Span, out var entry); found && !IsBehind(entry); found = source.MoveNext(out entry))
        {
            tables.Append(entry);
            stretch += entry.Key.Length + entry.Row.Length;
            if (stretch < StretchBytes) continue;
            Breathe(stretch, cancellationToken);
            stretch = 0;
        }

        cancellationToken.ThrowIfCancellationRequested();
        Outputs = tables.Finish();
    }

    private void Discard() => tables.Discard();

    private bool IsBehind(in EntryView entry) => until is { } end && entry.Key.SequenceCompareTo(end.Span) >= 0;

    // The thread is this act's own, so it may block; on the pool's it would go on at another's cost.
    private void Breathe(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pause = pacer.PaceAsync(bytes, cancellationToken);
        if (!pause.IsCompletedSuccessfully) pause.AsTask().GetAwaiter().GetResult();
    }
}
