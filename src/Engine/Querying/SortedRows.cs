// A sort of everything that matches. Keys and rows are copied into pooled arenas and the keys radix-sorted
// (KeySorter); copying a row costs a fraction of finding it again. When the rows grow beyond a bound only their ids
// are kept, and each is read again when its turn comes: the state and the read point are fixed, so it is the same row.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The rows of a stream, sorted at the first move.</summary>
/// <param name="after">Rows at or before this order key belong to earlier pages; empty for all.</param>
/// <param name="refetch">Reads a row again by its id key.</param>
internal sealed class SortedRows(RowStream source, OrderKeys order, ReadOnlyMemory<byte> after, BudgetMeter meter, SortedRows.Refetch refetch) : RowStream
{
    private const long KeptRowBytesMax = 128L << 20;

    private readonly KeySorter _keys = new();
    private readonly KeyArena _rows = new();
    private readonly List<Kept> _kept = [];
    private bool _sorted;
    private Kept _current;
    private EntryHit _refetched;

    internal delegate EntryHit Refetch(ReadOnlySpan<byte> idKey);

    private readonly record struct Kept(DocumentVersion Version, Shape Shape, long Location, int Length, int IdStart)
    {
        public bool IsRow => Length >= 0;
    }

    public override ReadOnlySpan<byte> IdKey => OrderKey[_current.IdStart..];

    public override DocumentVersion Version => _current.Version;

    public override Shape Shape => _current.IsRow ? _current.Shape : _refetched.Shape;

    public override ReadOnlySpan<byte> Row => _current.IsRow ? _rows.At(_current.Location, _current.Length) : _refetched.Row.Span;

    public override ReadOnlySpan<byte> OrderKey => _keys.Key;

    public override bool MoveNext()
    {
        if (!_sorted) SortAll();
        if (!_keys.MoveNext()) return false;
        _current = _kept[(int)_keys.Tag];
        if (!_current.IsRow) _refetched = refetch(IdKey);
        return true;
    }

    public override void Dispose()
    {
        source.Dispose();
        _keys.Dispose();
        _rows.Dispose();
        base.Dispose();
    }

    private void SortAll()
    {
        _sorted = true;
        while (source.MoveNext())
        {
            var key = order.Of(source);
            if (key.SequenceCompareTo(after.Span) <= 0) continue;
            if (!meter.Take(key.Length + source.Row.Length)) break;
            _keys.Add(key, (uint)_kept.Count);
            _kept.Add(Keep());
        }

        _keys.Sort();
    }

    private Kept Keep()
    {
        var row = source.Row;
        return _rows.Bytes + row.Length > KeptRowBytesMax
            ? new(source.Version, source.Shape, 0, -1, order.IdStart)
            : new(source.Version, source.Shape, _rows.Append(row), row.Length, order.IdStart);
    }
}
