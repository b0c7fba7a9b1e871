// One decoded entries frame. Checked once when it is decoded, so that reading an entry afterwards needs no checks.

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Entries of an index, by (key, row). Immutable.</summary>
internal sealed class IndexBlock
{
    private readonly byte[] _bytes;
    private readonly int _startsAt;

    /// <exception cref="CorruptionException">The checksum was right, but these are not entries.</exception>
    public IndexBlock(string file, long offset, byte[] bytes)
    {
        _bytes = bytes;
        Count = bytes.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 4)) : 0;
        _startsAt = bytes.Length - 4 - (4 * Count);
        if (Count <= 0 || Count > (bytes.Length - 4) / (4 + IndexFormat.EntryHeadBytes) || !AreEntriesInside())
            throw new CorruptionException(file, offset, "the entries of this block do not lie inside it");
    }

    public int Count { get; }

    public ReadOnlySpan<byte> KeyAt(int i) => _bytes.AsSpan((StartOf(i) + IndexFormat.EntryHeadBytes)..EndOf(i));

    public RowReference ReferenceAt(int i) => RowReference.Decode(BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(StartOf(i))));

    /// <summary>The first entry at or after (key, row); <see cref="Count"/> when all are before.</summary>
    public int LowerBound(ReadOnlySpan<byte> key, uint row)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = KeyAt(middle).SequenceCompareTo(key);
            if (order < 0 || (order == 0 && ReferenceAt(middle).Row.Value < row)) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private int StartOf(int i) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(_startsAt + (4 * i)));

    private int EndOf(int i) => i + 1 < Count ? StartOf(i + 1) : _startsAt;

    private bool AreEntriesInside()
    {
        if (StartOf(0) != 0) return false;
        for (int i = 0, start = 0; i < Count; i++)
        {
            var end = EndOf(i);
            if (end - (long)start <= IndexFormat.EntryHeadBytes || end > _startsAt) return false;
            start = end;
        }

        return true;
    }
}
