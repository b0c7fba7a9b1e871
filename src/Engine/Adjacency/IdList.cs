// Ids in memory for as long as a map lives: no object for one, and the n-th is found without looking for it. The way back, from an id to its
// number, is a search; who needs it often keeps the number.

using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>Id keys in ascending order, one behind the other in memory; the n-th is the id of document n. Immutable; thread-safe.</summary>
internal sealed class IdList
{
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    private IdList(byte[] bytes, int[] ends) => (_bytes, _ends) = (bytes, ends);

    public int Count => _ends.Length;

    public long Bytes => _bytes.LongLength + ((long)sizeof(int) * _ends.Length);

    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            var start = number == 0 ? 0 : _ends[number - 1];
            return _bytes.AsSpan(start, _ends[number] - start);
        }
    }

    /// <summary>The number of an id; when it is not among them, the complement of that of the first behind it.</summary>
    public int Find(ReadOnlySpan<byte> idKey)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = this[middle].SequenceCompareTo(idKey);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }

    /// <summary>Ids are added in ascending order. One thread.</summary>
    public sealed class Builder
    {
        private readonly List<byte> _bytes = [];
        private readonly List<int> _ends = [];

        public int Count => _ends.Count;

        public long Bytes => _bytes.Capacity + ((long)sizeof(int) * _ends.Capacity);

        /// <exception cref="ArgumentException">Ids of more than two gigabytes.</exception>
        public void Add(ReadOnlySpan<byte> idKey)
        {
            Invariant.Holds(_ends.Count == 0 || LastKey.SequenceCompareTo(idKey) < 0);
            _bytes.AddRange(idKey);
            _ends.Add(_bytes.Count);
        }

        public IdList Finish() => new([.. _bytes], [.. _ends]);

        private ReadOnlySpan<byte> LastKey
        {
            get
            {
                var start = _ends.Count < 2 ? 0 : _ends[^2];
                return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes)[start.._ends[^1]];
            }
        }
    }
}
