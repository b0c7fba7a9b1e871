// The entries of some ranges in scan order: keys ascending or descending, but rows of equal keys always ascending,
// because every sort ends with _id ascending. So a descending walk goes back group by group and reads each group
// forwards:
//
//   entries      a:1 a:4 | b:2 b:3 b:9 | c:5          descending      c:5 | b:2 b:3 b:9 | a:1 a:4
//                                                                    ◄──── ◄────         each group ►
//
// (The original reversed the whole list and cut it at the wrong end.)

namespace IngoDB.Engine.Indexing;

/// <summary>Where an earlier page ended: entries of that key before that row are done, and keys before it in scan order.</summary>
internal readonly record struct IndexResume(ReadOnlyMemory<byte> Key, uint Row);

/// <summary>Walks the entries of disjoint ranges. One thread at a time.</summary>
internal sealed class RangeEntries(IndexCursor cursor, KeyRange[] ranges, bool descending, IndexResume? resume = null)
{
    private int _range = descending ? ranges.Length : -1;
    private bool _inRange;
    private (int Block, int Entry) _groupFirst, _groupLast;

    public ReadOnlySpan<byte> Key => cursor.Key;

    public RowReference Reference => cursor.Reference;

    public ReadOnlySpan<byte> Carried => cursor.Carried;

    public bool MoveNext() => descending ? MoveDescending() : MoveAscending();

    private bool MoveAscending()
    {
        if (_inRange && cursor.MoveNext() && !ranges[_range].IsBelow(cursor.Key)) return true;
        while (++_range < ranges.Length)
        {
            var range = ranges[_range];
            if (resume is { } ended && range.IsBelow(ended.Key.Span)) continue;
            var found = resume is { } from && !range.IsAbove(from.Key.Span)
                ? cursor.Seek(from.Key.Span, from.Row)
                : cursor.Seek(range.Low.Span, range.LowInclusive ? 0 : uint.MaxValue);
            _inRange = found && !range.IsBelow(cursor.Key);
            if (_inRange) return true;
        }

        _inRange = false;
        return false;
    }

    private bool MoveDescending()
    {
        if (_inRange && cursor.Position != _groupLast) return cursor.MoveNext();
        if (_inRange)
        {
            cursor.MoveTo(_groupFirst);
            if (cursor.MovePrevious() && !ranges[_range].IsAbove(cursor.Key)) return BeginGroup();
        }

        while (--_range >= 0)
        {
            var range = ranges[_range];
            if (resume is { } ended && range.IsAbove(ended.Key.Span)) continue;
            _inRange = SeekLastOf(range) && !range.IsAbove(cursor.Key);
            if (_inRange) return BeginGroup();
        }

        _inRange = false;
        return false;
    }

    private bool SeekLastOf(KeyRange range)
    {
        if (resume is { } from && !range.IsBelow(from.Key.Span)) return cursor.SeekBefore(from.Key.Span, uint.MaxValue);
        return range.High is { } high ? cursor.SeekBefore(high.Span, range.HighInclusive ? uint.MaxValue : 0) : cursor.SeekLast();
    }

    /// <summary>Standing on the last entry of a group, moves to the first one that is to be read.</summary>
    private bool BeginGroup()
    {
        _groupLast = cursor.Position;
        var key = cursor.Key;
        var isResumed = resume is { } ended && key.SequenceEqual(ended.Key.Span);
        cursor.Seek(key, 0);
        _groupFirst = cursor.Position;
        if (!isResumed) return true;

        cursor.Seek(resume!.Value.Key.Span, resume.Value.Row);
        var done = cursor.Position.CompareTo(_groupLast) > 0;
        if (!done) return true;
        cursor.MoveTo(_groupLast);
        return MoveDescending();
    }
}
