// Sorts byte keys, each with a number beside it, in memory: for index files while a table is written, and for
// queries that ask for an order no index has. Eight bytes of every key at a time are taken as an integer and
// radix-sorted (passes in which all have the same byte are skipped, and keys of one type share most of theirs);
// keys that are still equal are sorted by their next eight. So a key is compared as bytes only in small groups.
//
//   depth 0   28 'E' 'l' 'e' 'c' 't' 'r' 'o' | depth 8   'n' 'i' 'c' 's' 00 01 ...
//
// The order is stable: equal keys keep the order in which they came, which for index entries is the row order.
// An index build may be the first thing of its kind that a process does, and queries wait for it: its loops, here and in what they call, are compiled with
// optimization when they are first called, not after they have run for a while.
//
// What this does not do: spill to disk. A table's rows are bounded by its size, a query's by its budget.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Indexing;

/// <summary>Collects keys, sorts them once, gives them back in order. One thread.</summary>
internal sealed class KeySorter : IDisposable
{
    /// <summary>Longer ones are copied in by <see cref="Add"/>.</summary>
    public const int ShortKeyBytesMax = ushort.MaxValue - 1;

    private const int SmallRun = 48, FirstEntries = 256;

    // In front of each key in the arena: its length; of a long one FFFF and its length.
    private const int HeadBytes = 2, LongHeadBytes = 6;

    private readonly KeyArena _arena = new();
    private NativeBuffer<Entry> _entries;
    private NativeBuffer<Entry>? _scratch;

    /// <param name="expected">About how many keys will come; it grows when there are more.</param>
    public KeySorter(int expected = FirstEntries) => _entries = new(Math.Max(expected, FirstEntries));

    /// <param name="Digit">Eight bytes of the key.</param>
    /// <param name="At">Its location in the arena, which says who came first, too.</param>
    private record struct Entry(ulong Digit, uint At, uint Tag);

    public int Count { get; private set; }

    /// <summary>Memory that the keys take.</summary>
    public long Bytes => _arena.Bytes + ((long)Count * 2 * Unsafe.SizeOf<Entry>());

