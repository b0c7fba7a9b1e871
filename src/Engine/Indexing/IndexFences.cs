// Between an index file and the blocks worth reading stands this: where each block begins and with which key. It is
// checked once, gapless and in order, and then answers two questions without any read: which block, and about how
// many entries lie in a range (what the planner weighs).

using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>The first entry of each block of an index file, in memory. Immutable.</summary>
internal sealed class IndexFences
{
    private readonly FrameHandle[] _blocks;
    private readonly long[] _firstEntries;
    private readonly uint[] _firstRows;
    private readonly int[] _keyEnds;
    private readonly byte[] _keys;
    private readonly long _entryCount;

    /// <exception cref="Model.CorruptionException">Not fences, or blocks that are not gapless and in order.</exception>
    public IndexFences(string file, long offset, ReadOnlySpan<byte> payload, long entryCount, uint version)
    {
        _entryCount = entryCount;
        var reader = new SectionReader(file, offset, payload);
        if (version == IndexFormat.VersionOfContents) Contents = IndexContents.Read(ref reader);
        var count = reader.ReadCount(IndexFormat.FenceBytes);
        (_blocks, _firstEntries, _firstRows, _keyEnds) = (new FrameHandle[count], new long[count], new uint[count], new int[count]);
        var end = 0L;
        for (var i = 0; i < count; i++)
        {
            _blocks[i] = new(reader.ReadI64(), (int)Math.Min(reader.ReadU32(), int.MaxValue));
            _firstEntries[i] = reader.ReadI64();
            _firstRows[i] = RowReference.Decode(reader.ReadU32()).Row.Value;
            var keyEnd = (i == 0 ? 0L : _keyEnds[i - 1]) + reader.ReadU32();
            if (_blocks[i].Offset != end || keyEnd > payload.Length || !BeginsInOrder(i)) throw reader.Damaged($"block {i} does not follow the one before");
            _keyEnds[i] = (int)keyEnd;
            end = _blocks[i].End;
        }

        if (end != offset || (count == 0) != (entryCount == 0)) throw reader.Damaged("the blocks do not fill the file up to the fences");
        _keys = reader.Read(count == 0 ? 0 : _keyEnds[^1]).ToArray();
        reader.ExpectEnd();
    }

    public int Count => _blocks.Length;

    /// <summary>What the file has.</summary>
    public IndexContents Contents { get; } = IndexContents.Whole;

    public long HalfBlock => Count == 0 ? 0 : Math.Max(1, _entryCount / Count / 2);

    public FrameHandle this[int block] => _blocks[block];

    public long EntriesOf(int block) => (block + 1 < Count ? _firstEntries[block + 1] : _entryCount) - _firstEntries[block];

    /// <summary>The last block that begins at or before (key, row); 0 when all begin after it.</summary>
    public int Find(ReadOnlySpan<byte> key, uint row)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = KeyOf(middle).SequenceCompareTo(key);
            if (order < 0 || (order == 0 && _firstRows[middle] <= row)) low = middle + 1;
            else high = middle;
        }

        return Math.Max(0, low - 1);
    }

    /// <summary>Entries of the blocks that begin inside a range.</summary>
    public long EntriesBetween(KeyRange range)
    {
        var first = Find(range.Low.Span, 0);
        var last = range.High is { } high ? Find(high.Span, uint.MaxValue) : Count - 1;
        return first >= last ? 0 : _firstEntries[last] - _firstEntries[first] + (range.High is null ? EntriesOf(last) : 0);
    }

    private ReadOnlySpan<byte> KeyOf(int block) => _keys.AsSpan((block == 0 ? 0 : _keyEnds[block - 1]).._keyEnds[block]);

    private bool BeginsInOrder(int i) => i == 0 ? _firstEntries[0] == 0 : _firstEntries[i] > _firstEntries[i - 1] && _firstEntries[i] < _entryCount;
}
