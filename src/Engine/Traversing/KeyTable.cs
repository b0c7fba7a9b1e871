// Everything that a traversal meets again and again (documents, join values) gets a number the first time, so that all
// else works on integers: which were visited, who waits for which value, who came from whom.
//
//   slots    open addressing, a power of two, at most half full: number + 1, or 0      entries  hash u64 | place in the arena | length
//
// A lookup is one hash, one slot, one entry whose 64 bits of hash differ for nearly all that are not it, and one comparison.

using System.IO.Hashing;

namespace IngoDB.Engine.Traversing;

/// <summary>Byte strings as numbers 0, 1, 2, ... in the order in which they were met. One thread at a time.</summary>
internal sealed class KeyTable
{
    private const int EntryBytes = 24;
    private readonly ByteArena _arena = new();
    private int[] _slots = new int[64];
    private Entry[] _entries = new Entry[32];

    private readonly record struct Entry(ulong Hash, long Place, int Length);

    public int Count { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Bytes => _arena.Bytes + (_slots.LongLength * sizeof(int)) + (_entries.LongLength * EntryBytes);

    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            ref readonly var entry = ref _entries[number];
            return _arena.At(entry.Place, entry.Length);
        }
    }

    /// <summary>The number of a key; -1 when it was never met.</summary>
    public int Find(ReadOnlySpan<byte> key) => _slots[SlotOf(key, XxHash3.HashToUInt64(key))] - 1;

    /// <summary>The number of a key, a new one if it was never met.</summary>
    public int Intern(ReadOnlySpan<byte> key)
    {
        var hash = XxHash3.HashToUInt64(key);
        var slot = SlotOf(key, hash);
        if (_slots[slot] != 0) return _slots[slot] - 1;
        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        _entries[Count] = new(hash, _arena.Add(key), key.Length);
        _slots[slot] = ++Count;
        if (Count * 2 > _slots.Length) Spread();
        return Count - 1;
    }

    private int SlotOf(ReadOnlySpan<byte> key, ulong hash)
    {
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        for (; _slots[slot] is var number and > 0; slot = (slot + 1) & mask)
        {
            ref readonly var entry = ref _entries[number - 1];
            if (entry.Hash == hash && entry.Length == key.Length && key.SequenceEqual(_arena.At(entry.Place, entry.Length))) break;
        }

        return slot;
    }

    private void Spread()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var i = 0; i < Count; i++)
        {
            var slot = (int)_entries[i].Hash & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
        }
    }
}
