// The runs that one aggregate, or one sort, has written so far. When they have become many they are merged into one, so that the
// last merge has few files open and little memory, however much there was.

namespace IngoDB.Engine.Aggregating;

/// <summary>Runs on disk. One thread at a time.</summary>
/// <param name="merger">Makes one state of several of the same key; null where keys differ always.</param>
internal sealed class SpilledRuns(SpillFolder folder, Func<GroupStates>? merger) : IDisposable
{
    private const int RunsMax = 32;

    private readonly List<RecordCursor> _runs = [];

    public bool IsEmpty => _runs.Count == 0;

    /// <summary>Runs written, those that were merged since included.</summary>
    public int Written { get; private set; }

    public void Add(RecordCursor records)
    {
        if (_runs.Count == RunsMax) MergeAll();
        _runs.Add(SpillFile.Write(folder, records));
        Written++;
    }

    /// <summary>All records, with those that are still in memory; the cursor owns all of them.</summary>
    public RecordCursor With(RecordCursor last)
    {
        if (_runs.Count == 0) return last;
        var merged = new MergedRecords([.. _runs, last], merger?.Invoke());
        _runs.Clear();
        return merged;
    }

    public void Dispose()
    {
        foreach (var run in _runs) run.Dispose();
        _runs.Clear();
    }

    private void MergeAll()
    {
        var merged = new MergedRecords([.. _runs], merger?.Invoke());
        _runs.Clear();
        using (merged) _runs.Add(SpillFile.Write(folder, merged));
    }
}
