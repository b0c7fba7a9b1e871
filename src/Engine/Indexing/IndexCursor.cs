// An ordered scan may run either way, so entries of an index are walked either way, a block at a time. A cursor knows
// its place as (block, entry), which lets two of them be compared without touching keys.

using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>A position among the entries of one index file; moves both ways. One thread at a time.</summary>
internal sealed class IndexCursor(TableIndex index, ReadCountersBox counters)
{
    private int _blockNumber = -1;
    private IndexBlock? _block;
    private int _entry;

    public ReadOnlySpan<byte> Key => _block!.KeyAt(_entry);

    public RowReference Reference => _block!.ReferenceAt(_entry);

    /// <summary>Where the cursor stands among all entries, for comparing positions.</summary>
    public (int Block, int Entry) Position => (_blockNumber, _entry);

    /// <summary>Moves to the first entry at or after (key, row). False at the end.</summary>
    public bool Seek(ReadOnlySpan<byte> key, uint row)
    {
        if (index.Fences.Count == 0) return false;
        Load(index.Fences.Find(key, row));
        _entry = _block!.LowerBound(key, row);
        return _entry < _block.Count || MoveToBlock(_blockNumber + 1, fromEnd: false);
    }

    /// <summary>Moves to the last entry before (key, row). False when there is none.</summary>
    public bool SeekBefore(ReadOnlySpan<byte> key, uint row)
    {
        if (index.Fences.Count == 0) return false;
        Load(index.Fences.Find(key, row));
        _entry = _block!.LowerBound(key, row);
        return MovePrevious();
    }

    public bool SeekLast() => index.Fences.Count > 0 && MoveToBlock(index.Fences.Count - 1, fromEnd: true);

    public bool MoveNext() => ++_entry < _block!.Count || MoveToBlock(_blockNumber + 1, fromEnd: false);

    public bool MovePrevious() => --_entry >= 0 || MoveToBlock(_blockNumber - 1, fromEnd: true);

    public void MoveTo((int Block, int Entry) position)
    {
        Load(position.Block);
        _entry = position.Entry;
    }

    private bool MoveToBlock(int number, bool fromEnd)
    {
        if (number < 0 || number >= index.Fences.Count) return false;
        Load(number);
        _entry = fromEnd ? _block!.Count - 1 : 0;
        return true;
    }

    private void Load(int number)
    {
        if (number == _blockNumber) return;
        _block = index.Block(number, counters);
        _blockNumber = number;
    }
}
