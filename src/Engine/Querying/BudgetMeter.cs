// Every query may be stopped: by the caller (cancellation, an exception) or by a budget (an early end that names the
// limit it hit). Counting is per row, looking at the clock once in 256 rows.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Counts a query's work against its budget. One thread at a time.</summary>
internal sealed class BudgetMeter(Budget? budget, TimeProvider time, CancellationToken cancellationToken)
{
    private const long RowsPerCheck = 256;
    private const long CodesPerCheck = 1 << 18;

    private readonly long _documentsMax = budget?.Documents ?? long.MaxValue;
    private readonly long _bytesMax = budget?.Bytes ?? long.MaxValue;
    private readonly TimeSpan _timeMax = budget?.Milliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.MaxValue;
    private long _bytes, _codesAtCheck;

    /// <summary>A timestamp.</summary>
    public long Began { get; } = time.GetTimestamp();

    public long Examined { get; private set; }

    /// <summary>Those of them that were gone to one by one, by id or from an index.</summary>
    public long Fetched { get; private set; }

    /// <summary>Those that codes had selected, gone to in the order in which they lie.</summary>
    public long Gathered { get; private set; }

    /// <summary>Those that entries of a covering index carry.</summary>
    public long Covered { get; private set; }

    /// <summary>Codes looked at, which is no row yet.</summary>
    public long Codes { get; private set; }

    /// <summary>Entries of indexes read into sets of rows, which is no row yet.</summary>
    public long Entries { get; private set; }

    public TimeSpan Elapsed => time.GetElapsedTime(Began);

    /// <summary>The same, with the time that it is: looking at a clock costs as much as all else that is recorded of a query.</summary>
    public TimeSpan ElapsedBy(out long timestamp)
    {
        timestamp = time.GetTimestamp();
        return time.GetElapsedTime(Began, timestamp);
    }

    /// <summary>The limit that ended the query: <c>ms</c>, <c>docs</c> or <c>bytes</c>.</summary>
    public string? StoppedBy { get; private set; }

    /// <summary>One more row; false when the query has to end here.</summary>
    public bool Examine()
    {
        if (StoppedBy is not null) return false;
        if (Examined >= _documentsMax) return Stop("docs");
        if (++Examined % RowsPerCheck == 1) Check();
        return StoppedBy is null;
    }

    /// <summary>The same for a row that is gone to.</summary>
    public bool Fetch()
    {
        Fetched++;
        return Examine();
    }

    /// <summary>The same for a row that an entry carries.</summary>
    public bool Cover()
    {
        Covered++;
        return Examine();
    }

    /// <summary>The same for a row that codes have selected.</summary>
    public bool Gather()
    {
        Gathered++;
        return Examine();
    }

    /// <summary>Codes are many and cheap: they count against nothing but time.</summary>
    public bool ExamineCodes(long codes)
    {
        if (StoppedBy is not null) return false;
        Codes += codes;
        if (Codes - _codesAtCheck < CodesPerCheck) return true;
        _codesAtCheck = Codes;
        Check();
        return StoppedBy is null;
    }

    /// <summary>Entries are cheap too, and no row is answered for them: they count against nothing but time.</summary>
    public bool ReadEntries(long entries)
    {
        if (StoppedBy is not null) return false;
        Entries += entries;
        Check();
        return StoppedBy is null;
    }

    /// <summary>Somebody wants to know how long rows are.</summary>
    public bool CountsBytes => _bytesMax != long.MaxValue;

    /// <summary>Bytes taken into the result; false when they no longer fit.</summary>
    public bool Take(int bytes)
    {
        if (StoppedBy is not null) return false;
        _bytes += bytes;
        return _bytes <= _bytesMax || Stop("bytes");
    }

    private void Check()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_timeMax != TimeSpan.MaxValue && Elapsed > _timeMax) Stop("ms");
    }

    private bool Stop(string limit)
    {
        StoppedBy = limit;
        return false;
    }
}
