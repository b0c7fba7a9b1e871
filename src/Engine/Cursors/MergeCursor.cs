// Many streams of entries as one, in (key ascending, version descending) order: what a reader sees of memtables and
// tables together, and what a compaction reads. A binary heap of cursors; the one on top is current.
//
//        top  ── compared with the runner-up only: while it stays smaller, nothing moves.
//       ╱   ╲    Tables whose key ranges do not overlap therefore cost one comparison a row,
//      ·     ·   or none once a single cursor is left.
//
// The same (key, version) in two inputs is the same entry (a version is given once); it is emitted once.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Cursors;

/// <summary>Merges cursors and owns them. One thread at a time.</summary>
internal sealed class MergeCursor(IReadOnlyList<EntryCursor> inputs) : EntryCursor
{
    private readonly EntryCursor[] _heap = new EntryCursor[inputs.Count];
    private int _count;
    private bool _started;
    private EntryCursor? _top;
    private EntryCursor? _runnerUp;

    public override ReadOnlySpan<byte> Key => _top!.Key;

    public override DocumentVersion Version => _top!.Version;

    public override EntryKind Kind => _top!.Kind;

    public override DocumentVersion ExpiresAt => _top!.ExpiresAt;

    public override Shape Shape => _top!.Shape;

    public override ReadOnlySpan<byte> Row => _top!.Row;

    public override bool Seek(ReadOnlySpan<byte> key)
    {
        _started = true;
        _count = 0;
        foreach (var input in inputs)
            if (input.Seek(key)) _heap[_count++] = input;
        for (var i = _count / 2 - 1; i >= 0; i--) SiftDown(i);
        return ShowTop();
    }

    public override bool MoveNext()
    {
        if (!_started) return Seek([]);
        if (_count == 0) return false;
        if (_top!.MoveNext())
        {
            if (_runnerUp is null || Compare(_top, _runnerUp) < 0) return true;
        }
        else
        {
            _heap[0] = _heap[--_count];
        }

        SiftDown(0);
        return ShowTop();
    }

    public override void Dispose()
    {
        foreach (var input in inputs) input.Dispose();
        base.Dispose();
    }

    // The top is right; finds the one it has to stay ahead of, and skips what equals it.
    private bool ShowTop()
    {
        while (true)
        {
            _top = _count > 0 ? _heap[0] : null;
            var second = _count > 2 && Compare(_heap[2], _heap[1]) < 0 ? 2 : 1;
            _runnerUp = _count > 1 ? _heap[second] : null;
            if (_runnerUp is null || Compare(_top!, _runnerUp) < 0) return _count > 0;
            if (!_runnerUp.MoveNext()) _heap[second] = _heap[--_count];
            if (second < _count) SiftDown(second);
        }
    }

    private void SiftDown(int at)
    {
        if (at >= _count) return;
        var moving = _heap[at];
        while (2 * at + 1 < _count)
        {
            var child = 2 * at + 1;
            if (child + 1 < _count && Compare(_heap[child + 1], _heap[child]) < 0) child++;
            if (Compare(_heap[child], moving) >= 0) break;
            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = moving;
    }

    private static int Compare(EntryCursor left, EntryCursor right)
    {
        var order = left.Key.SequenceCompareTo(right.Key);
        return order != 0 ? order : right.Version.CompareTo(left.Version);
    }
}
