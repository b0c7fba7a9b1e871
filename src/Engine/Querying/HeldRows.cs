// Rows that a scan will give in another order than the one they lie in. A row in a block that is kept anyway needs no copy: the
// scan keeps the block and notes the row's place in it. So a sort of a hundred thousand rows touches no row before it is given, and
// no fresh memory to speak of, whose page faults cost more than the rows themselves.
//
//   rank u32 | block u32, by the order in which they were met | start of the row u32 | row in the block u16 | row bytes u16
//   rank u32 | no block       | reference of a copy u32 (RowArena): of a row in a block that is not kept, or that is too long
//
// Given in the new order, each row lies where no cache has it; but the order is known, so the lines of the rows that come next are
// asked for while this one is read. What a row costs besides are two loads, its place and its block's, from memory that
// is small or read in order.

using System.Buffers;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Querying;

/// <summary>Where a row lies that was found, and its rank in the order.</summary>
internal readonly record struct HeldRow(uint Rank, uint Block, uint Start, ushort Row, ushort Length) : IRanked
{
    public const uint NoBlock = uint.MaxValue;
}

/// <summary>Rows as they lie, or as copies. One thread at a time.</summary>
internal sealed class HeldRows : IDisposable
{
    // A block that leaves the cache meanwhile lives for as long as the scan does.
    private const long HeldBytesMax = 256L << 20;
    private const int RowsAhead = 12;

    private readonly RowArena _arena = new();
    private HeldBlock[] _blocks = [];
    private int _count;
    private long _bytes;

    /// <summary>Keeps the row that a cursor is on.</summary>
    /// <param name="number">Its number in the scan.</param>
    public HeldRow Add(TableCursor cursor, uint rank, uint number)
        => TryHold(cursor, out var stretch, isOneOfMany: false) && stretch.TryFind(stretch.FirstRow + (uint)stretch.CurrentRow, rank, out var held) ? held : new(rank, HeldRow.NoBlock, _arena.Add(cursor.Entry, number), 0, 0);

    /// <summary>Keeps the block that a cursor is on, if that needs no copy: all its rows then have places.</summary>
    /// <param name="isOneOfMany">Blocks behind it will be held next.</param>
    public bool TryHold(TableCursor cursor, out HeldStretch stretch, bool isOneOfMany)
    {
        stretch = default;
        if (!cursor.TryHold(out var block, out var row, isOneOfMany) || !TryHold(block)) return false;
        stretch = new(block, cursor.RowId.Value - (uint)row, row, (uint)_count - 1);
        return true;
    }

    public ref readonly HeldBlock BlockOf(in HeldRow row) => ref _blocks[row.Block];

    public KeptRow CopyOf(in HeldRow row) => _arena[row.Start];

    /// <summary>Rows will be given one after the other; call before each.</summary>
    public void Warm(ReadOnlySpan<HeldRow> rows, int at)
    {
        if (at == 0)
            for (var i = 0; i < Math.Min(RowsAhead, rows.Length); i++) Warm(rows[i]);
        if (at + RowsAhead < rows.Length) Warm(rows[at + RowsAhead]);
    }

    public void Dispose()
    {
        _arena.Dispose();
        if (_blocks.Length > 0) ArrayPool<HeldBlock>.Shared.Return(_blocks, clearArray: true);
        (_blocks, _count) = ([], 0);
    }

    private void Warm(in HeldRow row)
    {
        if (row.Block == HeldRow.NoBlock) _arena.Prefetch(row.Start);
        else _blocks[row.Block].Prefetch(row.Row, (int)row.Start, row.Length);
    }

    /// <summary>Makes the block the last one; false when there are too many.</summary>
    private bool TryHold(RowBlock block)
    {
        if (_count > 0 && ReferenceEquals(_blocks[_count - 1].Block, block)) return true;
        if (_bytes + block.Bytes > HeldBytesMax) return false;
        if (_count == _blocks.Length) Grow();
        _blocks[_count++] = block.Hold();
        _bytes += block.Bytes;
        return true;
    }

    private void Grow()
    {
        var grown = ArrayPool<HeldBlock>.Shared.Rent(Math.Max(16, 2 * _blocks.Length));
        _blocks.AsSpan(0, _count).CopyTo(grown);
        if (_blocks.Length > 0) ArrayPool<HeldBlock>.Shared.Return(_blocks, clearArray: true);
        _blocks = grown;
    }
}

/// <summary>The rows of a block that is held, as their table counts them.</summary>
/// <param name="CurrentRow">The one that the cursor was on, in the block.</param>
internal readonly record struct HeldStretch(RowBlock Block, uint FirstRow, int CurrentRow, uint Number)
{
    /// <summary>False: the row is not in this block, or too long to be told of in so few bits.</summary>
    public bool TryFind(uint row, uint rank, out HeldRow held)
    {
        held = default;
        var at = row - FirstRow;
        if (Block is null || at >= Block.Count || at > ushort.MaxValue) return false;
        Block.PlaceOf((int)at, out var start, out var length);
        if (length > ushort.MaxValue) return false;
        held = new(rank, Number, (uint)start, (ushort)at, (ushort)length);
        return true;
    }
}
