// Some things are known of two numbers together: of a document at a stage, of a document and a hop. As a Dictionary of tuples that would be
// hashing and comparing structs through interfaces; here a pair is one 64-bit key in one array of slots.

namespace IngoDB.Engine.Traversing;

/// <summary>A map from two small integers to one: open addressing, no object per entry. One thread at a time.</summary>
internal sealed class PairTable
{
    private const ulong Scatter = 0x9E37_79B9_7F4A_7C15;
    private const int EntryBytes = 16;

    private (ulong Key, int Value)[] _slots = new (ulong, int)[64];
    private int _shift = 64 - 6;

    public int Count { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Bytes => _slots.LongLength * EntryBytes;

    /// <summary>Where the value of a pair stands: 0 when it is new.</summary>
    public ref int this[int left, int right]
    {
        get
        {
            if (Count * 2 >= _slots.Length) Spread();
            var key = (((ulong)(uint)left << 32) | (uint)right) + 1;
            var slot = SlotOf(key);
            if (_slots[slot].Key == 0)
            {
                _slots[slot].Key = key;
                Count++;
            }

            return ref _slots[slot].Value;
        }
    }

    public void Clear()
    {
        if (Count == 0) return;
        Array.Clear(_slots);
        Count = 0;
    }

    private int SlotOf(ulong key)
    {
        var mask = _slots.Length - 1;
        var slot = (int)((key * Scatter) >> _shift);
        while (_slots[slot].Key != 0 && _slots[slot].Key != key) slot = (slot + 1) & mask;
        return slot;
    }

    private void Spread()
    {
        var old = _slots;
        _slots = new (ulong, int)[old.Length * 2];
        _shift--;
        foreach (var entry in old)
            if (entry.Key != 0) _slots[SlotOf(entry.Key)] = entry;
    }
}
