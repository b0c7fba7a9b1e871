// A cursor over row blocks. It holds one decoded block at a time; the rows it shows lie there. A key does not, only what
// it does not share with the others; it is put together here, when it is asked for.

using System.Diagnostics.CodeAnalysis;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>All versions of one table, in order. One thread at a time.</summary>
internal sealed class RowTableCursor(TableBlocks blocks, ReadCountersBox counters, bool fillCache) : TableCursor
{
    private readonly ReadAhead _readAhead = new();
    private int _blockNumber = -1;
    private RowBlock? _block;
    private int _row;
    private readonly byte[] _key = new byte[EntryKey.BytesMax];
    private int _keyBytes;
    private int _keyRow = -1;

    public override RowId RowId => new(blocks.Index.FirstRowOf(_blockNumber) + (uint)_row);

    public override ReadOnlySpan<byte> Key
    {
        get
        {
            if (_keyRow != _row) CompleteKey();
            return _key.AsSpan(0, _keyBytes);
        }
    }

    public override DocumentVersion Version => _block!.VersionOf(_row);

    public override EntryKind Kind => _block!.KindOf(_row);

    public override DocumentVersion ExpiresAt => _block!.ExpiresAtOf(_row);

    public override Shape Shape => _block!.ShapeOf(_row);

    public override ReadOnlySpan<byte> Row => _block!.RowOf(_row);

    public override EntryView Entry => new()
    {
        Key = Key, Version = Version, Kind = Kind, ExpiresAt = ExpiresAt, Shape = Shape, Row = Row, Origin = new(Input, RowId.Value),
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

    public override bool TryHold([NotNullWhen(true)] out RowBlock? block, out int row, bool isOneOfMany)
    {
        if (isOneOfMany) blocks.PrefetchBehind(_blockNumber);
        (block, row) = (_block, _row);
        return block is { IsShared: true };
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
        _block.KeyPrefix.CopyTo(_key);
        _keyRow = -1;
    }

    private void CompleteKey()
    {
        var suffix = _block!.KeySuffix(_row);
        var prefixBytes = _block.KeyPrefix.Length;
        suffix.CopyTo(_key.AsSpan(prefixBytes));
        _keyBytes = prefixBytes + suffix.Length;
        _keyRow = _row;
    }

    private bool Show(int row)
    {
        _row = row;
        counters.Value.RowsExamined++;
        return true;
    }
}
