// A row of numbers that grows while a table is written and is read once when it is complete. One array that doubles
// would copy itself and leave large garbage; chunks from the pool do neither.

using System.Buffers;

namespace IngoDB.Engine.Columns;

/// <summary>A growing row of numbers in pooled chunks: nothing is copied while it grows, and nothing large is garbage. One thread.</summary>
internal sealed class CodeList<TCode> : IDisposable
    where TCode : unmanaged
{
    /// <summary>Also how many codes are translated and packed at a time.</summary>
    public const int ChunkCodes = 1 << 13;

    private readonly List<TCode[]> _chunks = [];
    private TCode[] _latest = [];
    private int _used = ChunkCodes;

    public int Count => (_chunks.Count * ChunkCodes) - (ChunkCodes - _used);

    public int ChunkCount => _chunks.Count;

    public void Add(TCode code)
    {
        if (_used == ChunkCodes) Grow();
        _latest[_used++] = code;
    }

    public Span<TCode> Chunk(int number) => _chunks[number].AsSpan(0, number == _chunks.Count - 1 ? _used : ChunkCodes);

    public void Dispose()
    {
        foreach (var chunk in _chunks) ArrayPool<TCode>.Shared.Return(chunk);
        _chunks.Clear();
        (_latest, _used) = ([], ChunkCodes);
    }

    private void Grow()
    {
        _latest = ArrayPool<TCode>.Shared.Rent(ChunkCodes);
        _chunks.Add(_latest);
        _used = 0;
    }
}
