// A scan goes to a tenth of the rows, in their order, and each lies where no cache has it: three loads that wait for each other
// (the block, where in it the row lies, the row), of a hundred nanoseconds each. All rows are known beforehand, so
// the loads of many rows are under way at once, each row in its own stage:
//
//   row i + 24   block's head asked for
//   row i + 16   head is here: its places (row ends, key, version) asked for
//   row i + 8    places are here: its bytes asked for
//   row i        read
//
// Blocks that are not in the cache are left alone: whoever reads them waits for the disk anyway.

namespace IngoDB.Engine.Sstables;

/// <summary>Warms rows of one table ahead of a cursor. Row numbers ascend. One thread at a time.</summary>
internal sealed class RowLookahead(TableBlocks blocks)
{
    private const int StageRows = 8;

    private Stage _head = new(), _places = new(), _bytes = new();

    /// <summary>Call before row <paramref name="at"/> is read.</summary>
    /// <param name="rows">Ascending, relative to <paramref name="firstRow"/>.</param>
    public void Warm(ReadOnlySpan<uint> rows, int at, uint firstRow)
    {
        if (at == 0)
        {
            for (var i = 0; i < Math.Min(3 * StageRows, rows.Length); i++) WarmHead(firstRow + rows[i]);
            for (var i = 0; i < Math.Min(2 * StageRows, rows.Length); i++) WarmPlaces(firstRow + rows[i]);
            for (var i = 0; i < Math.Min(StageRows, rows.Length); i++) WarmBytes(firstRow + rows[i]);
        }

        if (at + (3 * StageRows) < rows.Length) WarmHead(firstRow + rows[at + (3 * StageRows)]);
        if (at + (2 * StageRows) < rows.Length) WarmPlaces(firstRow + rows[at + (2 * StageRows)]);
        if (at + StageRows < rows.Length) WarmBytes(firstRow + rows[at + StageRows]);
    }

    private void WarmHead(uint row)
    {
        if (_head.Reach(blocks, row)) _head.Block?.PrefetchHead();
    }

    private void WarmPlaces(uint row)
    {
        _places.Reach(blocks, row);
        if (_places.Block is { IsShared: true } block) block.PrefetchPlaces((int)(row - _places.First));
    }

    private void WarmBytes(uint row)
    {
        _bytes.Reach(blocks, row);
        if (_bytes.Block is { IsShared: true } block) block.PrefetchRow((int)(row - _bytes.First));
    }

    /// <summary>The block that a stage is at.</summary>
    private struct Stage()
    {
        private int _number = -1;
        private long _end;

        public uint First;
        public RowBlock? Block;

        /// <summary>True when it came to another block (or what stands in its slot: only the later stages look whether that is one).</summary>
        public bool Reach(TableBlocks blocks, uint row)
        {
            if (row >= First && row < _end) return false;
            var next = _number + 1;
            _number = row == _end || (next < blocks.Index.Count && row >= _end && row < EndOf(blocks, next)) ? next : blocks.Index.Find(new RowId(row));
            (First, _end, Block) = (blocks.Index.FirstRowOf(_number), EndOf(blocks, _number), blocks.Slot(_number));
            return true;
        }

        private static long EndOf(TableBlocks blocks, int number)
            => number + 1 < blocks.Index.Count ? blocks.Index.FirstRowOf(number + 1) : blocks.Index.RowCount;
    }
}