    public void Add(ReadOnlySpan<byte> key, uint tag)
    {
        if (key.Length <= ShortKeyBytesMax)
        {
            key.CopyTo(Room(key.Length));
            AddWritten(key.Length, tag);
            return;
        }

        var room = _arena.Room(LongHeadBytes + key.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(room, ushort.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(room[HeadBytes..], key.Length);
        key.CopyTo(room[LongHeadBytes..]);
        Take(LongHeadBytes + key.Length, key, tag);
    }

    /// <summary>Where the next key may be written, at least so many bytes; then it is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Room(int bytesMax) => _arena.Room(HeadBytes + bytesMax)[HeadBytes..];

    /// <summary>The first bytes of the room, at most <see cref="ShortKeyBytesMax"/>, are a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddWritten(int length, uint tag)
    {
        var room = _arena.Room(HeadBytes + length);
        BinaryPrimitives.WriteUInt16LittleEndian(room, checked((ushort)length));
        Take(HeadBytes + length, room.Slice(HeadBytes, length), tag);
    }

    /// <summary>The i-th key in order, after <see cref="Sort"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> KeyAt(int i) => KeyOf(_entries.Span[i]);

    /// <summary>The key will be asked for soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchKeyAt(int i) => Prefetch.Line(in _arena.From(_entries.Span[i].At)[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint TagAt(int i) => _entries.Span[i].Tag;

    public void Sort()
    {
        if (Count < 2) return;
        if (Count >= SmallRun) _scratch = new(Count);
        var open = new Stack<(int From, int To, int Depth)>();
        open.Push((0, Count, 0));
        while (open.TryPop(out var run)) SortRun(run.From, run.To, run.Depth, open);
        _scratch?.Dispose();
        _scratch = null;
        GC.KeepAlive(this);
    }

    public void Dispose()
    {
        _arena.Dispose();
        _entries.Dispose();
        _scratch?.Dispose();
        Count = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortRun(int from, int to, int depth, Stack<(int From, int To, int Depth)> open)
    {
        var run = _entries.Span[from..to];
        if (depth > 0)
            foreach (ref var entry in run) entry.Digit = DigitOf(KeyOf(entry)[depth..]);
        if (run.Length < SmallRun)
        {
            SortSmall(run);
            return;
        }

        RadixSort(run, _scratch!.Span[..run.Length]);
        for (var start = 0; start < run.Length;)
        {
            var end = start + 1;
            while (end < run.Length && run[end].Digit == run[start].Digit) end++;
            if (end - start > 1) SortTied(run[start..end], from + start, depth, open);
            start = end;
        }
    }

    /// <summary>By insertion: rows often come nearly in order, and their first digits tell most of them apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortSmall(Span<Entry> run)
    {
        for (var i = 1; i < run.Length; i++)
        {
            var entry = run[i];
            var at = i;
            for (; at > 0 && (run[at - 1].Digit > entry.Digit || (run[at - 1].Digit == entry.Digit && Compare(run[at - 1], entry) > 0)); at--) run[at] = run[at - 1];
            run[at] = entry;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortTied(Span<Entry> tied, int from, int depth, Stack<(int From, int To, int Depth)> open)
    {
        if (AreEqual(tied)) return;
        var longer = true;
        foreach (ref var entry in tied) longer &= KeyOf(entry).Length > depth + 8;

        // A key that ends here was padded with zeros: an integer cannot tell "a" from "a" and a zero byte.
        if (longer) open.Push((from, from + tied.Length, depth + 8));
        else tied.Sort(Compare);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DigitOf(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= 8) return BinaryPrimitives.ReadUInt64BigEndian(rest);
        ulong digit = 0;
        for (var i = 0; i < rest.Length; i++) digit |= (ulong)rest[i] << (56 - (i * 8));
        return digit;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RadixSort(Span<Entry> run, Span<Entry> scratch)
    {
        ulong differing = 0;
        foreach (ref var entry in run) differing |= entry.Digit ^ run[0].Digit;
        Span<int> starts = stackalloc int[256];
        var source = run;
        var target = scratch;
        for (var shift = 0; shift < 64; shift += 8)
        {
            if (((differing >> shift) & 0xFF) == 0) continue;
            starts.Clear();
            foreach (ref var entry in source) starts[(int)(entry.Digit >> shift) & 0xFF]++;
            var next = 0;
            foreach (ref var start in starts) (start, next) = (next, next + start);
            foreach (ref var entry in source) target[starts[(int)(entry.Digit >> shift) & 0xFF]++] = entry;
            var swap = source;
            source = target;
            target = swap;
        }

        if (source != run) source.CopyTo(run);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool AreEqual(ReadOnlySpan<Entry> run)
    {
        var first = KeyOf(run[0]);
        foreach (var entry in run)
            if (!KeyOf(entry).SequenceEqual(first)) return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Compare(Entry left, Entry right)
    {
        var order = KeyOf(left).SequenceCompareTo(KeyOf(right));
        return order != 0 ? order : left.At.CompareTo(right.At);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> KeyOf(in Entry entry)
    {
        var bytes = _arena.From(entry.At);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        return length <= ShortKeyBytesMax ? bytes.Slice(HeadBytes, length) : bytes.Slice(LongHeadBytes, BinaryPrimitives.ReadInt32LittleEndian(bytes[HeadBytes..]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(int bytes, ReadOnlySpan<byte> key, uint tag)
    {
        if (Count == _entries.Capacity) Grow();
        _entries.Span[Count] = new(DigitOf(key), checked((uint)_arena.Take(bytes)), tag);
        Count++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        var larger = new NativeBuffer<Entry>(_entries.Capacity * 2);
        _entries.Span[..Count].CopyTo(larger.Span);
        _entries.Dispose();
        _entries = larger;
    }
}
