// Building an index sorts a key for every row. Keys as objects would be millions of them; here they are bytes in a
// few chunks, named by a location that fits into a sort record:
//
//   location = chunk number | offset in the chunk (20 bits)
//
// A young arena is small. Then come chunks that memtables were in before (ArenaChunks): their pages are there already. Larger bytes than a chunk
// have one of their own.

using System.Buffers;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Memtables;

namespace IngoDB.Engine.Indexing;

/// <summary>Bytes kept in chunks that are used again, so that a million keys are a few arrays and no garbage. One thread.</summary>
internal sealed class KeyArena : IDisposable
{
    private const int OffsetBits = 20;
    private const int OffsetMask = (1 << OffsetBits) - 1;
    private const int FirstChunkBytes = 1 << 14;

    private readonly List<byte[]> _chunks = [];
    private byte[] _chunk = [];
    private int _used;

    public long Bytes { get; private set; }

    /// <summary>Copies bytes in; the location gives them back.</summary>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        return Take(bytes.Length);
    }

    /// <summary>Where the next bytes may be written, at least so many; then they are taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Room(int bytesMax)
    {
        if (bytesMax > _chunk.Length - _used || _used > OffsetMask) AddChunk(bytesMax);
        return _chunk.AsSpan(_used);
    }

    /// <summary>The first bytes of the room are written; their location.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Take(int bytes)
    {
        var location = ((long)(_chunks.Count - 1) << OffsetBits) | (uint)_used;
        _used += bytes;
        Bytes += bytes;
        return location;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> At(long location, int length) => _chunks[(int)(location >> OffsetBits)].AsSpan((int)location & OffsetMask, length);

    /// <summary>From a location to the end of its chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> From(long location) => _chunks[(int)(location >> OffsetBits)].AsSpan((int)location & OffsetMask);

    public void Dispose()
    {
        foreach (var chunk in _chunks)
        {
            if (chunk.Length == ArenaChunks.ChunkBytes) ArenaChunks.Return(chunk);
            else ArrayPool<byte>.Shared.Return(chunk);
        }

        _chunks.Clear();
        (_chunk, _used) = ([], 0);
    }

    private void AddChunk(int bytesMax)
    {
        if (_chunks.Count == 0 && bytesMax <= FirstChunkBytes) _chunk = ArrayPool<byte>.Shared.Rent(FirstChunkBytes);
        else _chunk = bytesMax <= ArenaChunks.ChunkBytes ? ArenaChunks.Take() : ArrayPool<byte>.Shared.Rent(bytesMax);
        _chunks.Add(_chunk);
        _used = 0;
    }
}
