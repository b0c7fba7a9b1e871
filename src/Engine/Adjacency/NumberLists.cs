// Lists of numbers, one behind the other: the edges of a graph as two arrays. What leaves a document is a stretch of memory that
// one cache miss brings in, and nothing is an object.
//
//   starts    0 3 3 5          list 0 = 7 2 9     list 1 = nothing     list 2 = 4 1
//   numbers   7 2 9 4 1

namespace IngoDB.Engine.Adjacency;

/// <summary>A list of numbers for each of 0, 1, 2, ... Immutable; thread-safe.</summary>
internal sealed class NumberLists
{
    private readonly int[] _starts;
    private readonly int[] _numbers;

    private NumberLists(int[] starts, int[] numbers) => (_starts, _numbers) = (starts, numbers);

    /// <summary>How many lists.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>How many numbers in all of them.</summary>
    public int Total => _numbers.Length;

    public long Bytes => sizeof(int) * ((long)_starts.Length + _numbers.Length);

    public ReadOnlySpan<int> this[int list] => _numbers.AsSpan(_starts[list], _starts[list + 1] - _starts[list]);

    /// <summary>The same lists with other numbers.</summary>
    /// <param name="to">The new number of each old one.</param>
    public NumberLists Renumbered(ReadOnlySpan<int> to)
    {
        var numbers = new int[_numbers.Length];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = to[_numbers[i]];
        return new(_starts, numbers);
    }

    /// <summary>Of each number the lists that hold it, ascending.</summary>
    /// <param name="count">Numbers are below it.</param>
    public NumberLists Inverted(int count)
    {
        var starts = new int[count + 1];
        foreach (var number in _numbers) starts[number + 1]++;
        for (var i = 1; i <= count; i++) starts[i] += starts[i - 1];

        var (numbers, next) = (new int[_numbers.Length], starts.AsSpan(0, count).ToArray());
        for (var list = 0; list < Count; list++)
            foreach (var number in this[list]) numbers[next[number]++] = list;
        return new(starts, numbers);
    }

    /// <summary>Lists that are written one after the other. One thread.</summary>
    public sealed class Builder
    {
        private readonly List<int> _starts = [0];
        private readonly List<int> _numbers = [];

        public long Bytes => sizeof(int) * ((long)_starts.Capacity + _numbers.Capacity);

        /// <summary>To the list that is being written.</summary>
        public void Add(int number) => _numbers.Add(number);

        public void EndList() => _starts.Add(_numbers.Count);

        public NumberLists Finish() => new([.. _starts], [.. _numbers]);
    }
}
