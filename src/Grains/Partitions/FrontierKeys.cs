// The keys of a frontier on their way to a partition: a hundred thousand of them are one array. Whoever sends them puts them in order,
// once for all partitions; whoever reads them only looks whether they are.
//
//   keys = (length varint | key)*          id keys for a join on `_id`, ordered keys of values otherwise

using System.Buffers;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>Keys as they arrived. Immutable.</summary>
internal sealed class FrontierKeys : JoinKeys
{
    private readonly byte[] _bytes;
    private readonly (int Start, int Length)[] _places;

    private FrontierKeys(byte[] bytes, (int, int)[] places) => (_bytes, _places) = (bytes, places);

    public override int Count => _places.Length;

    public override ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_places[index].Start, _places[index].Length);

    public static void Append(ReadOnlySpan<byte> key, ArrayBufferWriter<byte> target)
    {
        target.Advance(Varint.Write(target.GetSpan(Varint.BytesMax), (uint)key.Length));
        target.Write(key);
    }

    /// <summary>The numbers of keys, in the order of the keys.</summary>
    public static int[] InOrder(JoinKeys keys)
    {
        var order = new int[keys.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (left, right) => keys[left].SequenceCompareTo(keys[right]));
        return order;
    }

    /// <summary>In ascending order, which is that of the documents where they are ids.</summary>
    /// <exception cref="CorruptionException">Not keys.</exception>
    public static FrontierKeys ReadSorted(byte[] bytes)
    {
        var places = new List<(int Start, int Length)>();
        var isAscending = true;
        for (var position = 0; position < bytes.Length;)
        {
            if (!Varint.TryRead(bytes, ref position, out var length) || length > bytes.Length - position) throw new CorruptionException("frontier", position, "not the length of a key");
            isAscending &= places.Count == 0 || bytes.AsSpan(places[^1].Start, places[^1].Length).SequenceCompareTo(bytes.AsSpan(position, length)) <= 0;
            places.Add((position, length));
            position += length;
        }

        if (!isAscending) places.Sort((left, right) => bytes.AsSpan(left.Start, left.Length).SequenceCompareTo(bytes.AsSpan(right.Start, right.Length)));
        return new(bytes, [.. places]);
    }
}
