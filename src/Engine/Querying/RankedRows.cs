// The rows that codes select, in the order of the query, sorted by codes. No sort key is built and no value compared:
// a row's rank is made of codes (CodeRanks), and ranks are counted, not compared.
//
//   all       zones ► mask ► rows ► (rank, row) ─ each row copied as it is met ─► counting sort ► rows out of the arena
//   first k   zones ► mask ► rows ► the k best ranks so far; the worst of them bounds the next zone ► k rows copied
//
// Several tables are one stream when their ids do not overlap: they follow each other in the order of ids, so rows of
// equal rank come in it. An order key is made only for whoever asks: a merge with other streams, or a coordinator.

using System.Buffers;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Scanning;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>One table in a sort by codes.</summary>
/// <param name="After">Rows before it belong to earlier pages.</param>
/// <param name="FirstNumber">The number of its first row among those of all tables.</param>
internal sealed record RankedTable(ColumnTable Table, CodeRanks Ranks, RankResume After, uint FirstNumber);

/// <summary>Selected rows of tables, ascending and disjoint in their ids, by rank; collected at the first move.</summary>
/// <param name="limit">Only the first of them; null for all.</param>
internal sealed class RankedRows(IReadOnlyList<RankedTable> tables, OrderKeys order, int? limit, BudgetMeter meter) : RowStream
{
    private const int PrefetchedRows = 8;

    private readonly RowArena _arena = new();
    private ulong[] _items = [];
    private int _count, _at = -1, _keyOf = -1;
    private bool _collected;
    private KeptRow _current;
    private ColumnTable? _refetched;

    public override ReadOnlySpan<byte> IdKey => _current.IdKey;

    public override DocumentVersion Version => _current.Version;

    public override Shape Shape => _current.Shape;

    public override ReadOnlySpan<byte> Row => _refetched is null ? _current.Row : _refetched.Row;

    public override ReadOnlySpan<byte> OrderKey
    {
        get
        {
            if (_keyOf == _at) return order.Latest;
            _keyOf = _at;
            return order.Of(this);
        }
    }

    public override bool MoveNext()
    {
        if (!_collected) Collect();
        if (++_at >= _count) return false;
        if (_at + PrefetchedRows < _count) _arena.Prefetch(RankSort.RowOf(_items[_at + PrefetchedRows]));
        _current = _arena[RankSort.RowOf(_items[_at])];
        if (!_current.IsKept) Refetch();
        else _refetched = null;
        return true;
    }

    public override void Dispose()
    {
        foreach (var table in tables) table.Table.Dispose();
        _arena.Dispose();
        if (_items.Length > 0) ArrayPool<ulong>.Shared.Return(_items);
        _items = [];
        base.Dispose();
    }

    private void Collect()
    {
        _collected = true;
        var buffers = ZoneBuffers.Take();
        var top = limit is { } first ? new TopRanks(first) : null;
        foreach (var table in tables)
            if (!Collect(table, top, buffers)) break;
        if (top is not null) KeepBest(top);
        buffers.GiveBack();
        foreach (var table in tables) table.Table.Tell();
        Sort();
    }

    // False: the query has to end here, or nothing better can come.
    private bool Collect(RankedTable ranked, TopRanks? top, ZoneBuffers buffers)
    {
        var (table, zones) = (ranked.Table, ranked.Table.Zones);
        CodePredicate? bound = null;
        var boundOf = long.MaxValue;
        for (var zone = 0; zone < zones.Zones; zone++)
        {
            if (top is not null && top.Bound != boundOf)
            {
                boundOf = top.Bound;
                if (boundOf == 0) return false;
                bound = ranked.Ranks.MayBeBelow((uint)boundOf);
            }

            if (!table.Examine(zone, zones.Passes + ranked.Ranks.Columns)) return false;
            if (!zones.Select(zone, bound, buffers.Mask)) continue;
            var count = RowMask.ToRows(buffers.Mask.AsSpan(0, RowMask.Words(zones.RowsOf(zone))), (uint)(zone * CodeColumn.ZoneRows), buffers.Rows);
            var (rows, ranks) = (buffers.Rows, buffers.Ranks);
            ranked.Ranks.Of(rows.AsSpan(0, count), ranks);
            if (!(top is null ? KeepAll(ranked, rows.AsSpan(0, count), ranks) : KeepBest(ranked, top, rows.AsSpan(0, count), ranks))) return false;
        }

        return true;
    }

    private bool KeepAll(RankedTable ranked, ReadOnlySpan<uint> rows, ReadOnlySpan<uint> ranks)
    {
        var table = ranked.Table;
        for (var i = 0; i < rows.Length; i++)
        {
            table.Warm(rows, i);
            if (ranked.After.IsBehind(ranks[i], rows[i])) continue;
            if (!table.MoveTo(rows[i])) return false;
            if (table.NeedsRows && !table.IsAnswered()) continue;
            var entry = table.Entry;
            if (!meter.Take(entry.Row.Length)) return false;
            Add(ranks[i], _arena.Add(entry, ranked.FirstNumber + rows[i]));
        }

        return true;
    }

    private static bool KeepBest(RankedTable ranked, TopRanks top, ReadOnlySpan<uint> rows, ReadOnlySpan<uint> ranks)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (ranks[i] >= top.Bound || ranked.After.IsBehind(ranks[i], rows[i])) continue;
            if (ranked.Table.NeedsRows)
            {
                if (!ranked.Table.MoveTo(rows[i])) return false;
                if (!ranked.Table.IsAnswered()) continue;
            }

            top.Add(ranks[i], ranked.FirstNumber + rows[i]);
        }

        top.Tighten();
        return true;
    }

    // In the order in which they lie, each block once.
    private void KeepBest(TopRanks top)
    {
        var best = top.Finish();
        best.Sort(static (left, right) => RankSort.RowOf(left).CompareTo(RankSort.RowOf(right)));
        var at = 0;
        foreach (var item in best)
        {
            var number = RankSort.RowOf(item);
            while (at + 1 < tables.Count && number >= tables[at + 1].FirstNumber) at++;
            var (table, row) = (tables[at].Table, number - tables[at].FirstNumber);
            if (table.NeedsRows) table.ReturnTo(row);
            else if (!table.MoveTo(row)) return;
            Add(RankSort.RankOf(item), _arena.Add(table.Entry, number));
        }
    }

    private void Refetch()
    {
        var at = tables.Count - 1;
        while (_current.Number < tables[at].FirstNumber) at--;
        _refetched = tables[at].Table;
        _refetched.ReturnTo(_current.Number - tables[at].FirstNumber);
    }

    private void Add(uint rank, uint reference)
    {
        if (_count == _items.Length) Grow();
        _items[_count++] = RankSort.ItemOf(rank, reference);
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
        RankSort.Sort(_items.AsSpan(0, _count), scratch, tables[0].Ranks.Count);
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
