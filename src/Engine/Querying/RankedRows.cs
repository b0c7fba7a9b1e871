// The rows that codes select, in the order of the query, sorted by codes. No sort key is built and no value compared:
// a row's rank is made of codes (CodeRanks), and ranks are counted, not compared.
//
//   all       zones ► mask ► rows ► (rank, row) ► counting sort ► rows from where they lie (HeldRows)
//   first k   zones ► mask ► rows ► the k best ranks so far; the worst of them bounds the next zone ► k rows
//
// Several tables are one stream when their ids do not overlap: they follow each other in the order of ids, so rows of
// equal rank come in it. An order key is made only for whoever asks: a merge with other streams, or a coordinator.

using System.Buffers;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;
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
    private readonly HeldRows _rows = new();
    private readonly byte[] _key = new byte[EntryKey.BytesMax];
    private HeldRow[] _items = [];
    private HeldStretch _stretch;
    private int _count, _at = -1, _orderKeyOf = -1;
    private bool _collected;
    private HeldRow _current;
    private KeptRow _copy;
    private ColumnTable? _refetched;

    public override ReadOnlySpan<byte> IdKey => IsCopy ? _copy.IdKey : EntryKey.IdBytesOf(_key.AsSpan(0, _rows.BlockOf(_current).CopyKey(_current.Row, _key)));

    public override DocumentVersion Version => IsCopy ? _copy.Version : _rows.BlockOf(_current).Block.VersionOf(_current.Row);

    public override Shape Shape => IsCopy ? _copy.Shape : _rows.BlockOf(_current).ShapeOf(_current.Row);

    public override ReadOnlySpan<byte> Row
        => !IsCopy ? _rows.BlockOf(_current).RowAt((int)_current.Start, _current.Length) : _refetched is null ? _copy.Row : _refetched.Row;

    public override ReadOnlySpan<byte> OrderKey
    {
        get
        {
            if (_orderKeyOf == _at) return order.Latest;
            _orderKeyOf = _at;
            return order.Of(this);
        }
    }

    public override bool MoveNext()
    {
        if (!_collected) Collect();
        if (++_at >= _count) return false;
        _rows.Warm(_items.AsSpan(0, _count), _at);
        _current = _items[_at];
        if (IsCopy) GoToCopy();
        return true;
    }

    public override void Dispose()
    {
        foreach (var table in tables) table.Table.Dispose();
        _rows.Dispose();
        if (_items.Length > 0) ArrayPool<HeldRow>.Shared.Return(_items);
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
        _stretch = default;
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
            if (!table.Select(zone, bound, buffers.Mask)) continue;
            var count = RowMask.ToRows(buffers.Mask.AsSpan(0, RowMask.Words(zones.RowsOf(zone))), (uint)(zone * CodeColumn.ZoneRows), buffers.Rows);
            var (rows, ranks) = (buffers.Rows, buffers.Ranks);
            ranked.Ranks.Of(rows.AsSpan(0, count), ranks);
            if (!(top is null ? KeepAll(ranked, rows.AsSpan(0, count), ranks) : KeepBest(ranked, top, rows.AsSpan(0, count), ranks))) return false;
        }

        return true;
    }

    private bool KeepAll(RankedTable ranked, ReadOnlySpan<uint> rows, ReadOnlySpan<uint> ranks)
    {
        var (table, firstRow) = (ranked.Table, ranked.Table.Columns.FirstRow);
        var needsRows = table.NeedsRows || meter.CountsBytes;
        for (var i = 0; i < rows.Length; i++)
        {
            if (needsRows) table.Warm(rows, i);
            if (ranked.After.IsBehind(ranks[i], rows[i])) continue;
            if (!needsRows && _stretch.TryFind(firstRow + rows[i], ranks[i], out var held))
            {
                if (!table.Gather()) return false;
                Add(held);
                continue;
            }

            if (!table.MoveTo(rows[i])) return false;
            if (table.NeedsRows && !table.IsAnswered()) continue;
            if (meter.CountsBytes && !meter.Take(table.Row.Length)) return false;
            Add(_rows.Add(table.Cursor, ranks[i], ranked.FirstNumber + rows[i]));
            if (!needsRows) _rows.TryHold(table.Cursor, out _stretch, isOneOfMany: true);
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
            Add(_rows.Add(table.Cursor, RankSort.RankOf(item), number));
        }
    }

    private bool IsCopy => _current.Block == HeldRow.NoBlock;

    private void GoToCopy()
    {
        (_refetched, _copy) = (null, _rows.CopyOf(_current));
        if (!_copy.IsKept) Refetch();
    }

    private void Refetch()
    {
        var at = tables.Count - 1;
        while (_copy.Number < tables[at].FirstNumber) at--;
        _refetched = tables[at].Table;
        _refetched.ReturnTo(_copy.Number - tables[at].FirstNumber);
    }

    private void Add(in HeldRow row)
    {
        if (_count == _items.Length) Grow();
        _items[_count++] = row;
    }

    private void Grow()
    {
        var grown = ArrayPool<HeldRow>.Shared.Rent(Math.Max(256, _items.Length * 2));
        _items.AsSpan(0, _count).CopyTo(grown);
        if (_items.Length > 0) ArrayPool<HeldRow>.Shared.Return(_items);
        _items = grown;
    }

    private void Sort()
    {
        var scratch = ArrayPool<HeldRow>.Shared.Rent(Math.Max(1, _count));
        RankSort.Sort<HeldRow>(_items.AsSpan(0, _count), scratch, tables[0].Ranks.Count);
        ArrayPool<HeldRow>.Shared.Return(scratch);
    }
}

/// <summary>Where an earlier page ended, in the ranks of one table.</summary>
/// <param name="Rank">Rows with a lower rank belong to earlier pages.</param>
/// <param name="FirstRow">So do rows of this very rank before this row.</param>
internal readonly record struct RankResume(long Rank, uint FirstRow)
{
    public bool IsBehind(uint rank, uint row) => rank < Rank || (rank == Rank && row < FirstRow);
}
