// From combinations of codes to group numbers. A combination is met thousands of times and its key made once: an array says
// the group where combinations are few enough to be its indexes, a dictionary otherwise.

using System.Runtime.InteropServices;
using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Columns;

namespace IngoDB.Engine.Querying;

/// <summary>The groups of the `by` columns of one table, by the number that their codes make together. One thread at a time.</summary>
internal sealed class CombinationGroups(CodeColumn[] by, GroupCollector groups, bool isDense)
{
    private readonly KeyBuffer _key = new();
    private readonly Dictionary<ulong, int> _sparse = [];
    private readonly Dictionary<int, ulong> _combinations = [];

    /// <summary>Group + 1; 0 is none yet.</summary>
    private readonly int[] _dense = new int[isDense ? by.Aggregate(1L, (product, column) => product * column.CodeCount) : 0];

    /// <summary>Bytes of the longest key so far.</summary>
    public int LongestKey { get; private set; }

    public void Find(ReadOnlySpan<ulong> combinations, Span<int> found)
    {
        for (var i = 0; i < combinations.Length; i++)
        {
            ref var group = ref isDense ? ref _dense[combinations[i]] : ref CollectionsMarshal.GetValueRefOrAddDefault(_sparse, combinations[i], out _);
            if (group == 0) group = NewGroup(combinations[i]) + 1;
            found[i] = group - 1;
        }
    }

    /// <summary>One distinct value of an accumulator, by its ordered key.</summary>
    public void AddDistinct(int group, int accumulator, ReadOnlySpan<byte> key)
    {
        WriteGroup(_combinations[group]);
        _key.Add((byte)(GroupFormat.FirstDistinctMark + accumulator));
        key.CopyTo(_key.GetSpan(key.Length));
        _key.Advance(key.Length);
        groups.AddDistinct(_key.Span);
    }

    /// <summary>Group numbers begin anew.</summary>
    public void Clear()
    {
        _sparse.Clear();
        _combinations.Clear();
        Array.Clear(_dense);
    }

    private int NewGroup(ulong combination)
    {
        WriteGroup(combination);
        _key.Add(GroupFormat.HeadMark);
        LongestKey = Math.Max(LongestKey, _key.Length);
        var group = groups.GroupOf(_key.Span);
        _combinations[group] = combination;
        return group;
    }

    private void WriteGroup(ulong combination)
    {
        Span<uint> codes = stackalloc uint[by.Length];
        for (var i = by.Length - 1; i >= 0; i--) (combination, codes[i]) = (combination / by[i].CodeCount, (uint)(combination % by[i].CodeCount));
        _key.Length = 0;
        for (var i = 0; i < by.Length; i++) _key.Advance(by[i].WriteKey(codes[i], _key.GetSpan(ColumnFormat.KeyBytesMax)));
    }
}
