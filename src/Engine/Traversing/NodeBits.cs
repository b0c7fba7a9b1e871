namespace IngoDB.Engine.Traversing;

/// <summary>A set of small integers: a bit for each, and a list so that emptying costs what is in it. One thread at a time.</summary>
internal sealed class NodeBits
{
    private readonly List<int> _members = [];
    private ulong[] _bits = new ulong[16];

    public int Count => _members.Count;

    /// <summary>The members in the order in which they came.</summary>
    public ReadOnlySpan<int> Members => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_members);

    /// <summary>Memory that it holds.</summary>
    public long Bytes => (_bits.LongLength * sizeof(ulong)) + ((long)_members.Capacity * sizeof(int));

    public bool Contains(int member) => member >> 6 < _bits.Length && (_bits[member >> 6] & (1UL << member)) != 0;

    /// <summary>False when it was in already.</summary>
    public bool Add(int member)
    {
        if (member >> 6 >= _bits.Length) Array.Resize(ref _bits, Math.Max(_bits.Length * 2, (member >> 6) + 1));
        ref var word = ref _bits[member >> 6];
        var bit = 1UL << member;
        if ((word & bit) != 0) return false;
        word |= bit;
        _members.Add(member);
        return true;
    }

    public void Clear()
    {
        foreach (var member in _members) _bits[member >> 6] = 0;
        _members.Clear();
    }
}
