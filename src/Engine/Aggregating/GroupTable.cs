// The records of an aggregate under construction (GroupFormat draws their keys), found by hash. Keys lie one after the other in
// an arena; a head has a group number, by which the accumulators keep its state.

using System.IO.Hashing;
using System.Numerics;
using IngoDB.Engine.Indexing;

namespace IngoDB.Engine.Aggregating;

/// <summary>Record keys in memory, each once. One thread at a time.</summary>
internal sealed class GroupTable : IDisposable
{
    private const int NoGroup = -1;

    private KeyArena _keys = new();
    private Record[] _records = new Record[64];
    private int[] _slots = new int[128];

    private record struct Record(long Location, int Length, uint Hash, int Group);

    public int Records { get; private set; }

    public int Groups { get; private set; }

    public long Bytes => _keys.Bytes + (24L * _records.Length) + (4L * _slots.Length);

    /// <summary>The number of the group of a head.</summary>
    public int GroupOf(ReadOnlySpan<byte> headKey)
    {
        var record = Find(headKey, out var isNew);
        if (isNew) _records[record].Group = Groups++;
        return _records[record].Group;
    }

    /// <summary>Remembers a key that has no state; false when it was there.</summary>
    public bool Add(ReadOnlySpan<byte> key)
    {
        Find(key, out var isNew);
        return isNew;
    }

    /// <summary>All records by key. The table must not change while they are read.</summary>
    public TableRecords InOrder(GroupStates states)
    {
        var sorter = new KeySorter();
        for (var i = 0; i < Records; i++) sorter.Add(KeyOf(_records[i]), (uint)i);
        sorter.Sort();
        return new(this, states, sorter);
    }

    /// <summary>The group number of a record; negative when it is no head.</summary>
    public int GroupAt(int record) => _records[record].Group;

    public void Clear()
    {
        _keys.Dispose();
        _keys = new();
        Array.Clear(_slots);
        (Records, Groups) = (0, 0);
    }

    public void Dispose() => _keys.Dispose();

    private ReadOnlySpan<byte> KeyOf(in Record record) => _keys.At(record.Location, record.Length);

    private int Find(ReadOnlySpan<byte> key, out bool isNew)
    {
        if (Records * 2 >= _slots.Length) Grow();
        var hash = (uint)XxHash3.HashToUInt64(key);
        var mask = _slots.Length - 1;
        var at = (int)hash & mask;
        for (; _slots[at] != 0; at = (at + 1) & mask)
        {
            ref var held = ref _records[_slots[at] - 1];
            if (held.Hash != hash || !key.SequenceEqual(KeyOf(held))) continue;
            isNew = false;
            return _slots[at] - 1;
        }

        if (Records == _records.Length) Array.Resize(ref _records, Records * 2);
        _records[Records] = new(_keys.Append(key), key.Length, hash, NoGroup);
        _slots[at] = ++Records;
        isNew = true;
        return Records - 1;
    }

    private void Grow()
    {
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)_slots.Length * 2)];
        for (var i = 0; i < Records; i++)
        {
            var at = (int)_records[i].Hash & (_slots.Length - 1);
            while (_slots[at] != 0) at = (at + 1) & (_slots.Length - 1);
            _slots[at] = i + 1;
        }
    }
}
