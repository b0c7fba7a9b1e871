// An ordered scan may run either way, so entries of an index are walked either way, a block at a time. A cursor knows
// its place as (block, entry), which lets two of them be compared without touching keys.

using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>A position among the entries of one index file; moves both ways. One thread at a time.</summary>
internal sealed class IndexCursor(TableIndex index, ReadCountersBox counters)
{
    private int _blockNumber = -1;
    private IndexBlock? _block;
    private int _entry, _group;

    public ReadOnlySpan<byte> Key => _block!.KeyOf(_group);

    public RowReference Reference => _block!.ReferenceAt(_entry);

    /// <summary>What the entry carries; empty when the index is not covering.</summary>
    public ReadOnlySpan<byte> Carried => _block!.CarriedAt(_entry);

    /// <summary>Where the cursor stands among all entries, for comparing positions.</summary>
    public (int Block, int Entry) Position => (_blockNumber, _entry);

    /// <summary>Moves to the first entry at or after (key, row). False at the end.</summary>
    public bool Seek(ReadOnlySpan<byte> key, uint row)
    {
        if (index.Fences.Count == 0) return false;
        Load(index.Fences.Find(key, row));
        return StandOn(_block!.LowerBound(key, row)) || MoveToBlock(_blockNumber + 1, fromEnd: false);
    }

    /// <summary>Moves to the last entry before (key, row). False when there is none.</summary>
    public bool SeekBefore(ReadOnlySpan<byte> key, uint row)
    {
        if (index.Fences.Count == 0) return false;
        Load(index.Fences.Find(key, row));
        return StandOn(_block!.LowerBound(key, row) - 1) || MoveToBlock(_blockNumber - 1, fromEnd: true);
    }

    public bool SeekLast() => index.Fences.Count > 0 && MoveToBlock(index.Fences.Count - 1, fromEnd: true);

    public bool MoveNext()
    {
        if (++_entry >= _block!.Count) return MoveToBlock(_blockNumber + 1, fromEnd: false);
        if (_entry == _block.EndOf(_group)) _group++;
        return true;
    }

    public bool MovePrevious()
    {
        if (--_entry < 0) return MoveToBlock(_blockNumber - 1, fromEnd: true);
        if (_group > 0 && _entry < _block!.EndOf(_group - 1)) _group--;
        return true;
    }

    public void MoveTo((int Block, int Entry) position)
    {
        Load(position.Block);
        StandOn(position.Entry);
    }

    private bool MoveToBlock(int number, bool fromEnd)
    {
        if (number < 0 || number >= index.Fences.Count) return false;
        Load(number);
        return StandOn(fromEnd ? _block!.Count - 1 : 0);
    }

    // Before the first or behind the last entry it stands there, too, for whoever compares positions.
    private bool StandOn(int entry)
    {
        _entry = entry;
        if ((uint)entry >= (uint)_block!.Count) return false;
        _group = _block.GroupOf(entry);
        return true;
    }

    private void Load(int number)
    {
        if (number == _blockNumber) return;
        _block = index.Block(number, counters);
        _blockNumber = number;
    }
}
