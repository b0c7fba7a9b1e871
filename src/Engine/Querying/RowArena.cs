// Rows that a scan has found and will give in another order, but that lie in blocks nobody keeps (HeldRows has the others). They
// are copied once, in the order in which they lie in the table, so that each block is decoded once and read forwards; the order is
// then made of 32-bit references.
//
//   0  version u64 | 8 shape u32 | 12 row number u32 | 16 row bytes i32, -1 = not kept | 20 key bytes u16 | 22 zero u16
//   24 key | row | nothing up to the next multiple of 8
//
//   reference = 0 | chunk (14 bits) | offset in the chunk / 8 (17 bits)
//
// Beyond a bound rows are no longer kept, only where they are; whoever gives them out reads them again.

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Copies of rows in pooled chunks. One thread at a time.</summary>
internal sealed class RowArena(long keptBytesMax = 128L << 20) : IDisposable
{
    private const int Unit = 8;
    private const int HeadBytes = 24;
    private const int ChunkBytes = 1 << 20;
    private const int FirstChunkBytes = 1 << 14;
    private const int OffsetBits = 17;

    private readonly List<byte[]> _chunks = [];
    private readonly List<Shape> _shapes = [];
    private int _used, _shape = -1;
    private long _bytes;

    /// <summary>Copies a row in.</summary>
    /// <param name="number">Its number in the scan.</param>
    public uint Add(in EntryView entry, uint number)
    {
        var key = EntryKey.IdBytesOf(entry.Key);
        var kept = _bytes + entry.Row.Length <= keptBytesMax;
        var size = (HeadBytes + key.Length + (kept ? entry.Row.Length : 0) + Unit - 1) & ~(Unit - 1);
        var target = Allocate(size, out var reference);
        MemoryMarshal.Write(target, entry.Version.Raw);
        MemoryMarshal.Write(target[8..], NumberOf(entry.Shape));
        MemoryMarshal.Write(target[12..], number);
        MemoryMarshal.Write(target[16..], kept ? entry.Row.Length : -1);
        MemoryMarshal.Write(target[20..], (ushort)key.Length);
        key.CopyTo(target[HeadBytes..]);
        if (kept) entry.Row.CopyTo(target[(HeadBytes + key.Length)..]);
        _bytes += size;
        return reference;
    }

    public KeptRow this[uint reference]
    {
        get
        {
            var chunk = _chunks[(int)(reference >> OffsetBits)];
            var at = OffsetOf(reference);
            ReadOnlySpan<byte> head = chunk.AsSpan(at, HeadBytes);
            var keyBytes = MemoryMarshal.Read<ushort>(head[20..]);
            return new(chunk, at + HeadBytes, keyBytes, MemoryMarshal.Read<int>(head[16..]), MemoryMarshal.Read<uint>(head[12..]), new(MemoryMarshal.Read<ulong>(head)), _shapes[MemoryMarshal.Read<int>(head[8..])]);
        }
    }

    /// <summary>The row will be asked for soon: its lines may start on their way.</summary>
    public unsafe void Prefetch(uint reference)
    {
        if (!Sse.IsSupported) return;
        // An address that the collector has moved meanwhile is no error, only a useless hint.
        var address = (byte*)Unsafe.AsPointer(ref _chunks[(int)(reference >> OffsetBits)][OffsetOf(reference)]);
        Sse.Prefetch0(address);
        Sse.Prefetch0(address + 64);
        Sse.Prefetch0(address + 128);
    }

    public void Dispose()
    {
        foreach (var chunk in _chunks) ArrayPool<byte>.Shared.Return(chunk);
        _chunks.Clear();
    }

    private static int OffsetOf(uint reference) => (int)(reference & ((1 << OffsetBits) - 1)) * Unit;

    private Span<byte> Allocate(int size, out uint reference)
    {
        // A chunk that is longer than offsets reach has one row, at its beginning.
        if (_chunks.Count == 0 || size > Math.Min(_chunks[^1].Length, ChunkBytes) - _used)
        {
            Invariant.Holds(_chunks.Count < 1 << (31 - OffsetBits));
            _chunks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(size, _chunks.Count == 0 ? FirstChunkBytes : ChunkBytes)));
            _used = 0;
        }

        reference = ((uint)(_chunks.Count - 1) << OffsetBits) | (uint)(_used / Unit);
        var target = _chunks[^1].AsSpan(_used, size);
        _used += size;
        return target;
    }

    private int NumberOf(Shape shape)
    {
        if (_shape >= 0 && ReferenceEquals(_shapes[_shape], shape)) return _shape;
        _shape = _shapes.IndexOf(shape);
        if (_shape >= 0) return _shape;
        _shapes.Add(shape);
        return _shape = _shapes.Count - 1;
    }
}

/// <summary>One row of an arena, where it lies.</summary>
/// <param name="RowBytes">Negative: the row has to be read again.</param>
/// <param name="Number">Its number in the scan.</param>
internal readonly record struct KeptRow(byte[] Chunk, int KeyAt, int KeyBytes, int RowBytes, uint Number, DocumentVersion Version, Shape Shape)
{
    public bool IsKept => RowBytes >= 0;

    public ReadOnlySpan<byte> IdKey => Chunk.AsSpan(KeyAt, KeyBytes);

    public ReadOnlySpan<byte> Row => Chunk.AsSpan(KeyAt + KeyBytes, RowBytes);
}
