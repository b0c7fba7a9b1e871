// Many streams of entries as one, in (key ascending, version descending) order: what a reader sees of memtables and
// tables together, and what a compaction reads. A binary heap of cursors; the one on top is current.
//
//        top  ── compared with the runner-up only: while it stays smaller, nothing moves.
//       ╱   ╲    Tables whose key ranges do not overlap therefore cost one comparison a row,
//      ·     ·   or none once a single cursor is left.
//
// Beside each cursor stand the first sixteen bytes of its key as two integers, most significant byte first: they hold
// the collection and most of an id, so that a comparison rarely has to ask a cursor. Shorter keys are padded with
// zeros; what is equal is compared as bytes.
//
// The same (key, version) in two inputs is the same entry (a version is given once); it is emitted once.

using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Cursors;

/// <summary>Merges cursors and owns them. One thread at a time.</summary>
internal sealed class MergeCursor(IReadOnlyList<EntryCursor> inputs) : EntryCursor
{
    private const int PrefixBytes = 16;

    private readonly Position[] _heap = new Position[inputs.Count];
    private int _count;
    private bool _started;

    /// <summary>The place in the heap of the one that the top has to stay ahead of; 0 when it is alone.</summary>
    private int _runnerUp;

    private struct Position(EntryCursor cursor)
    {
        public readonly EntryCursor Cursor = cursor;
        private ulong _high;
        private ulong _low;

        /// <summary>After the cursor has moved.</summary>
        public void Look()
        {
            var key = Cursor.Key;
            if (key.Length >= PrefixBytes)
            {
                _high = BinaryPrimitives.ReadUInt64BigEndian(key);
                _low = BinaryPrimitives.ReadUInt64BigEndian(key[8..]);
                return;
            }

            Span<byte> padded = stackalloc byte[PrefixBytes];
            padded.Clear();
            key.CopyTo(padded);
            _high = BinaryPrimitives.ReadUInt64BigEndian(padded);
            _low = BinaryPrimitives.ReadUInt64BigEndian(padded[8..]);
        }

        public static int Compare(in Position left, in Position right)
        {
            if (left._high != right._high) return left._high < right._high ? -1 : 1;
            if (left._low != right._low) return left._low < right._low ? -1 : 1;
            var order = left.Cursor.Key.SequenceCompareTo(right.Cursor.Key);
            return order != 0 ? order : right.Cursor.Version.CompareTo(left.Cursor.Version);
        }
    }

    public override ReadOnlySpan<byte> Key => Top.Key;

    public override DocumentVersion Version => Top.Version;

    public override EntryKind Kind => Top.Kind;

    public override DocumentVersion ExpiresAt => Top.ExpiresAt;

    public override Shape Shape => Top.Shape;

    public override ReadOnlySpan<byte> Row => Top.Row;

    public override EntryView Entry => Top.Entry;

    private EntryCursor Top => _heap[0].Cursor;

    public override bool Seek(ReadOnlySpan<byte> key)
    {
        _started = true;
        _count = 0;
        for (var i = 0; i < inputs.Count; i++)
        {
            if (!inputs[i].Seek(key)) continue;
            inputs[i].Input = i;
            _heap[_count] = new(inputs[i]);
            _heap[_count++].Look();
        }

        for (var i = _count / 2 - 1; i >= 0; i--) SiftDown(i);
        return ShowTop();
    }

    public override bool MoveNext()
    {
        if (!_started) return Seek([]);
        if (_count == 0) return false;
        ref var top = ref _heap[0];
        if (top.Cursor.MoveNext())
        {
            if (_runnerUp == 0) return true;
            top.Look();
            if (Position.Compare(top, _heap[_runnerUp]) < 0) return true;
        }
        else
        {
            top = _heap[--_count];
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
            _runnerUp = _count < 2 ? 0 : _count > 2 && Position.Compare(_heap[2], _heap[1]) < 0 ? 2 : 1;
            if (_runnerUp == 0) return _count > 0;
            ref var second = ref _heap[_runnerUp];
            if (Position.Compare(_heap[0], second) < 0) return true;
            if (second.Cursor.MoveNext()) second.Look();
            else second = _heap[--_count];
            if (_runnerUp < _count) SiftDown(_runnerUp);
        }
    }

    private void SiftDown(int at)
    {
        if (at >= _count) return;
        var moving = _heap[at];
        while (2 * at + 1 < _count)
        {
            var child = 2 * at + 1;
            if (child + 1 < _count && Position.Compare(_heap[child + 1], _heap[child]) < 0) child++;
            if (Position.Compare(_heap[child], moving) >= 0) break;
            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = moving;
    }
}
