// The first k rows by rank, of a scan that goes through the rows once. Whatever is better than the k-th best so far is
// kept; when the list is full it is sorted, cut to k, and the k-th rank becomes a bound that the scan adds to its
// predicate. So after the first few thousand rows the vector kernels throw nearly everything away, and the work
// that is left does not depend on k.
//
//   rows 0..4,095: 410 match ► cut to 10, the worst of them has rank 37 ► from here on only rows below rank 37 match

namespace IngoDB.Engine.Scanning;

/// <summary>Collects the k best (rank, row) items; rows come in ascending order. One thread at a time.</summary>
internal sealed class TopRanks
{
    private const int SlackMin = 256;

    private readonly int _limit;
    private readonly ulong[] _items;
    private int _count;

    public TopRanks(int limit)
    {
        _limit = limit;
        _items = new ulong[limit + Math.Max(SlackMin, limit)];
    }

    /// <summary>Only rows with a rank below it can still be among the first; <see cref="long.MaxValue"/> while there is room.</summary>
    public long Bound { get; private set; } = long.MaxValue;

    public void Add(uint rank, uint row)
    {
        if (rank >= Bound) return;
        if (_count == _items.Length) Cut();
        if (rank < Bound) _items[_count++] = RankSort.ItemOf(rank, row);
    }

    /// <summary>Makes the bound as tight as what was added allows; worth it between stretches of rows.</summary>
    public void Tighten()
    {
        if (_count > _limit) Cut();
    }

    /// <summary>The best, in order; the caller may sort them otherwise.</summary>
    public Span<ulong> Finish()
    {
        Cut();
        return _items.AsSpan(0, _count);
    }

    private void Cut()
    {
        _items.AsSpan(0, _count).Sort();
        if (_count < _limit) return;
        _count = _limit;
        Bound = _limit == 0 ? 0 : RankSort.RankOf(_items[_limit - 1]);
    }
}
