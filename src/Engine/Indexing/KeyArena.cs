// Building an index sorts a key for every row. Keys as objects would be millions of them; here they are bytes in a
// few rented chunks, named by a location that fits into a sort record.

using System.Buffers;

namespace IngoDB.Engine.Indexing;

/// <summary>Bytes kept in pooled chunks, so that a million keys are a few arrays and no garbage. One thread.</summary>
internal sealed class KeyArena : IDisposable
{
    private const int ChunkBytes = 1 << 20;
    private const int FirstChunkBytes = 1 << 14;

    private readonly List<byte[]> _chunks = [];
    private int _used;

    public long Bytes { get; private set; }

    /// <summary>Copies bytes in; the location gives them back.</summary>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        if (_chunks.Count == 0 || bytes.Length > _chunks[^1].Length - _used)
        {
            _chunks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, _chunks.Count == 0 ? FirstChunkBytes : ChunkBytes)));
            _used = 0;
        }

        var location = ((long)(_chunks.Count - 1) << 32) | (uint)_used;
        bytes.CopyTo(_chunks[^1].AsSpan(_used));
        _used += bytes.Length;
        Bytes += bytes.Length;
        return location;
    }

    public ReadOnlySpan<byte> At(long location, int length) => _chunks[(int)(location >> 32)].AsSpan((int)location, length);

    public ReadOnlyMemory<byte> MemoryAt(long location, int length) => _chunks[(int)(location >> 32)].AsMemory((int)location, length);

    public void Dispose()
    {
        foreach (var chunk in _chunks) ArrayPool<byte>.Shared.Return(chunk);
        _chunks.Clear();
    }
}
