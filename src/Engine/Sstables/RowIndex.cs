// Which row of its block a key is, by the key's hash, in one cache line; none means that the table does not have the key.
//
// A get of a table in memory is a chain of loads that miss the cache: filter, then what the block is (its layout), then its tags,
// then key, version and place of the row, then the row, each known only when the one before has come. This index is asked by hash
// and the fences by key, so neither waits for the other, and it is filter and tags at once:
//
//   hash ──► line of the index ─► row ─┐
//   key ───► fences ─► block, layout ──┴─► key, version, place ∥ row
//
//   hash ─┬─ high bits ──► line            line: 32 slots of u16, filled from the front
//         └─ remixed: print                slot: print (never 0) | row in the block; 0: free, and the end of what may be found
//
//   line   1c7 052 │ 03f 107 │ ... │ 0 │ 0            a line that is full goes on in the next
//
// It names each key once for every block that has entries of it: its first row there, the newest. A print that agrees by chance
// (one lookup in twenty-five with a hundred rows a block) costs a look at that row's key.
//
// Made in memory when a new table is warmed and all its blocks came into the cache, never stored; a table that a restart finds is
// read by filter, fences and tags. So are tables with so many rows in a block that hardly any bit is left for the print.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;

namespace IngoDB.Engine.Sstables;

/// <summary>Rows by the hash of their keys. Immutable once built; under 3 bytes a key.</summary>
internal sealed class RowIndex
{
    private const int SlotsPerLine = Prefetch.LineBytes / sizeof(ushort);
    private const int SlotBits = 16;
    private const int PrintBitsMin = 6;

    /// <summary>Of 32 slots so many are filled on the average: one line in thirty goes on in the next.</summary>
    private const int KeysPerLine = 24;

    // Pinned, so that lines can begin where the cache's lines begin.
    private readonly ushort[] _slots;
    private readonly int _first;
    private readonly int _lineCount;
    private readonly int _rowBits;

    private RowIndex(int lineCount, int rowBits)
    {
        (_lineCount, _rowBits) = (lineCount, rowBits);
        _slots = GC.AllocateArray<ushort>((lineCount + 1) * SlotsPerLine, pinned: true);
        _first = Prefetch.ToLine(MemoryMarshal.AsBytes(_slots.AsSpan())) / sizeof(ushort);
    }

    public long Bytes => _slots.LongLength * sizeof(ushort);

    /// <summary>An empty one for a table; null when its blocks have too many rows, or none.</summary>
    public static RowIndex? For(BlockIndex blocks)
    {
        var most = 0u;
        for (var i = 0; i < blocks.Count; i++) most = Math.Max(most, (i + 1 < blocks.Count ? blocks.FirstRowOf(i + 1) : (uint)blocks.RowCount) - blocks.FirstRowOf(i));
        var rowBits = BitOperations.Log2(most) + 1;
        return most == 0 || rowBits + PrintBitsMin > SlotBits ? null : new((int)(blocks.RowCount / KeysPerLine) + 1, rowBits);
    }

    /// <summary>While it is being built: the first row of a key in a block.</summary>
    public void Add(ulong keyHash, int row)
    {
        var slot = (ushort)(Print(keyHash) | (uint)row);
        for (var line = LineOf(keyHash); ; line = Next(line))
        {
            var slots = _slots.AsSpan(_first + (line * SlotsPerLine), SlotsPerLine);
            var free = slots.IndexOf((ushort)0);
            if (free < 0) continue;
            slots[free] = slot;
            return;
        }
    }

    /// <summary>For who will ask for this key soon.</summary>
    public void PrefetchLine(ulong keyHash) => Prefetch.Line(in _slots[_first + (LineOf(keyHash) * SlotsPerLine)]);

    /// <summary>Rows that the key may be, in its block; none: it is certainly not in the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Rows Find(ulong keyHash) => new(this, LineOf(keyHash), Print(keyHash));

    public void NoteMemory(HugePages pages) => pages.Note(MemoryMarshal.AsBytes(_slots.AsSpan()));

    private int LineOf(ulong hash) => (int)Math.BigMul(hash, (ulong)_lineCount, out _);

    private int Next(int line) => line + 1 == _lineCount ? 0 : line + 1;

    // Independent of the high bits that chose the line; never 0, so that no slot in use is 0.
    private ushort Print(ulong hash)
    {
        var print = (uint)((hash * 0x9FB2_1C65_1E98_DF25UL) >> (64 - SlotBits + _rowBits));
        return (ushort)((print == 0 ? 1 : print) << _rowBits);
    }

    /// <summary>The rows that one key may be, one after the other.</summary>
    public ref struct Rows
    {
        private readonly RowIndex _index;
        private readonly ushort _print;
        private int _line;
        private uint _candidates;
        private bool _isLast;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Rows(RowIndex index, int line, ushort print)
        {
            (_index, _line, _print) = (index, line, print);
            Compare();
        }

        public int Current { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext()
        {
            while (_candidates == 0)
            {
                if (_isLast) return false;
                _line = _index.Next(_line);
                Compare();
            }

            Current = _index._slots[_index._first + (_line * SlotsPerLine) + BitOperations.TrailingZeroCount(_candidates)] ^ _print;
            _candidates &= _candidates - 1;
            return true;
        }

        // Slots of equal print differ in the row only.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compare()
        {
            var slots = Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_index._slots), (nuint)(_index._first + (_line * SlotsPerLine)));
            var prints = slots & Vector512.Create((ushort)(ushort.MaxValue << _index._rowBits));
            _candidates = (uint)Vector512.Equals(prints, Vector512.Create(_print)).ExtractMostSignificantBits();
            _isLast = slots.GetElement(SlotsPerLine - 1) == 0;
        }
    }
}
