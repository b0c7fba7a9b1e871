// The rows that codes select, in the order of the query, sorted by codes. No sort key is built and no value compared:
// a row's rank is made of codes (CodeRanks), and ranks are counted, not compared.
//
//   all       zones ► mask ► rows ► (rank, row) ─ each row copied as it is met ─► counting sort ► rows out of the arena
//   first k   zones ► mask ► rows ► the k best ranks so far; the worst of them bounds the next zone ► k rows copied
//
// An order key is made only for whoever asks: a merge with other streams, or a coordinator.

using System.Buffers;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Scanning;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Selected rows of one table by rank, collected at the first move.</summary>
/// <param name="limit">Only the first of them; null for all.</param>
/// <param name="after">Rows before it belong to earlier pages.</param>
internal sealed class RankedRows(ColumnTable table, CodeRanks ranks, OrderKeys order, int? limit, RankResume after, BudgetMeter meter) : RowStream
{
    private const int PrefetchedRows = 8;

    private readonly RowArena _arena = new();
    private ulong[] _items = [];
    private int _count, _at = -1, _keyOf = -1;
    private bool _collected, _isKept;
    private CodePredicate? _bound;
    private long _boundOf = long.MaxValue;

    public override ReadOnlySpan<byte> IdKey => Current.IdKey;

    public override DocumentVersion Version => Current.Version;

    public override Shape Shape => Current.Shape;

    public override ReadOnlySpan<byte> Row => _isKept ? Current.Row : table.Row;

    public override ReadOnlySpan<byte> OrderKey
    {
        get
        {
            if (_keyOf == _at) return order.Latest;
            _keyOf = _at;
            return order.Of(this);
        }
    }

    private KeptRow Current => _arena[RankSort.RowOf(_items[_at])];

    public override bool MoveNext()
    {
        if (!_collected) Collect();
        if (++_at >= _count) return false;
        if (_at + PrefetchedRows < _count) _arena.Prefetch(RankSort.RowOf(_items[_at + PrefetchedRows]));
        var current = Current;
        _isKept = current.IsKept;
        if (!_isKept) table.ReturnTo(current.Number);
        return true;
    }

    public override void Dispose()
    {
        table.Dispose();
        _arena.Dispose();
        if (_items.Length > 0) ArrayPool<ulong>.Shared.Return(_items);
        _items = [];
        base.Dispose();
    }

    private void Collect()
    {
        _collected = true;
        var mask = new ulong[CodePredicate.ZoneWords];
        var rows = new uint[CodeColumn.ZoneRows];
        var ranksOfRows = new uint[CodeColumn.ZoneRows];
        var top = limit is { } first ? new TopRanks(first) : null;
        for (var zone = 0; zone < table.Zones.Zones && top?.Bound != 0; zone++)
        {
            if (!table.Examine(zone, table.Zones.Passes + ranks.Columns)) break;
            if (!table.Zones.Select(zone, BoundOf(top), mask)) continue;
            var words = RowMask.Words(table.Zones.RowsOf(zone));
            var count = RowMask.ToRows(mask.AsSpan(0, words), (uint)(zone * CodeColumn.ZoneRows), rows);
            ranks.Of(rows.AsSpan(0, count), ranksOfRows);
            if (!(top is null ? KeepAll(rows.AsSpan(0, count), ranksOfRows) : KeepBest(top, rows.AsSpan(0, count), ranksOfRows))) break;
        }

        if (top is not null) KeepBest(top);
        Sort();
    }

    private bool KeepAll(ReadOnlySpan<uint> rows, ReadOnlySpan<uint> ranksOfRows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (after.IsBehind(ranksOfRows[i], rows[i])) continue;
            if (!table.MoveTo(rows[i])) return false;
            if (!table.IsAnswered()) continue;
            if (!meter.Take(table.Row.Length)) return false;
            Add(ranksOfRows[i], rows[i]);
        }

        return true;
    }

    private bool KeepBest(TopRanks top, ReadOnlySpan<uint> rows, ReadOnlySpan<uint> ranksOfRows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (ranksOfRows[i] >= top.Bound || after.IsBehind(ranksOfRows[i], rows[i])) continue;
            if (table.NeedsRows)
            {
                if (!table.MoveTo(rows[i])) return false;
                if (!table.IsAnswered()) continue;
            }

            top.Add(ranksOfRows[i], rows[i]);
        }

        top.Tighten();
        return true;
    }

    // In the order in which they lie, each block once.
    private void KeepBest(TopRanks top)
    {
        var best = top.Finish().ToArray();
        Array.Sort(best, static (left, right) => RankSort.RowOf(left).CompareTo(RankSort.RowOf(right)));
        foreach (var item in best)
        {
            if (!table.NeedsRows && !table.MoveTo(RankSort.RowOf(item))) return;
            if (table.NeedsRows) table.ReturnTo(RankSort.RowOf(item));
            else if (!table.IsAnswered()) continue;
            Add(RankSort.RankOf(item), RankSort.RowOf(item));
        }
    }

    private CodePredicate? BoundOf(TopRanks? top)
    {
        if (top is null || top.Bound == _boundOf) return _bound;
        _boundOf = top.Bound;
        return _bound = ranks.MayBeBelow((uint)top.Bound);
    }

    private void Add(uint rank, uint row)
    {
        if (_count == _items.Length) Grow();
        _items[_count++] = RankSort.ItemOf(rank, _arena.Add(table, row));
    }

    private void Grow()
    {
        var grown = ArrayPool<ulong>.Shared.Rent(Math.Max(256, _items.Length * 2));
        _items.AsSpan(0, _count).CopyTo(grown);
        if (_items.Length > 0) ArrayPool<ulong>.Shared.Return(_items);
        _items = grown;
    }

    private void Sort()
    {
        var scratch = ArrayPool<ulong>.Shared.Rent(Math.Max(1, _count));
        RankSort.Sort(_items.AsSpan(0, _count), scratch, ranks.Count);
        ArrayPool<ulong>.Shared.Return(scratch);
    }
}

/// <summary>Where an earlier page ended, in the ranks of one table.</summary>
/// <param name="Rank">Rows with a lower rank belong to earlier pages.</param>
/// <param name="FirstRow">So do rows of this very rank before this row.</param>
internal readonly record struct RankResume(long Rank, uint FirstRow)
{
    public bool IsBehind(uint rank, uint row) => rank < Rank || (rank == Rank && row < FirstRow);
}
