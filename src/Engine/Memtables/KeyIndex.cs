// From a key to its newest entry: open addressing with linear probing over one array of words.
//
//   slot = high half of the key's hash (32 bits) | reference (32 bits)        0 = empty
//
// A slot is filled once and from then on only replaced by a newer entry of the same key, so a reader that walks a
// chain beside the writer sees every slot either as it was or as it is. Growth fills a new array and publishes it whole;
// a reader on the old one misses only entries that were added after it began, and those are above its read point.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Memtables;

/// <summary>Hash index of one memtable. One writer; readers take no lock.</summary>
internal sealed class KeyIndex(Arena arena, int slotsExpected = KeyIndex.SlotsMin)
{
    private const int SlotsMin = 64;

    private ulong[] _slots = new ulong[slotsExpected];
    private int _keyCount;

    public int KeyCount => Volatile.Read(ref _keyCount);

    /// <summary>How many there are; a power of two.</summary>
    public int SlotCount => Volatile.Read(ref _slots).Length;

    public long Bytes => Volatile.Read(ref _slots).LongLength * sizeof(ulong);

    /// <summary>For who will ask for this key soon.</summary>
    public void PrefetchSlot(ulong keyHash)
    {
        var slots = Volatile.Read(ref _slots);
        Prefetch.Line(in slots[(int)(keyHash >> 32) & (slots.Length - 1)]);
    }

    /// <summary>The newest entry of the key; 0 when there is none.</summary>
    public uint Find(ReadOnlySpan<byte> key, ulong keyHash)
    {
        var slots = Volatile.Read(ref _slots);
        var at = Locate(slots, key, keyHash, out var reference);
        return at < 0 ? 0 : reference;
    }

    /// <summary>Writer only: where the key is, or where it would go; the slot stays right until the next <see cref="Publish"/>.</summary>
    public int Reserve(ReadOnlySpan<byte> key, ulong keyHash, out uint newest)
    {
        if ((_keyCount + 1) * 2 > _slots.Length) Grow();
        var at = Locate(_slots, key, keyHash, out newest);
        return at >= 0 ? at : ~at;
    }

    /// <summary>Writer only: from here on readers find the entry.</summary>
    public void Publish(int slot, ulong keyHash, uint reference)
    {
        if (_slots[slot] == 0) Volatile.Write(ref _keyCount, _keyCount + 1);
        Volatile.Write(ref _slots[slot], (keyHash & ~0xFFFF_FFFFUL) | reference);
    }

    // The slot of the key, or the complement of the empty slot that ends its chain.
    private int Locate(ulong[] slots, ReadOnlySpan<byte> key, ulong keyHash, out uint reference)
    {
        var mask = slots.Length - 1;
        var tag = (uint)(keyHash >> 32);
        for (var at = (int)tag & mask; ; at = (at + 1) & mask)
        {
            var slot = Volatile.Read(ref slots[at]);
            reference = (uint)slot;
            if (slot == 0) return ~at;
            if ((uint)(slot >> 32) == tag && arena.Entry(reference).Key.SequenceEqual(key)) return at;
        }
    }

    private void Grow()
    {
        Invariant.Holds(_slots.Length < 1 << 30);
        var source = _slots;
        var target = new ulong[source.Length * (source.Length < 1 << 14 ? 4 : 2)];
        var mask = target.Length - 1;
        foreach (var slot in source)
        {
            if (slot == 0) continue;
            var at = (int)(uint)(slot >> 32) & mask;
            while (target[at] != 0) at = (at + 1) & mask;
            target[at] = slot;
        }

        Volatile.Write(ref _slots, target);
    }
}
