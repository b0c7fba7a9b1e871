// The way from a block's number to its entries: the cache's slot, else the file. Every frame is verified before it is
// decoded. A cursor that walks forward brings its ReadAhead, so that one system call serves many blocks.
//
// What is kept: a block that is met again. Most blocks that a scan walks through, and many that a get needs, nobody comes
// back for; to keep them costs fresh memory, its page faults and its collection, and pushes out what is used (the
// insight of S3-FIFO and TinyLFU). So a slot goes through three states:
//
//   empty ──first met: decoded into a buffer that is used again──► met once ──met again: decoded to stay──► the block
//     ▲                                                                                                      │
//     └──────────────────────────────────────────── pushed out of the cache ────────────────────────────────┘
//
// And when the engine has nothing else to do, what flush and compaction wrote is brought into room that is free (Warm):
// a get that meets its block for the first time would pay for reading, decoding and fresh memory, and most do. Where all
// blocks found room, their rows are indexed by hash (RowIndex.cs); a block that is pushed out later is read again, its rows
// are where they were.

using System.Buffers;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>The rows of one table, block by block. Thread-safe; <see cref="ReadAhead"/> is the caller's own.</summary>
internal sealed class TableBlocks(IFile file, TableId table, BlockIndex index, Shape[] shapes, BlockCache cache)
{
    /// <summary>Larger blocks (of one large row) get a buffer of their own each time.</summary>
    private const int ScratchBytesMax = 64 << 10;

    private const int BlocksPerCancellationCheck = 256;

    [ThreadStatic]
    private static byte[]? _scratch;

    private readonly RowBlock?[] _slots = new RowBlock?[index.Count];
    private RowIndex? _rows;

    public BlockIndex Index => index;

    /// <summary>Rows by the hash of their keys; null while not all blocks have been in memory.</summary>
    public RowIndex? Rows => Volatile.Read(ref _rows);

