// Where each rows frame lies and with which entry it begins (its fence). A search compares integers: what all fences
// share (collection, tag, the high bytes of a time) is cut off once, and the next eight bytes of each stand in an
// array of their own; only equal ones are compared as keys. Ids that were given in order, or at random, are spread evenly:
// the search begins where a key would stand if they were, and widens from there.
//
//   fences   c1 09 0190a4f2 77c0...        shared 6 bytes | 8 bytes as an integer | full key on a tie, then version
//
// A position is (key, version descending), so that a key with many versions over several blocks is found at once.

using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>The index of one table's blocks, in memory. Immutable.</summary>
internal sealed class BlockIndex
{
    private readonly FrameHandle[] _blocks;
    private readonly uint[] _firstRows;
    private readonly ulong[] _firstVersions;
    private readonly byte[] _keys;
    private readonly int[] _keyEnds;
    private readonly ulong[] _digits;
    private readonly int _sharedBytes;
    private readonly double _blocksPerDigit;

    /// <exception cref="CorruptionException">Not an index, or blocks that are not in order and gapless from 0 to <paramref name="rowsEnd"/>.</exception>
    public BlockIndex(string file, long offset, ReadOnlySpan<byte> payload, long rowsEnd, long rowCount)
    {
        var reader = new SectionReader(file, offset, payload);
        var count = reader.ReadCount(SstableFormat.IndexEntryBytes);
        _blocks = new FrameHandle[count];
        _firstRows = new uint[count];
        _firstVersions = new ulong[count];
        _keyEnds = new int[count];
        var end = 0L;
        for (var i = 0; i < count; i++)
        {
            _blocks[i] = new(reader.ReadI64(), (int)Math.Min(reader.ReadU32(), int.MaxValue));
            _firstRows[i] = reader.ReadU32();
            _firstVersions[i] = reader.ReadU64();
            _keyEnds[i] = (i == 0 ? 0 : _keyEnds[i - 1]) + reader.ReadU16();
            var rowsBegin = i == 0 ? _firstRows[0] == 0 : _firstRows[i] > _firstRows[i - 1];
            if (_blocks[i].Offset != end || _blocks[i].Bytes <= SstableFormat.FrameHeadBytes || !rowsBegin) throw reader.Damaged($"block {i} does not follow the one before");
            end = _blocks[i].End;
        }

        if (end != rowsEnd || (count == 0) != (rowCount == 0) || (count > 0 && _firstRows[^1] >= rowCount)) throw reader.Damaged("the blocks do not fill the rows part of the file");
        _keys = reader.Read(count == 0 ? 0 : _keyEnds[^1]).ToArray();
        reader.ExpectEnd();
        _sharedBytes = count == 0 ? 0 : SharedBytes();
        _digits = new ulong[count];
        for (var i = 0; i < count; i++) _digits[i] = Digit(KeyOf(i)[_sharedBytes..]);
        if (count > 1) _blocksPerDigit = (count - 1) / Math.Max(1.0, _digits[^1] - _digits[0]);
        RowCount = rowCount;
    }

    public int Count => _blocks.Length;

    public long RowCount { get; }

    public long Bytes => _keys.Length + Count * (16L + 4 + 8 + 4 + 8);

    public FrameHandle this[int block] => _blocks[block];

    public uint FirstRowOf(int block) => _firstRows[block];

    public ReadOnlySpan<byte> KeyOf(int block) => _keys.AsSpan((block == 0 ? 0 : _keyEnds[block - 1]).._keyEnds[block]);

    /// <summary>The last block that begins at or before (key, version); -1 when all begin after it.</summary>
    public int Find(ReadOnlySpan<byte> key, DocumentVersion version)
    {
        if (Count == 0) return -1;
        var head = key[..Math.Min(key.Length, _sharedBytes)].SequenceCompareTo(_keys.AsSpan(0, _sharedBytes));
        if (head != 0) return head < 0 ? -1 : Count - 1;
        var digit = Digit(key[_sharedBytes..]);
        var low = FirstAtOrAbove(digit);
        if (low == Count || _digits[low] != digit) return low - 1;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_digits[middle] == digit && IsAtOrBefore(middle, key, version)) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    /// <summary>The block that holds a row.</summary>
    public int Find(RowId row)
    {
        var at = Array.BinarySearch(_firstRows, row.Value);
        return at >= 0 ? at : ~at - 1;
    }

    /// <summary>The first block whose digit is not below this one.</summary>
    private int FirstAtOrAbove(ulong digit)
    {
        var digits = _digits;
        if (digit <= digits[0]) return 0;
        if (digit > digits[^1]) return digits.Length;

        var guess = Math.Min((int)((digit - digits[0]) * _blocksPerDigit), digits.Length - 1);
        int low = 0, high = digits.Length, step = 1;
        if (digits[guess] < digit)
        {
            low = guess + 1;
            for (; guess + step < high; step <<= 1)
            {
                if (digits[guess + step] >= digit) high = guess + step;
                else low = guess + step + 1;
            }
        }
        else
        {
            high = guess;
            for (; guess - step >= low; step <<= 1)
            {
                if (digits[guess - step] < digit) low = guess - step + 1;
                else high = guess - step;
            }
        }

        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (digits[middle] < digit) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private bool IsAtOrBefore(int block, ReadOnlySpan<byte> key, DocumentVersion version)
    {
        var order = KeyOf(block).SequenceCompareTo(key);
        return order < 0 || (order == 0 && _firstVersions[block] >= version.Raw);
    }

    // Fences ascend, so what the first and the last share, all share.
    private int SharedBytes() => KeyOf(0).CommonPrefixLength(KeyOf(Count - 1));

    private static ulong Digit(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= 8) return BinaryPrimitives.ReadUInt64BigEndian(rest);
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        rest.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}

/// <summary>Collects fences while a table is written.</summary>
internal sealed class BlockIndexBuilder
{
    private readonly SectionWriter _blocks = new();
    private readonly SectionWriter _keys = new();
    private int _count;

    public void Add(FrameHandle block, uint firstRow, DocumentVersion firstVersion, ReadOnlySpan<byte> firstKey)
    {
        _blocks.WriteI64(block.Offset);
        _blocks.WriteU32((uint)block.Bytes);
        _blocks.WriteU32(firstRow);
        _blocks.WriteVersion(firstVersion);
        _blocks.WriteU16((ushort)firstKey.Length);
        _keys.Write(firstKey);
        _count++;
    }

    public ReadOnlySpan<byte> Finish()
    {
        var section = new SectionWriter();
        section.WriteCount(_count);
        section.Write(_blocks.Written);
        section.Write(_keys.Written);
        return section.Written;
    }
}
