// Where records gather to be sorted: a megabyte at most, so that a pass over them stays in the processor's cache, and of memory that others have
// used before. It keeps the order in which they came; who sorts it writes into it.

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Engine.Memtables;

namespace IngoDB.Engine.Indexing;

/// <summary>Sort records in memory that is used again: a little at first, at most a chunk of what memtables leave behind. One thread.</summary>
/// <param name="capacity">Room for so many at once.</param>
internal sealed class RecordRun(int capacity = RecordRun.FirstRecords) : IDisposable
{
    private const int FirstRecords = 256, RecordBytes = 16;

    public const int RecordsMax = ArenaChunks.ChunkBytes / RecordBytes;

    private byte[] _bytes = Rent(capacity);

    public int Count { get; private set; }

    public Span<KeySorter.Record> Records
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Room[..Count];
    }

    public Span<KeySorter.Record> Room
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MemoryMarshal.Cast<byte, KeySorter.Record>(_bytes.AsSpan());
    }

    /// <summary>False: it is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(in KeySorter.Record record)
    {
        var room = Room;
        if (Count >= room.Length) return TryGrow() && TryAdd(record);
        room[Count++] = record;
        return true;
    }

    public void Dispose()
    {
        GiveBack(_bytes);
        (_bytes, Count) = ([], 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGrow()
    {
        if (Count >= RecordsMax) return false;
        var larger = Rent(Math.Min(Count * 2, RecordsMax));
        _bytes.CopyTo(larger, 0);
        GiveBack(_bytes);
        _bytes = larger;
        return true;
    }

    private static byte[] Rent(int records) => records * RecordBytes > ArenaChunks.ChunkBytes / 2 ? ArenaChunks.Take() : ArrayPool<byte>.Shared.Rent(Math.Max(records, FirstRecords) * RecordBytes);

    private static void GiveBack(byte[] bytes)
    {
        if (bytes.Length == ArenaChunks.ChunkBytes) ArenaChunks.Return(bytes);
        else if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
    }
}
