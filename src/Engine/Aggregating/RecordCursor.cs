// Records in key order, whoever holds them: a table in memory, a spill file, several of both merged. The next reader sees one
// stream in which equal keys have become one.

using System.Buffers;
using IngoDB.Engine.Indexing;

namespace IngoDB.Engine.Aggregating;

/// <summary>Records by ascending key, no key twice. Spans are valid until the next move. One thread at a time.</summary>
internal abstract class RecordCursor : IDisposable
{
    public abstract bool MoveNext();

    public abstract ReadOnlySpan<byte> Key { get; }

    public abstract ReadOnlySpan<byte> State { get; }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>The records of a table in memory.</summary>
internal sealed class TableRecords(GroupTable table, GroupStates states, KeySorter sorted) : RecordCursor
{
    private readonly ArrayBufferWriter<byte> _state = new(256);

    public override ReadOnlySpan<byte> Key => sorted.Key;

    public override ReadOnlySpan<byte> State => _state.WrittenSpan;

    public override bool MoveNext()
    {
        if (!sorted.MoveNext()) return false;
        _state.ResetWrittenCount();
        if (table.GroupAt((int)sorted.Tag) is >= 0 and var group) states.Append(group, _state);
        return true;
    }

    public override void Dispose()
    {
        sorted.Dispose();
        base.Dispose();
    }
}

/// <summary>Several cursors as one. They are few: the least is found by looking at each.</summary>
/// <param name="merger">Makes one state of several of the same key; null where keys differ always.</param>
internal sealed class MergedRecords(IReadOnlyList<RecordCursor> cursors, GroupStates? merger) : RecordCursor
{
    private readonly List<RecordCursor> _live = [];
    private readonly List<RecordCursor> _equal = [];
    private readonly ArrayBufferWriter<byte> _state = new(256);
    private bool _started;

    public override ReadOnlySpan<byte> Key => _equal[0].Key;

    public override ReadOnlySpan<byte> State => _equal.Count == 1 ? _equal[0].State : _state.WrittenSpan;

    public override bool MoveNext()
    {
        if (!_started) _live.AddRange(cursors.Where(cursor => cursor.MoveNext()));
        foreach (var used in _equal)
            if (!used.MoveNext()) _live.Remove(used);
        _started = true;
        _equal.Clear();
        foreach (var cursor in _live)
        {
            var order = _equal.Count == 0 ? 0 : cursor.Key.SequenceCompareTo(_equal[0].Key);
            if (order < 0) _equal.Clear();
            if (order <= 0) _equal.Add(cursor);
        }

        if (_equal.Count > 1) MergeStates();
        return _equal.Count > 0;
    }

    public override void Dispose()
    {
        foreach (var cursor in cursors) cursor.Dispose();
        base.Dispose();
    }

    private void MergeStates()
    {
        _state.ResetWrittenCount();
        if (merger is null || _equal[0].State.IsEmpty) return;
        merger.Reserve(1);
        merger.Clear();
        foreach (var cursor in _equal) merger.Merge(0, cursor.State);
        merger.Append(0, _state);
    }
}
