// Where the values of an aggregate come together in one partition: a table of groups and their states, which is written out in key
// order whenever it has become too large, and begins again:
//
//   values ──► table ──(full)──► run, run, run …           at the end   runs ─┐
//                                                                       table ─┴─ merged by key ──► records
//
// Group numbers hold until the next MakeRoom.

using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>Collects the groups of one aggregate in bounded memory. One thread at a time.</summary>
internal sealed class GroupCollector(AggregateQuery query, SpillFolder folder) : IDisposable
{
    private const int CallsPerCheck = 256;

    private readonly GroupTable _table = new();
    private readonly SpilledRuns _runs = new(folder, () => new(query.Compute));
    private int _checkedRecords, _calls, _reserved;

    public GroupStates States { get; } = new(query.Compute);

    public int Groups => _table.Groups;

    /// <summary>Runs that were written.</summary>
    public int Spilled => _runs.Written;

    /// <summary>The number of a group by the key of its head.</summary>
    public int GroupOf(ReadOnlySpan<byte> headKey)
    {
        var group = _table.GroupOf(headKey);
        if (group >= _reserved) States.Reserve(_reserved = group + 1);
        return group;
    }

    /// <summary>One distinct value; false when it was there.</summary>
    public bool AddDistinct(ReadOnlySpan<byte> key) => _table.Add(key);

    /// <summary>Whether <see cref="MakeRoom"/> would write out what there is. Ask between documents.</summary>
    public bool NeedsRoom()
    {
        if (_table.Records == _checkedRecords && ++_calls % CallsPerCheck != 0) return false;
        _checkedRecords = _table.Records;
        return _table.Records > 1 && _table.Bytes + States.Bytes > folder.MemoryMax;
    }

    /// <summary>Writes out what there is; group numbers begin anew.</summary>
    public void MakeRoom()
    {
        using (var records = _table.InOrder(States)) _runs.Add(records);
        _table.Clear();
        States.Clear();
        _checkedRecords = 0;
    }

    /// <summary>All records; nothing can be added any more.</summary>
    public RecordCursor Finish() => _runs.With(_table.InOrder(States));

    public void Dispose()
    {
        _runs.Dispose();
        _table.Dispose();
    }
}
