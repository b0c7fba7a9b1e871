// The k-way merge of partitions: the smallest order key is on top, and when its source moves on, one sift puts it
// where it belongs. Order keys are bytes, so nothing here knows what was sorted by.

using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>The partitions' sources by the order key of their current document: a binary heap, smallest first.</summary>
internal sealed class SourceHeap(int capacity)
{
    private readonly PartitionSource[] _sources = new PartitionSource[capacity];

    public int Count { get; private set; }

    public PartitionSource Smallest => _sources[0];

    public void Add(PartitionSource source)
    {
        var at = Count++;
        while (at > 0 && Compare(source, _sources[(at - 1) / 2]) < 0)
        {
            _sources[at] = _sources[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _sources[at] = source;
    }

    /// <summary>The smallest has moved on: puts it where it belongs now.</summary>
    public void SmallestMoved() => SinkFromTop(_sources[0]);

    /// <summary>The smallest has ended.</summary>
    public void RemoveSmallest()
    {
        Count--;
        if (Count > 0) SinkFromTop(_sources[Count]);
    }

    private void SinkFromTop(PartitionSource source)
    {
        var at = 0;
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && Compare(_sources[child + 1], _sources[child]) < 0) child++;
            if (Compare(source, _sources[child]) <= 0) break;
            _sources[at] = _sources[child];
            at = child;
        }

        _sources[at] = source;
    }

    private static int Compare(PartitionSource left, PartitionSource right) => left.Current.OrderKey.SequenceCompareTo(right.Current.OrderKey);
}
