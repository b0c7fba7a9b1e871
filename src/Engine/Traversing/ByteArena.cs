// Ids, join values and rows of a traversal are short and many, live exactly as long as it, and are never taken away one by one. So
// they lie one behind the other in a few large arrays, found by their place: no object, no header and no collector for each.

namespace IngoDB.Engine.Traversing;

/// <summary>Bytes that are added and never taken away: ids, join values and rows of one traversal, a few objects for millions of them. One thread at a time.</summary>
internal sealed class ByteArena
{
    private const int FirstChunkBytes = 1 << 12;
    private const int ChunkBytes = 1 << 18;

    private readonly List<byte[]> _chunks = [];
    private int _used;

    /// <summary>Memory that it holds.</summary>
    public long Bytes { get; private set; }

    /// <summary>Copies bytes in; the place is where <see cref="At"/> finds them.</summary>
    public long Add(ReadOnlySpan<byte> bytes)
    {
        if (_chunks.Count == 0 || _used + bytes.Length > _chunks[^1].Length) Grow(bytes.Length);
        bytes.CopyTo(_chunks[^1].AsSpan(_used));
        var place = ((long)(_chunks.Count - 1) << 32) | (uint)_used;
        _used += bytes.Length;
        return place;
    }

    public ReadOnlySpan<byte> At(long place, int length) => _chunks[(int)(place >> 32)].AsSpan((int)place, length);

    /// <summary>Forgets everything and keeps the first chunk.</summary>
    public void Clear()
    {
        if (_chunks.Count > 1) _chunks.RemoveRange(1, _chunks.Count - 1);
        Bytes = _chunks.Count == 0 ? 0 : _chunks[0].Length;
        _used = 0;
    }

    private void Grow(int bytesMin)
    {
        var size = Math.Max(bytesMin, Math.Min(ChunkBytes, FirstChunkBytes << Math.Min(_chunks.Count, 8)));
        _chunks.Add(GC.AllocateUninitializedArray<byte>(size));
        _used = 0;
        Bytes += size;
    }
}
