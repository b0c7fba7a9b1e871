// A cursor over row blocks. It holds one decoded block at a time; the spans it shows point into it.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>All versions of one table, in order. One thread at a time.</summary>
internal sealed class RowTableCursor(TableBlocks blocks, Shape[] shapes, ReadCountersBox counters, bool fillCache) : TableCursor
{
    private readonly ReadAhead _readAhead = new();
    private int _blockNumber = -1;
    private RowBlock? _block;
    private int _row;
    private RowEntry _entry;

    public override RowId RowId => new(blocks.Index.FirstRowOf(_blockNumber) + (uint)_row);

    public override ReadOnlySpan<byte> Key => _entry.Key;

    public override DocumentVersion Version => _entry.Version;

    public override EntryKind Kind => _entry.Kind;

    public override DocumentVersion ExpiresAt => _entry.ExpiresAt;

    public override Shape Shape => shapes[_entry.ShapeNumber];

    public override ReadOnlySpan<byte> Row => _entry.Row;

    public override EntryView Entry => new()
    {
        Key = _entry.Key, Version = _entry.Version, Kind = _entry.Kind, ExpiresAt = _entry.ExpiresAt, Shape = Shape, Row = _entry.Row, Origin = new(0, RowId.Value),
    };

    public override bool Seek(ReadOnlySpan<byte> key)
    {
        var number = Math.Max(0, blocks.Index.Find(key, DocumentVersion.Max));
        if (number >= blocks.Index.Count) return MoveToEnd();
        Load(number);
        var row = _block!.LowerBound(key, DocumentVersion.Max);
        return row < _block.Count ? Show(row) : MoveToBlock(number + 1);
    }

    public override bool MoveNext()
    {
        if (_block is not null && _row + 1 < _block.Count) return Show(_row + 1);
        return _blockNumber < blocks.Index.Count && MoveToBlock(_blockNumber + 1);
    }

    public override void MoveTo(RowId row)
    {
        Invariant.Holds(row.Value < blocks.Index.RowCount);
        var number = IsInCurrentBlock(row) ? _blockNumber : blocks.Index.Find(row);
        Load(number);
        Show((int)(row.Value - blocks.Index.FirstRowOf(number)));
    }

    private bool IsInCurrentBlock(RowId row) =>
        _block is not null && row.Value >= blocks.Index.FirstRowOf(_blockNumber) && row.Value - blocks.Index.FirstRowOf(_blockNumber) < _block.Count;

    private bool MoveToBlock(int number)
    {
        if (number >= blocks.Index.Count) return MoveToEnd();
        Load(number);
        return Show(0);
    }

    private bool MoveToEnd()
    {
        (_blockNumber, _block) = (blocks.Index.Count, null);
        return false;
    }

    private void Load(int number)
    {
        if (_block is not null && number == _blockNumber) return;
        _block = null; // not half of the old one, should the new one be damaged
        _block = blocks.Get(number, ref counters.Value, fillCache, _readAhead);
        _blockNumber = number;
    }

    private bool Show(int row)
    {
        _row = row;
        _entry = _block![row];
        counters.Value.RowsExamined++;
        return true;
    }
}
