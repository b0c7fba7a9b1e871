// The order in which entries arrived, needed by those who visit all of them: sorting at the flush, the sorted runs of
// scans. A growing array would move under its readers; pages that never move do not, and the count is published last.

namespace IngoDB.Engine.Memtables;

/// <summary>References in the order of their arrival, in pages that never move. One writer; readers see a prefix.</summary>
internal sealed class AppendOrder
{
    private const int PageShift = 14;
    private const int PageLength = 1 << PageShift;

    private uint[][] _pages = [new uint[64]];
    private int _count;

    /// <param name="expected">Pages for so many are made now.</param>
    public AppendOrder(int expected = 0)
    {
        if (expected <= _pages[0].Length) return;
        _pages = new uint[(expected + PageLength - 1) >> PageShift][];
        for (var i = 0; i < _pages.Length; i++) _pages[i] = new uint[PageLength];
    }

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Count * (long)sizeof(uint);

    public void Append(uint reference)
    {
        var pages = _pages;
        var page = _count >> PageShift;
        var at = _count & (PageLength - 1);
        if (page == pages.Length) Array.Resize(ref pages, pages.Length * 2);
        if (pages[page] is null) pages[page] = new uint[PageLength];
        else if (at == pages[page].Length) Array.Resize(ref pages[page], Math.Min(PageLength, at * 4));
        pages[page][at] = reference;
        Volatile.Write(ref _pages, pages);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>References <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public uint[] Slice(int from, int to)
    {
        var slice = new uint[to - from];
        var pages = Volatile.Read(ref _pages);
        for (var copied = 0; copied < slice.Length;)
        {
            var at = (from + copied) & (PageLength - 1);
            var length = Math.Min(PageLength - at, slice.Length - copied);
            Volatile.Read(ref pages[(from + copied) >> PageShift]).AsSpan(at, length).CopyTo(slice.AsSpan(copied));
            copied += length;
        }

        return slice;
    }
}
