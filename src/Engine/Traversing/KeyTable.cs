// Everything that a traversal meets again and again (documents, join values) gets a number the first time, so that all
// else works on integers: which were visited, who waits for which value, who came from whom.
//
//   slots     open addressing, a power of two, at most half full: upper half of the hash | number + 1, or 0
//   entries   hash u64 | the key itself if it has at most 24 bytes, or its place in the arena | length
//
// What a lookup costs is cache misses, one each for slot and entry: the half hash in the slot keeps it from looking at entries of
// other keys, and ids and most values are short enough to lie in the entry.

using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace IngoDB.Engine.Traversing;

/// <summary>Byte strings as numbers 0, 1, 2, ... in the order in which they were met. One thread at a time.</summary>
internal sealed class KeyTable
{
    private const int InlineBytes = 24;
    private const int EntryBytes = 40;
    private const ulong UpperHalf = 0xFFFF_FFFF_0000_0000;
    private readonly ByteArena _arena = new();
    private ulong[] _slots = new ulong[64];
    private Entry[] _entries = new Entry[32];

    /// <summary>Parts are the key padded with zeros, or in the first the place of a longer one.</summary>
    private struct Entry
    {
        public ulong Hash;
        public ulong Part0;
        public ulong Part1;
        public ulong Part2;
        public int Length;
    }

    public int Count { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Bytes => _arena.Bytes + (_slots.LongLength * sizeof(ulong)) + (_entries.LongLength * EntryBytes);

    /// <summary>The key of a number; valid until the next key is interned.</summary>
    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            ref var entry = ref _entries[number];
            return entry.Length > InlineBytes ? _arena.At((long)entry.Part0, entry.Length) : MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref entry.Part0, InlineBytes / sizeof(ulong)))[..entry.Length];
        }
    }

    /// <summary>The number of a key; -1 when it was never met.</summary>
    public int Find(ReadOnlySpan<byte> key) => NumberAt(SlotOf(key, XxHash3.HashToUInt64(key)));

    /// <summary>The number of a key, a new one if it was never met.</summary>
    public int Intern(ReadOnlySpan<byte> key)
    {
        var hash = XxHash3.HashToUInt64(key);
        var slot = SlotOf(key, hash);
        if (_slots[slot] != 0) return NumberAt(slot);
        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        ref var entry = ref _entries[Count];
        (entry.Hash, entry.Length) = (hash, key.Length);
        if (key.Length > InlineBytes) entry.Part0 = (ulong)_arena.Add(key);
        else key.CopyTo(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref entry.Part0, InlineBytes / sizeof(ulong))));
        _slots[slot] = (hash & UpperHalf) | (uint)++Count;
        if (Count * 2 > _slots.Length) Spread();
        return Count - 1;
    }

    private int NumberAt(int slot) => (int)(uint)_slots[slot] - 1;

    private int SlotOf(ReadOnlySpan<byte> key, ulong hash)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var slot = (int)hash & mask;
        for (; slots[slot] is var held and not 0; slot = (slot + 1) & mask)
        {
            if (((held ^ hash) & UpperHalf) != 0) continue;
            var number = (int)(uint)held - 1;
            if (_entries[number].Hash == hash && key.SequenceEqual(this[number])) break;
        }

        return slot;
    }

    private void Spread()
    {
        var old = _slots;
        _slots = new ulong[old.Length * 2];
        var mask = _slots.Length - 1;
        foreach (var held in old)
        {
            if (held == 0) continue;
            var slot = (int)_entries[(int)(uint)held - 1].Hash & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = held;
        }
    }
}
