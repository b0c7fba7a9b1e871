// The tree of a traversal, as an array: a walk is where it stands and the number of the walk it came from. Its path is not kept, since
// it is found by going back; its place in the order of all paths of its depth is a rank, made once a depth from two integers:
// the rank of where it came from, and the place of its document among those of the depth.
//
//   depth 1   a b        rank 0 1        depth 2   a─x  a─y  b─x        (0,x) (0,y) (1,x)  ─►  rank 0 1 2

namespace IngoDB.Engine.Traversing;

/// <summary>Where one walk stands, or, where walks that stand in the same place go on alike, all of them: then it is the one with the least path.</summary>
internal struct Walk
{
    public int Node;

    /// <summary>The walk it came from; -1 at the start.</summary>
    public int Before;

    /// <summary>Its place among those of its depth, by the ids of its path.</summary>
    public int Rank;

    /// <summary>The place of its document among those of its depth, by id.</summary>
    public int Order;

    public short Stage;

    public short Depth;

    /// <summary>Not to go past.</summary>
    public bool IsPruned;

    /// <summary>Something was reached from here.</summary>
    public bool WentOn;
}

/// <summary>All walks of a traversal, depth by depth. One thread at a time.</summary>
internal sealed class WalkList(NodeTable nodes)
{
    private const int WalkBytes = 24;
    private Walk[] _walks = new Walk[64];
    private int[] _orderOf = [];

    public int Count { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Bytes => (_walks.LongLength * WalkBytes) + (_orderOf.LongLength * sizeof(int));

    public ref Walk this[int walk] => ref _walks[walk];

    public int Add(int node, int before, int stage, int depth, bool isPruned)
    {
        if (Count == _walks.Length) Array.Resize(ref _walks, Count * 2);
        _walks[Count] = new() { Node = node, Before = before, Stage = (short)stage, Depth = (short)depth, IsPruned = isPruned };
        return Count++;
    }

    /// <summary>The document lies on the walk already.</summary>
    public bool Holds(int walk, int node)
    {
        for (; walk >= 0; walk = _walks[walk].Before)
            if (_walks[walk].Node == node) return true;
        return false;
    }

    /// <summary>Gives the walks from <paramref name="first"/> on their order and rank; returns them by rank.</summary>
    public int[] Rank(int first)
    {
        Order(first);
        var walks = new int[Count - first];
        var keys = new ulong[walks.Length];
        for (var i = 0; i < walks.Length; i++)
        {
            ref readonly var walk = ref _walks[first + i];
            walks[i] = first + i;
            keys[i] = ((ulong)(uint)(walk.Before < 0 ? 0 : _walks[walk.Before].Rank) << 32) | (uint)walk.Order;
        }

        keys.AsSpan().Sort(walks.AsSpan());
        for (int start = 0, next = 1; start < walks.Length; start = next++)
        {
            while (next < walks.Length && keys[next] == keys[start]) next++;
            if (next - start > 1) walks.AsSpan(start, next - start).Sort((left, right) => _walks[left].Stage.CompareTo(_walks[right].Stage));
        }

        for (var i = 0; i < walks.Length; i++) _walks[walks[i]].Rank = i;
        return walks;
    }

    private void Order(int first)
    {
        if (_orderOf.Length < nodes.Count) Array.Resize(ref _orderOf, Math.Max(nodes.Count, _orderOf.Length * 2));
        var distinct = new NodeBits();
        for (var walk = first; walk < Count; walk++) distinct.Add(_walks[walk].Node);
        var sorted = distinct.Members.ToArray();
        nodes.Sort(sorted);
        for (var i = 0; i < sorted.Length; i++) _orderOf[sorted[i]] = i;
        for (var walk = first; walk < Count; walk++) _walks[walk].Order = _orderOf[_walks[walk].Node];
    }
}
