// A collection of one walk: its map, what was written since, and which of its documents were met, as bits.

using System.Buffers;
using System.Numerics;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Traversing;

namespace IngoDB.Engine.Adjacency;

/// <summary>The documents of a collection in one walk. One thread at a time.</summary>
internal sealed class LinkedCollection(string name, CollectionMap map, LaterDocuments later, ReadCountersBox counters) : IDisposable
{
    private readonly DocumentRows _rows = new(map, later, counters);
    private readonly NodeInput _input = new();
    private readonly Stack<ulong[]> _spare = [];
    private int[] _numbers = [], _byId = [];

    public string Name => name;

    /// <summary>Numbers of documents are below it.</summary>
    public int Count => map.Count + later.Count;

    /// <summary>Documents that were met at earlier depths.</summary>
    public ulong[] Visited { get; } = new ulong[RowMask.Words(map.Count + later.Count)];

    /// <summary>Documents met at this depth.</summary>
    public ulong[] Met { get; } = new ulong[RowMask.Words(map.Count + later.Count)];

    /// <summary>Results of this depth.</summary>
    public ulong[] Results { get; } = new ulong[RowMask.Words(map.Count + later.Count)];

    public DocumentRows Rows => _rows;

    /// <summary>A selection of its documents by codes.</summary>
    public SelectedCodes Select(Projection rows) => new(map, rows);

    /// <summary>Bits for all documents, none set. Give it back.</summary>
    public ulong[] Rent()
    {
        if (!_spare.TryPop(out var bits)) return new ulong[Visited.Length];
        Array.Clear(bits);
        return bits;
    }

    public void GiveBack(ulong[] bits) => _spare.Push(bits);

    public void SetAll(Span<ulong> documents)
    {
        RowMask.SetAll(documents, Count);
        RemoveHidden(documents);
    }

    /// <summary>Takes out documents of the map that are not there any more.</summary>
    public void RemoveHidden(Span<ulong> documents) => RowMask.AndNot(documents[..later.Hidden.Length], later.Hidden);

    /// <summary>The number of an id that is there.</summary>
    public int Find(ReadOnlySpan<byte> idKey) => later.Find(idKey) is var number and >= 0 ? map.Count + number : map.Ids.Find(idKey);

    /// <summary>Leaves those that satisfy a filter.</summary>
    /// <returns>The others.</returns>
    public ulong[] Split(Span<ulong> documents, CompiledFilter filter)
    {
        var others = Rent();
        var numbers = Numbers(documents);
        _rows.Expect(numbers);
        foreach (var document in numbers)
        {
            _rows.MoveTo(document);
            _input.Load(_rows);
            if (_input.Matches(filter)) continue;
            documents[document >> 6] &= ~(1UL << document);
            others[document >> 6] |= 1UL << document;
        }

        return others;
    }

    /// <summary>The numbers of documents, ascending; valid until the next call.</summary>
    public ReadOnlySpan<int> Numbers(ReadOnlySpan<ulong> documents)
    {
        var count = 0;
        if (_numbers.Length < Count) _numbers = ArrayPool<int>.Shared.Rent(Count);
        for (var i = 0; i < documents.Length; i++)
            for (var word = documents[i]; word != 0; word &= word - 1) _numbers[count++] = (i << 6) + BitOperations.TrailingZeroCount(word);
        return _numbers.AsSpan(0, count);
    }

    /// <summary>The same by id: those that were written later stand where their ids belong. Valid until this is called again.</summary>
    public ReadOnlyMemory<int> NumbersById(ReadOnlySpan<ulong> documents)
    {
        if (_byId.Length < Count) _byId = ArrayPool<int>.Shared.Rent(Count);
        var numbers = Numbers(documents);
        var split = numbers.Length;
        while (split > 0 && numbers[split - 1] >= map.Count) split--;
        for (int at = 0, first = 0, second = split; at < numbers.Length; at++)
        {
            var isFirst = second == numbers.Length || (first < split && _rows.IdKeyOf(numbers[first]).SequenceCompareTo(_rows.IdKeyOf(numbers[second])) < 0);
            _byId[at] = isFirst ? numbers[first++] : numbers[second++];
        }

        return _byId.AsMemory(0, numbers.Length);
    }

    public void Dispose()
    {
        _rows.DisposeAsync().AsTask().GetAwaiter().GetResult();
        if (_numbers.Length > 0) ArrayPool<int>.Shared.Return(_numbers);
        if (_byId.Length > 0) ArrayPool<int>.Shared.Return(_byId);
        (_numbers, _byId) = ([], []);
    }
}
