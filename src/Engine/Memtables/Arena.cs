// Memory that is only ever added to. An entry's place is a 32-bit reference in units of 8 bytes, so that a slot of
// the hash index holds a reference and half of the key's hash in one atomic word:
//
//   reference = slot number (15 bits) | offset in the slot / 8 (17 bits)        0 = none
//
//   slot 0 ├ 64 KiB ┤   slot 1 ├ 128 KiB ┤ ... ├ 1 MiB ┤      slot 9 ├── an entry of 3.2 MiB, slots 10..12 unused ──┤
//
// A slot is 1 MiB of addresses; its chunk may be smaller (a young memtable is cheap) or, for one large entry, longer
// than a slot, and then the following slot numbers stay unused. Chunks are pinned managed arrays, which the collector
// neither zeroes nor moves; they live as long as anybody refers to them, so that a reader can never see freed memory, and whole
// ones are used again after that (ArenaChunks.cs).
//
// One writer; any number of readers. A reader gets a reference through an acquire load that the writer released
// after it had published the chunk, therefore every reference a reader holds can be resolved.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using IngoDB.Model;

namespace IngoDB.Engine.Memtables;

/// <summary>Append-only memory with 32-bit references.</summary>
internal sealed class Arena
{
    private const int Unit = 8;
    private const int SlotBytes = ArenaChunks.ChunkBytes;
    private const int SlotShift = 17;
    private const uint OffsetMask = (1u << SlotShift) - 1;
    private const int SlotsMax = 1 << (32 - SlotShift);
    private const int CacheLineBytes = 64;
    private const int FirstChunkBytes = 64 << 10;

    private byte[][] _chunks = new byte[8][];
    private int _slotCount;
    private int _currentSlot;
    private int _used;
    private long _bytes;
    private readonly Stack<byte[]> _ahead = new();

    /// <param name="bytesExpected">Memory for so much is taken now; 0: a little, and more as it grows.</param>
    public Arena(long bytesExpected = 0)
    {
        if (bytesExpected > SlotBytes / 2)
            for (var taken = 0L; taken < bytesExpected; taken += SlotBytes) _ahead.Push(ArenaChunks.Rent());
        _currentSlot = AddChunk(FirstChunkBytes);
        _used = Unit; // so that no entry has reference 0
    }

    /// <summary>Bytes that entries take.</summary>
    public long UsedBytes => Volatile.Read(ref _bytes);

    /// <summary>Room for an entry, not yet known to any reader.</summary>
    public uint Allocate(int bytes, out byte[] chunk, out int offset)
    {
        var size = (bytes + Unit - 1) & ~(Unit - 1);
        Volatile.Write(ref _bytes, _bytes + size);
        if (size > SlotBytes) return AllocateAlone(size, out chunk, out offset);
        if (_used + size > _chunks[_currentSlot].Length) StartChunk(size);
        chunk = _chunks[_currentSlot];
        offset = _used;
        _used += size;
        return ((uint)_currentSlot << SlotShift) | (uint)(offset / Unit);
    }

    public byte[] Chunk(uint reference, out int offset)
    {
        offset = (int)(reference & OffsetMask) * Unit;
        return Volatile.Read(ref _chunks)[reference >> SlotShift];
    }

    public MemtableEntry Entry(uint reference)
    {
        var chunk = Chunk(reference, out var offset);
        return new(chunk, offset);
    }

    /// <summary>Tells the processor that the entry will be looked at soon. Chunks are pinned, so an address stays right.</summary>
    public unsafe void Prefetch(uint reference)
    {
        if (!Sse.IsSupported) return;
        var chunk = Chunk(reference, out var offset);
        var entry = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(chunk)) + offset;
        Sse.Prefetch0(entry);
        Sse.Prefetch0(entry + CacheLineBytes);
        Sse.Prefetch0(entry + 2 * CacheLineBytes);
    }

    /// <summary>Key ascending, version descending.</summary>
    public int Compare(uint left, uint right)
    {
        var a = Entry(left);
        var b = Entry(right);
        var order = a.Key.SequenceCompareTo(b.Key);
        return order != 0 ? order : b.Version.CompareTo(a.Version);
    }

    private uint AllocateAlone(int size, out byte[] chunk, out int offset)
    {
        var slot = AddChunk(size);
        chunk = _chunks[slot];
        offset = 0;
        return (uint)slot << SlotShift;
    }

    private void StartChunk(int atLeast)
    {
        var wanted = Math.Min(SlotBytes, FirstChunkBytes << Math.Min(_slotCount, 4));
        _currentSlot = AddChunk(Math.Max(wanted, atLeast));
        _used = 0;
    }

    private int AddChunk(int bytes)
    {
        var slot = _slotCount;
        _slotCount += (bytes + SlotBytes - 1) / SlotBytes;
        Invariant.Holds(_slotCount <= SlotsMax);
        var chunks = _chunks;
        if (_slotCount > chunks.Length) Array.Resize(ref chunks, Math.Max(_slotCount, chunks.Length * 2));
        chunks[slot] = NewChunk(bytes);
        Volatile.Write(ref _chunks, chunks);
        return slot;
    }

    private byte[] NewChunk(int bytes)
    {
        if (bytes <= SlotBytes && _ahead.TryPop(out var taken)) return taken;
        return bytes == SlotBytes ? ArenaChunks.Rent() : GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
    }
}
