// The documents that a traversal knows: those it has met, and those whose ids it has only seen as join values. Their
// collection is part of the key, as a small number; what else is known of one stands in arrays beside it.

using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>Documents as numbers, and the rows that are kept of some. One thread at a time.</summary>
internal sealed class NodeTable(IReadOnlyList<string> collections)
{
    private const int NodeBytes = 32;
    private readonly KeyTable _keys = new();
    private readonly ByteArena _rows = new();
    private readonly List<Shape> _shapes = [];
    private readonly Dictionary<Shape, int> _numbers = [];
    private readonly byte[] _key = new byte[1 + DocumentId.KeyBytesMax];
    private Node[] _nodes = new Node[32];
    private int _generation = 1;

    private struct Node
    {
        public short VisitedAt;
        public int Shape;

        /// <summary>The generation of rows that its row belongs to; rows of earlier ones are gone.</summary>
        public int Generation;
        public int RowBytes;
        public long RowPlace;
        public DocumentVersion Version;
    }

    /// <summary>All that have a number.</summary>
    public int Count => _keys.Count;

    /// <summary>Those that were visited.</summary>
    public int Visited { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Bytes => _keys.Bytes + _rows.Bytes + (_nodes.LongLength * NodeBytes);

    public int Intern(int collection, ReadOnlySpan<byte> idKey)
    {
        _key[0] = (byte)collection;
        idKey.CopyTo(_key.AsSpan(1));
        var node = _keys.Intern(_key.AsSpan(0, 1 + idKey.Length));
        if (node >= _nodes.Length) Array.Resize(ref _nodes, _nodes.Length * 2);
        return node;
    }

    public int Find(int collection, ReadOnlySpan<byte> idKey)
    {
        _key[0] = (byte)collection;
        idKey.CopyTo(_key.AsSpan(1));
        return _keys.Find(_key.AsSpan(0, 1 + idKey.Length));
    }

    public ReadOnlySpan<byte> IdKeyOf(int node) => _keys[node][1..];

    public string CollectionOf(int node) => collections[_keys[node][0]];

    /// <summary>The depth at which it was visited first; -1 when it was not.</summary>
    public int VisitedAt(int node) => _nodes[node].VisitedAt - 1;

    public void Visit(int node, int depth)
    {
        if (_nodes[node].VisitedAt != 0) return;
        _nodes[node].VisitedAt = (short)(depth + 1);
        Visited++;
    }

    public bool HasRow(int node) => _nodes[node].Generation == _generation;

    public void KeepRow(int node, DocumentVersion version, Shape shape, ReadOnlySpan<byte> row)
    {
        ref var kept = ref _nodes[node];
        if (kept.Generation == _generation) return;
        kept.Shape = NumberOf(shape);
        (kept.Generation, kept.Version, kept.RowPlace, kept.RowBytes) = (_generation, version, _rows.Add(row), row.Length);
    }

    public ReadOnlySpan<byte> RowOf(int node) => _rows.At(_nodes[node].RowPlace, _nodes[node].RowBytes);

    public Shape ShapeOf(int node) => _shapes[_nodes[node].Shape - 1];

    public DocumentVersion VersionOf(int node) => _nodes[node].Version;

    /// <summary>The rows of a depth are not needed any more: those that were given, and those that were kept and then refused.</summary>
    public void ForgetRows()
    {
        _generation++;
        _rows.Clear();
    }

    /// <summary>By `_id`, then by the name of the collection.</summary>
    public int Compare(int left, int right)
    {
        if (left == right) return 0;
        var byId = IdKeyOf(left).SequenceCompareTo(IdKeyOf(right));
        return byId != 0 ? byId : string.CompareOrdinal(CollectionOf(left), CollectionOf(right));
    }

    /// <summary>Sorts by `_id`, then collection. The eight bytes behind what all ids begin with decide nearly always.</summary>
    public void Sort(Span<int> nodes)
    {
        if (nodes.Length < 2) return;
        var shared = SharedBytes(nodes);
        var heads = new ulong[nodes.Length];
        for (var i = 0; i < heads.Length; i++) heads[i] = HeadOf(IdKeyOf(nodes[i])[shared..]);
        heads.AsSpan().Sort(nodes);
        for (int first = 0, next = 1; first < nodes.Length; first = next++)
        {
            while (next < nodes.Length && heads[next] == heads[first]) next++;
            if (next - first > 1) nodes[first..next].Sort(Compare);
        }
    }

    private int SharedBytes(ReadOnlySpan<int> nodes)
    {
        var first = IdKeyOf(nodes[0]);
        var shared = first.Length;
        foreach (var node in nodes)
        {
            shared = first[..shared].CommonPrefixLength(IdKeyOf(node));
            if (shared == 0) break;
        }

        return shared;
    }

    private static ulong HeadOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 8) return BinaryPrimitives.ReadUInt64BigEndian(key);
        var head = 0UL;
        foreach (var b in key) head = (head << 8) | b;
        return key.IsEmpty ? 0 : head << ((8 - key.Length) * 8);
    }

    private int NumberOf(Shape shape)
    {
        if (_shapes.Count > 0 && ReferenceEquals(_shapes[^1], shape)) return _shapes.Count;
        if (_numbers.TryGetValue(shape, out var number)) return number;
        _shapes.Add(shape);
        return _numbers[shape] = _shapes.Count;
    }
}
