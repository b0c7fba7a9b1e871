// A decoded rows frame, as SstableFormat.cs draws it: arrays beside each other, one element per entry. It is checked
// once, when it is decoded, so that reading an entry afterwards needs no checks: every accessor below loads from where
// the constructor has proven that there is something.
//
//   search, kept block:       RowBlockTags: one byte a key, 64 compared at once; then the key itself
//   search, any other block:  binary, over the suffixes
//
// A shared block's array is never moved (TableBlocks), so its address is noted: to ask for a line of it, the array itself, whose
// head is one more line to wait for, needs not be looked at.
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
internal sealed partial class RowBlock
{
    /// <summary>By how much an array is at least longer than the block in it.</summary>
    public const int PaddingBytes = 64;

    private readonly byte[] _bytes;
    private readonly nint _address;
    private readonly Shape[] _shapes;
    private readonly RowBlockLayout _layout;

    // Where a row probably begins, from its number alone: their mean length in 1/256 bytes; 0 where that would be no good guess.
    private readonly uint _evenRowBytes;

    /// <param name="bytes">The payload, <paramref name="length"/> bytes, and padding; of a shared block also the room for tags.</param>
    /// <param name="shapes">Of the table, by number.</param>
    /// <exception cref="CorruptionException">The checksum was right, but these are not the entries that the index tells of.</exception>
    public RowBlock(string file, long offset, byte[] bytes, int length, int rowCount, Shape[] shapes, bool isShared = false)
    {
        (_bytes, _shapes, IsShared) = (bytes, shapes, isShared);
        Invariant.Holds(bytes.Length - length >= PaddingBytes + (isShared ? rowCount : 0));
        if (!RowBlockLayout.TryRead(bytes.AsSpan(0, length), out _layout) || !_layout.AreEntriesInside(bytes.AsSpan(0, length), shapes.Length - 1))
            throw new CorruptionException(file, offset, "the entries of this block do not lie inside it");
        if (Count != rowCount) throw new CorruptionException(file, offset, $"a block of {Count} rows where the index tells {rowCount}");
        if (!isShared) return;
        _address = AddressOf(bytes);
        for (var i = 0; i < Count; i++) bytes[length + i] = RowBlockTags.Of(KeySuffix(i));
        _evenRowBytes = EvenRowBytes();
    }

    private RowBlock() => (_bytes, _shapes) = ([], []);

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

    /// <summary>Puts a key together; returns its length.</summary>
    /// <param name="target">At least <see cref="EntryKey.BytesMax"/>.</param>
    public int CopyKey(int index, Span<byte> target)
    {
        KeyPrefix.CopyTo(target);
        var suffix = KeySuffix(index);
        suffix.CopyTo(target[_layout.PrefixBytes..]);
        return _layout.PrefixBytes + suffix.Length;
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

    public Shape ShapeOf(int index) => _shapes[ShapeNumberOf(index)];

    public ReadOnlySpan<byte> RowOf(int index)
    {
        var start = StartOf(index);
        return Slice(_layout.RowsAt + start, ReadEnd(_layout.RowEndsAt, index) - start);
    }

    /// <summary>For who reads rows of it in another order; only a shared block.</summary>
    public HeldBlock Hold() => new(this, _address, _layout.SuffixesAt, _layout.SuffixBytes, _layout.PrefixBytes, _layout.ShapeBytes == 0 ? _shapes[_layout.Shape] : null);

    /// <summary>Where in the bytes of a held block a row lies.</summary>
    public void PlaceOf(int index, out int start, out int length)
    {
        var from = StartOf(index);
        (start, length) = (_layout.RowsAt + from, ReadEnd(_layout.RowEndsAt, index) - from);
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

    private int StartOf(int index) => index == 0 ? 0 : ReadEnd(_layout.RowEndsAt, index - 1);

    private int ReadEnd(int endsAt, int index) =>
        _layout.EndBytes == 2 ? Load<ushort>(endsAt + 2 * index) : Load<int>(endsAt + 4 * index);

    private static unsafe nint AddressOf(byte[] pinned) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

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
