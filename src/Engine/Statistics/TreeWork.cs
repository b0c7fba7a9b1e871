// What was asked of the tree of tables lately, by kind: what compaction weighs when it chooses its shape. Gets are too many
// and too quick to be counted one by one; each thread counts its own and tells of one in 64, with the runs that it touched.

namespace IngoDB.Engine.Statistics;

/// <param name="Gets">Documents asked for by id.</param>
/// <param name="RunsTouched">Tables whose filter they had to ask, over all gets.</param>
/// <param name="RowsScanned">Rows stepped to in the order of ids, merged from all runs.</param>
/// <param name="BytesWritten">That flushes wrote, uncompressed.</param>
public readonly record struct TreeWork(long Gets, long RunsTouched, long RowsScanned, long BytesWritten);

/// <summary>A step of W.</summary>
/// <param name="Cause">The work, and what each shape would cost.</param>
public sealed record ScalingMove(DateTimeOffset At, int From, int To, string Cause);

/// <summary>Counts it. Thread-safe; nothing is allocated.</summary>
internal sealed class TreeWorkCounters
{
    private const int GetsPerSample = 64;

    [ThreadStatic]
    private static int s_gets;

    private long _gets, _runs, _rows, _bytes;

    /// <param name="runs">Filters that this get asked.</param>
    public void CountGet(long runs)
    {
        if (++s_gets % GetsPerSample != 0) return;
        Interlocked.Add(ref _gets, GetsPerSample);
        Interlocked.Add(ref _runs, GetsPerSample * runs);
    }

    public void CountScanned(long rows)
    {
        if (rows > 0) Interlocked.Add(ref _rows, rows);
    }

    public void CountWritten(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Since the last call.</summary>
    public TreeWork Take() => new(Interlocked.Exchange(ref _gets, 0), Interlocked.Exchange(ref _runs, 0), Interlocked.Exchange(ref _rows, 0), Interlocked.Exchange(ref _bytes, 0));
}
