// A decoded rows frame, as SstableFormat.cs draws it: arrays beside each other, one element per entry. It is checked
// once, when it is decoded, so that reading an entry afterwards needs no checks: every accessor below loads from where
// the constructor has proven that there is something.
//
//   search, kept block:       RowBlockTags: one byte a key, 64 compared at once; then the key itself
//   search, any other block:  binary, over the suffixes
//
// The array that holds the block is longer than the block by PaddingBytes, so that a load of 8 bytes for a version of 3,
// or of 16 for a short key suffix, stays inside it; and by one byte an entry for the tags, when the block is kept.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>The entries of one block. Immutable once made.</summary>
internal sealed class RowBlock
{
    /// <summary>By how much an array is at least longer than the block in it.</summary>
    public const int PaddingBytes = 64;

    private readonly byte[] _bytes;
    private readonly RowBlockLayout _layout;

    // Where a row probably begins, from its number alone: their mean length in 1/256 bytes; 0 where that would be no good guess.
    private readonly uint _evenRowBytes;

    /// <param name="bytes">The payload, <paramref name="length"/> bytes, and padding; of a shared block also the room for tags.</param>
    /// <exception cref="CorruptionException">The checksum was right, but these are not the entries that the index tells of.</exception>
    public RowBlock(string file, long offset, byte[] bytes, int length, int rowCount, int shapeCount, bool isShared = false)
    {
        (_bytes, IsShared) = (bytes, isShared);
        Invariant.Holds(bytes.Length - length >= PaddingBytes + (isShared ? rowCount : 0));
        if (!RowBlockLayout.TryRead(bytes.AsSpan(0, length), out _layout) || !_layout.AreEntriesInside(bytes.AsSpan(0, length), shapeCount))
            throw new CorruptionException(file, offset, "the entries of this block do not lie inside it");
        if (Count != rowCount) throw new CorruptionException(file, offset, $"a block of {Count} rows where the index tells {rowCount}");
        if (!isShared) return;
        for (var i = 0; i < Count; i++) bytes[length + i] = RowBlockTags.Of(KeySuffix(i));
        _evenRowBytes = EvenRowBytes();
    }

    private RowBlock() => _bytes = [];

    /// <summary>Stands in a cache slot for a block that somebody needed once.</summary>
    public static RowBlock MetOnce { get; } = new();

    /// <summary>Its bytes stay as they are; otherwise the buffer is used again for the next block.</summary>
    public bool IsShared { get; }

    public int Count => _layout.Count;

    public int Bytes => _bytes.Length;

    /// <summary>The cache's mark: somebody came back for this block since it was last considered. A race on it is harmless.</summary>
    public bool WasUsed { get; set; }

    public ReadOnlySpan<byte> KeyPrefix => Slice(SstableFormat.RowsHeadBytes, _layout.PrefixBytes);

    /// <summary>What of a key comes after <see cref="KeyPrefix"/>.</summary>
    public ReadOnlySpan<byte> KeySuffix(int index)
    {
        if (_layout.SuffixBytes >= 0) return Slice(_layout.SuffixesAt + index * _layout.SuffixBytes, _layout.SuffixBytes);
        var start = index == 0 ? 0 : ReadEnd(_layout.KeyEndsAt, index - 1);
        return Slice(_layout.SuffixesAt + start, ReadEnd(_layout.KeyEndsAt, index) - start);
    }

    public DocumentVersion VersionOf(int index) =>
        new(_layout.LeastVersion + (Load<ulong>(_layout.VersionsAt + index * _layout.VersionBytes) & _layout.VersionMask));

    public EntryKind KindOf(int index) => _layout.KindsAt == 0 ? EntryKind.Put : (EntryKind)Load<byte>(_layout.KindsAt + index);

    public DocumentVersion ExpiresAtOf(int index) =>
        _layout.ExpiriesAt == 0 ? DocumentVersion.None : new(Load<ulong>(_layout.ExpiriesAt + 8 * index));

    public int ShapeNumberOf(int index) => _layout.ShapeBytes switch
    {
        0 => _layout.Shape,
        1 => Load<byte>(_layout.ShapesAt + index),
        2 => Load<ushort>(_layout.ShapesAt + 2 * index),
        _ => Load<int>(_layout.ShapesAt + 4 * index),
    };

    public ReadOnlySpan<byte> RowOf(int index)
    {
        var start = StartOf(index);
        return Slice(_layout.RowsAt + start, ReadEnd(_layout.RowEndsAt, index) - start);
    }

    /// <summary>The same for who keeps it; only of a shared block.</summary>
    public ReadOnlyMemory<byte> RowMemoryOf(int index)
    {
        var start = StartOf(index);
        return new(_bytes, _layout.RowsAt + start, ReadEnd(_layout.RowEndsAt, index) - start);
    }

    /// <summary>The newest entry of the key with a version ≤ <paramref name="upTo"/>; -1 when there is none in this block.</summary>
    public int Find(ReadOnlySpan<byte> key, DocumentVersion upTo)
    {
        if (!key.StartsWith(KeyPrefix)) return -1;
        var suffix = key[_layout.PrefixBytes..];
        if (IsShared) return RowBlockTags.Find(this, Slice(_layout.Bytes, Count), suffix, upTo);
        var row = LowerBound(key, upTo);
        return row < Count && KeySuffix(row).SequenceEqual(suffix) ? row : -1;
    }

