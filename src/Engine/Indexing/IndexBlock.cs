// One decoded entries frame: the keys of its groups where they lie in the frame, the references of all groups in one array. Checked
// once when it is decoded, so that reading an entry afterwards needs no checks. Files of the first version have a key with
// each entry; they become the same arrays, with groups of one entry.
//
//   keys          books+9.99 | books+12.50 | toys+0.99        groups 0, 1, 2
//   group ends             3 |           4 |         6
//   references    7 19 40      3             5 8               entries 0 .. 5

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Entries of an index, by (key, row). Immutable.</summary>
internal sealed class IndexBlock
{
    private readonly byte[] _bytes;
    private readonly (int At, int Length)[] _keys;
    private readonly int[] _groupEnds;
    private readonly uint[] _references;
    private readonly (int At, int Length)[] _carried = [];

    /// <exception cref="CorruptionException">The checksum was right, but these are not entries.</exception>
    public IndexBlock(string file, long offset, byte[] bytes, uint version = IndexFormat.Version, bool carries = false)
    {
        _bytes = bytes;
        if (carries) _carried = new (int, int)[bytes.Length < IndexFormat.BlockTailBytes ? 0 : Math.Clamp(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan()[^8..]), 0, bytes.Length)];
        var read = version == IndexFormat.VersionOfKeysEach ? ReadEntries(bytes) : ReadGroups(bytes, _carried);
        (_keys, _groupEnds, _references) = read ?? throw new CorruptionException(file, offset, "the entries of this block do not lie inside it");
    }

    public int Count => _references.Length;

    public int Groups => _groupEnds.Length;

    /// <summary>The group of an entry.</summary>
    public int GroupOf(int entry)
    {
        var at = Array.BinarySearch(_groupEnds, entry + 1);
        return at >= 0 ? at : ~at;
    }

    /// <summary>The first entry behind a group.</summary>
    public int EndOf(int group) => _groupEnds[group];

    public ReadOnlySpan<byte> KeyOf(int group) => _bytes.AsSpan(_keys[group].At, _keys[group].Length);

    public RowReference ReferenceAt(int i) => RowReference.Decode(_references[i]);

    /// <summary>What the entry carries; empty when the index is not covering.</summary>
    public ReadOnlySpan<byte> CarriedAt(int i) => _carried.Length == 0 ? default : _bytes.AsSpan(_carried[i].At, _carried[i].Length);

    /// <summary>The first entry at or after (key, row); <see cref="Count"/> when all are before.</summary>
    public int LowerBound(ReadOnlySpan<byte> key, uint row)
    {
        int low = 0, high = Groups;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (KeyOf(middle).SequenceCompareTo(key) < 0) low = middle + 1;
            else high = middle;
        }

        // Of the group with this very key the rows decide; keys may not be as long as the one that is looked for.
        var (entry, end) = (low == 0 ? 0 : _groupEnds[low - 1], low == Groups ? Count : _groupEnds[low]);
        if (low == Groups || !KeyOf(low).SequenceEqual(key)) return entry;
        while (entry < end)
        {
            var middle = (entry + end) >>> 1;
            if (ReferenceAt(middle).Row.Value < row) entry = middle + 1;
            else end = middle;
        }

        return entry;
    }

    private static ((int At, int Length)[] Keys, int[] Ends, uint[] References)? ReadGroups(ReadOnlySpan<byte> bytes, (int At, int Length)[] carried)
    {
        if (bytes.Length < IndexFormat.BlockTailBytes) return null;
        var (count, groups) = (BinaryPrimitives.ReadInt32LittleEndian(bytes[^8..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[^4..]));
        bytes = bytes[..^IndexFormat.BlockTailBytes];
        if (groups <= 0 || count < groups || count > bytes.Length) return null;
        var (keys, ends, references) = (new (int At, int Length)[groups], new int[groups], new uint[count]);
        int at = 0, entry = 0;
        for (var group = 0; group < groups; group++)
        {
            if (!Varint.TryRead(bytes, ref at, out var keyBytes) || keyBytes == 0 || keyBytes > bytes.Length - at) return null;
            keys[group] = (at, keyBytes);
            at += keyBytes;
            if (!Varint.TryRead(bytes, ref at, out var entries) || entries == 0 || entries > count - entry) return null;
            for (long reference = 0; entries > 0; entries--, entry++)
            {
                if (!Varint.TryRead(bytes, ref at, out var step) || (reference += step) > uint.MaxValue) return null;
                references[entry] = (uint)reference;
            }

            for (var i = group == 0 ? 0 : ends[group - 1]; i < entry && carried.Length > 0; i++)
            {
                if (!Varint.TryRead(bytes, ref at, out var carriedBytes) || carriedBytes > bytes.Length - at || !CarriedRow.IsIntact(bytes.Slice(at, carriedBytes))) return null;
                carried[i] = (at, carriedBytes);
                at += carriedBytes;
            }

            ends[group] = entry;
        }

        return at == bytes.Length && entry == count ? (keys, ends, references) : null;
    }

    private static ((int At, int Length)[] Keys, int[] Ends, uint[] References)? ReadEntries(ReadOnlySpan<byte> bytes)
    {
        const int headBytes = 4;
        var count = bytes.Length < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes[^4..]);
        if (count <= 0 || count > (bytes.Length - 4) / (4 + headBytes)) return null;
        var (keys, ends, references) = (new (int At, int Length)[count], new int[count], new uint[count]);
        var startsAt = bytes.Length - 4 - (4 * count);
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[startsAt..]) != 0) return null;
        for (int i = 0, start = 0; i < count; i++)
        {
            var end = i + 1 < count ? BinaryPrimitives.ReadInt32LittleEndian(bytes[(startsAt + (4 * (i + 1)))..]) : startsAt;
            if (end - (long)start <= headBytes || end > startsAt) return null;
            (keys[i], ends[i], references[i]) = ((start + headBytes, end - start - headBytes), i + 1, BinaryPrimitives.ReadUInt32LittleEndian(bytes[start..]));
            start = end;
        }

        return (keys, ends, references);
    }
}