    /// <summary>The block; unless it <see cref="RowBlock.IsShared"/>, only until this thread (or the owner of the read-ahead) gets the next.</summary>
    public RowBlock Get(int number, ref ReadCounters counters, bool fillCache, ReadAhead? readAhead = null)
    {
        counters.BlocksRead++;
        var held = Volatile.Read(ref _slots[number]);
        if (held is { IsShared: true })
        {
            if (!held.WasUsed) held.WasUsed = true;
            return held;
        }

        counters.BlocksDecoded++;
        if (readAhead is not null) return Admitted(number, readAhead.Frame(file, index, number, ref counters), fillCache, readAhead);
        var handle = index[number];
        var buffer = ArrayPool<byte>.Shared.Rent(handle.Bytes);
        try
        {
            ReadExactly(file, handle.Offset, buffer.AsSpan(0, handle.Bytes), ref counters);
            return Admitted(number, buffer.AsSpan(0, handle.Bytes), fillCache, readAhead);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>For who will ask for the block soon.</summary>
    public void PrefetchSlot(int number) => Prefetch.Line(in _slots[number]);

    /// <summary>For who goes through many rows in their order and has come to this block: those behind it are got ready.</summary>
    public void PrefetchBehind(int number)
    {
        if (number + 3 < index.Count) Volatile.Read(ref _slots[number + 3])?.PrefetchHead();
        if (number + 1 < index.Count && Volatile.Read(ref _slots[number + 1]) is { IsShared: true } next) next.PrefetchEnds();
    }

    /// <summary>What stands in the block's slot; not to be read from unless it <see cref="RowBlock.IsShared"/>.</summary>
    public RowBlock? Slot(int number) => Volatile.Read(ref _slots[number]);

    /// <summary>Brings blocks into memory, from the first on, for as long as there is room that nobody needs.</summary>
    /// <exception cref="CorruptionException">A block is damaged; those before it are there.</exception>
    public void Warm(CancellationToken cancellationToken)
    {
        var hugePages = new HugePages();
        var rows = RowIndex.For(index) is { } empty ? new RowIndexBuilder(empty) : null;
        if (WarmBlocks(rows, hugePages, cancellationToken) && rows?.Finish() is { } built)
        {
            built.NoteMemory(hugePages);
            Volatile.Write(ref _rows, built);
        }

        hugePages.Ask();
    }

    public void Forget() => cache.Forget(_slots);

    public static void ReadExactly(IFile file, long offset, Span<byte> target, ref ReadCounters counters)
    {
        var read = file.Read(offset, target);
        counters.BytesRead += read;
        if (read != target.Length) throw new CorruptionException(file.Path, offset, $"the file ends after {read} of {target.Length} bytes");
    }

    /// <summary>Whether all of them are there.</summary>
    private bool WarmBlocks(RowIndexBuilder? rows, HugePages hugePages, CancellationToken cancellationToken)
    {
        var counters = new ReadCounters();
        var readAhead = new ReadAhead();
        for (var number = 0; number < index.Count; number++)
        {
            if (number % BlocksPerCancellationCheck == 0) cancellationToken.ThrowIfCancellationRequested();
            if (Volatile.Read(ref _slots[number]) is not { IsShared: true } block)
            {
                if (!cache.HasFree(index[number].Bytes)) return false;
                block = Decode(number, readAhead.Frame(file, index, number, ref counters), keep: true, readAhead);
                if (!cache.AdmitToFree(_slots, number, block)) return false;
                block.NoteMemory(hugePages);
            }

            rows?.Add(block);
        }

        return true;
    }

    private RowBlock Admitted(int number, ReadOnlySpan<byte> frame, bool fillCache, ReadAhead? readAhead)
    {
        var keep = fillCache && WasMet(number);
        var block = Decode(number, frame, keep, readAhead);
        if (block.IsShared) cache.Admit(_slots, number, block);
        return block;
    }

    private RowBlock Decode(int number, ReadOnlySpan<byte> frame, bool keep, ReadAhead? readAhead)
    {
        var offset = index[number].Offset;
        var packed = Frame.Verify(file.Path, table, offset, FrameKind.Rows, frame);
        var growth = Frame.GrowthOf(frame);
        var length = packed + growth;
        var rows = (int)((number + 1 < index.Count ? index.FirstRowOf(number + 1) : index.RowCount) - index.FirstRowOf(number));
        keep &= cache.HasRoomFor(length);
        var room = length + RowBlock.PaddingBytes;
        var bytes = keep ? Unmoved(room + rows) : readAhead?.Scratch(room) ?? Scratch(room);
        Frame.Decode(file.Path, offset, frame, bytes.AsSpan(growth, packed));
        if (growth > 0) PackedRows.Unfold(bytes.AsSpan(0, length), growth, file.Path, offset);
        return new RowBlock(file.Path, offset, bytes, length, rows, shapes, isShared: keep);
    }

    private bool WasMet(int number) => Interlocked.CompareExchange(ref _slots[number], RowBlock.MetOnce, null) is not null;

    // Where the collector never moves it: a kept block lives long, and would else be copied from generation to generation.
    private static byte[] Unmoved(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    private static byte[] Scratch(int length)
    {
        if (length > ScratchBytesMax) return GC.AllocateUninitializedArray<byte>(length);
        return _scratch ??= GC.AllocateUninitializedArray<byte>(ScratchBytesMax);
    }
}

/// <summary>One cursor's buffers: raw bytes read ahead of a forward walk, and the decoded block when it is not for the cache.</summary>
internal sealed class ReadAhead
{
    private const int WindowBytes = 128 << 10;

    private byte[] _window = [];
    private long _began;
    private int _length;
    private int _latest = -2;
    private byte[] _scratch = [];

    /// <summary>The bytes of a block's frame; a second block in a row makes it read a whole window.</summary>
    public ReadOnlySpan<byte> Frame(IFile file, BlockIndex index, int number, ref ReadCounters counters)
    {
        var handle = index[number];
        if (handle.Offset < _began || handle.End > _began + _length) Fill(file, index, number, ref counters);
        _latest = number;
        return _window.AsSpan((int)(handle.Offset - _began), handle.Bytes);
    }

    /// <summary>Overwritten by the next one: for a block that only this cursor sees.</summary>
    public byte[] Scratch(int length)
    {
        if (_scratch.Length < length) _scratch = GC.AllocateUninitializedArray<byte>(Math.Max(length, 2 * _scratch.Length));
        return _scratch;
    }

    private void Fill(IFile file, BlockIndex index, int number, ref ReadCounters counters)
    {
        var first = index[number];
        var end = first.End;
        if (number == _latest + 1)
            while (++number < index.Count && index[number].End - first.Offset <= WindowBytes) end = index[number].End;
        _length = 0;
        var length = (int)(end - first.Offset);
        if (_window.Length < length) _window = GC.AllocateUninitializedArray<byte>(Math.Max(length, length > first.Bytes ? WindowBytes : 0));
        TableBlocks.ReadExactly(file, first.Offset, _window.AsSpan(0, length), ref counters);
        (_began, _length) = (first.Offset, length);
    }
}