    /// <summary>Whether an entry is of this key.</summary>
    public bool IsOf(int index, ReadOnlySpan<byte> key)
    {
        var prefixBytes = _layout.PrefixBytes;
        return key.Length >= prefixBytes && key[prefixBytes..].SequenceEqual(KeySuffix(index)) && key[..prefixBytes].SequenceEqual(KeyPrefix);
    }

    public void NoteMemory(HugePages pages) => pages.Note(_bytes);

    /// <summary>For who will ask this block for anything soon.</summary>
    public void PrefetchLayout()
    {
        Prefetch.Line(in _layout);
        Prefetch.Line(in Unsafe.AddByteOffset(ref Unsafe.AsRef(in _layout), Prefetch.LineBytes));
    }

    /// <summary>For who will look for a key in this shared block soon.</summary>
    public void PrefetchTags() => Prefetch.Lines(Slice(_layout.Bytes, Count), linesMax: 4);

    /// <summary>The next step, when the tags have come: what belongs to the entry that it probably is.</summary>
    public void PrefetchEntry(ReadOnlySpan<byte> key)
    {
        if (key.Length < _layout.PrefixBytes) return;
        var row = RowBlockTags.Guess(Slice(_layout.Bytes, Count), key[_layout.PrefixBytes..]);
        if (row < 0) return;
        Line(_layout.SuffixBytes >= 0 ? _layout.SuffixesAt + row * _layout.SuffixBytes : _layout.KeyEndsAt + _layout.EndBytes * row);
        Line(_layout.VersionsAt + row * _layout.VersionBytes);
        Line(_layout.RowEndsAt + _layout.EndBytes * row);
    }

    /// <summary>For who will come to rows of this block: where its arrays lie.</summary>
    public void PrefetchHead()
    {
        Prefetch.Line(in _layout);
        Prefetch.Line(in Unsafe.AddByteOffset(ref Unsafe.AsRef(in _layout), Prefetch.LineBytes));
    }

    /// <summary>The next step: where a row lies, and what is told of it.</summary>
    public void PrefetchPlaces(int index)
    {
        Line(_layout.SuffixBytes >= 0 ? _layout.SuffixesAt + (index * _layout.SuffixBytes) : _layout.KeyEndsAt + (_layout.EndBytes * index));
        Line(_layout.VersionsAt + (index * _layout.VersionBytes));
        Line(_layout.RowEndsAt + (_layout.EndBytes * index));
    }

    /// <summary>For who will compare a key with this entry and take its row: all that belongs to it, the row where it probably is.</summary>
    public void PrefetchEntry(int index)
    {
        PrefetchPlaces(index);
        if (_evenRowBytes == 0) return;
        var at = _layout.RowsAt + (int)((_evenRowBytes * (ulong)index) >> 8);
        Line(at);
        Line(at + Prefetch.LineBytes);
        if (_evenRowBytes >= Prefetch.LineBytes << 8) Line(at + (2 * Prefetch.LineBytes));
    }

    /// <summary>The last step: its bytes.</summary>
    public void PrefetchRow(int index) => Prefetch.Lines(RowOf(index), linesMax: 3);

    /// <summary>The first entry at or after (key, version descending); <see cref="Count"/> when all are before.</summary>
    public int LowerBound(ReadOnlySpan<byte> key, DocumentVersion version)
    {
        var prefix = KeyPrefix;
        var head = key[..Math.Min(key.Length, prefix.Length)].SequenceCompareTo(prefix);
        if (head != 0) return head < 0 ? 0 : Count;
        var suffix = key[prefix.Length..];
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = KeySuffix(middle).SequenceCompareTo(suffix);
            if (order < 0 || (order == 0 && VersionOf(middle) > version)) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private uint EvenRowBytes()
    {
        var mean = (uint)Math.Min((((ulong)(_layout.Bytes - _layout.RowsAt)) << 8) / (uint)Count, uint.MaxValue);
        for (var i = 0; i < Count; i++)
            if (Math.Abs(StartOf(i) - (long)((mean * (ulong)i) >> 8)) > Prefetch.LineBytes) return 0;
        return mean;
    }

    private int StartOf(int index) => index == 0 ? 0 : ReadEnd(_layout.RowEndsAt, index - 1);

    private int ReadEnd(int endsAt, int index) =>
        _layout.EndBytes == 2 ? Load<ushort>(endsAt + 2 * index) : Load<int>(endsAt + 4 * index);

    private void Line(int at) => Prefetch.Line(in Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), at));

    private ReadOnlySpan<byte> Slice(int at, int length) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), at), length);

    private T Load<T>(int at)
        where T : unmanaged
    {
        var value = Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), at));
        return BitConverter.IsLittleEndian ? value : Swap(value);
    }

    private static T Swap<T>(T value)
        where T : unmanaged
    {
        MemoryMarshal.AsBytes(new Span<T>(ref value)).Reverse();
        return value;
    }
}
