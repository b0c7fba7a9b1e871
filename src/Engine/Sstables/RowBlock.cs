// A decoded rows frame, as SstableFormat.cs draws it: entries, then where each begins, then how many there are.
// It is checked once, when it is decoded, so that reading an entry afterwards needs no checks.

using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>One entry's place in a block.</summary>
internal readonly struct RowEntry(byte[] bytes, int start, int end)
{
    private readonly bool _expires = (bytes[start] & SstableFormat.ExpiresBit) != 0;

    public EntryKind Kind => (EntryKind)(bytes[start] & ~SstableFormat.ExpiresBit);

    public int ShapeNumber => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(start + 4));

    public DocumentVersion Version => new(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(start + 8)));

    public DocumentVersion ExpiresAt => _expires ? new(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(start + SstableFormat.EntryHeadBytes))) : DocumentVersion.None;

    public ReadOnlySpan<byte> Key => bytes.AsSpan(KeyStart, KeyBytes);

    public ReadOnlySpan<byte> Row => bytes.AsSpan(RowStart, end - RowStart);

    public ReadOnlyMemory<byte> RowMemory => bytes.AsMemory(RowStart, end - RowStart);

    public int RowStart => KeyStart + KeyBytes;

    private int KeyStart => start + SstableFormat.EntryHeadBytes + (_expires ? SstableFormat.ExpiresBytes : 0);

    private int KeyBytes => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(start + 2));
}

/// <summary>The entries of one block.</summary>
internal sealed class RowBlock
{
    private readonly byte[] _bytes;
    private readonly int _startsAt;

    /// <exception cref="CorruptionException">The checksum was right, but these are not entries.</exception>
    public RowBlock(string file, long offset, byte[] bytes, int length, int shapeCount, bool isShared = false)
    {
        (_bytes, IsShared) = (bytes, isShared);
        Count = length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(length - 4)) : 0;
        _startsAt = length - 4 - 4 * Count;
        if (Count <= 0 || Count > (length - 4) / (4 + SstableFormat.EntryHeadBytes) || !AreEntriesInside(shapeCount))
            throw new CorruptionException(file, offset, "the entries of this block do not lie inside it");
    }

    private RowBlock() => _bytes = [];

    /// <summary>Stands in a cache slot for a block that somebody needed once.</summary>
    public static RowBlock MetOnce { get; } = new();

    /// <summary>Its bytes stay as they are; otherwise the buffer is used again for the next block.</summary>
    public bool IsShared { get; }

    public int Count { get; }

    public int Bytes => _bytes.Length;

    /// <summary>The cache's mark: somebody came back for this block since it was last considered. A race on it is harmless.</summary>
    public bool WasUsed { get; set; }

    public RowEntry this[int index] => new(_bytes, StartOf(index), EndOf(index));

    /// <summary>The first entry at or after (key, version descending); <see cref="Count"/> when all are before.</summary>
    public int LowerBound(ReadOnlySpan<byte> key, DocumentVersion version)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var entry = this[middle];
            var order = entry.Key.SequenceCompareTo(key);
            if (order < 0 || (order == 0 && entry.Version > version)) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private int StartOf(int index) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(_startsAt + 4 * index));

    private int EndOf(int index) => index + 1 < Count ? StartOf(index + 1) : _startsAt;

    private bool AreEntriesInside(int shapeCount)
    {
        if (StartOf(0) != 0) return false;
        for (int i = 0, start = 0; i < Count; i++)
        {
            var end = EndOf(i);
            if (end - (long)start < SstableFormat.EntryHeadBytes || end > _startsAt) return false;
            var entry = new RowEntry(_bytes, start, end);
            if (entry.RowStart > end || entry.Kind is not (EntryKind.Put or EntryKind.Delete) || (uint)entry.ShapeNumber > (uint)shapeCount) return false;
            start = end;
        }

        return true;
    }
}
