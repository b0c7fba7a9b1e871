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

using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace IngoDB.Engine.Indexing;

/// <summary>Collects keys, sorts them once, gives them back in order. One thread.</summary>
internal sealed class KeySorter : IDisposable
{
    private const int SmallRun = 48;

    private readonly KeyArena _arena = new();
    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(256);
    private Entry[] _scratch = [];

    private record struct Entry(ulong Digit, long Location, int Length, uint Tag, uint Ordinal);

    public int Count { get; private set; }

    /// <summary>Memory that the keys take.</summary>
    public long Bytes => _arena.Bytes + ((long)Count * 32);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> key, uint tag)
    {
        if (Count == _entries.Length) Grow();
        _entries[Count] = new(0, _arena.Append(key), key.Length, tag, (uint)Count);
        Count++;
    }

    /// <summary>The i-th key in order, after <see cref="Sort"/>.</summary>
    public ReadOnlySpan<byte> KeyAt(int i) => _arena.At(_entries[i].Location, _entries[i].Length);

    public uint TagAt(int i) => _entries[i].Tag;

    public void Sort()
    {
        if (Count < 2) return;
        _scratch = ArrayPool<Entry>.Shared.Rent(Count);
        var open = new Stack<(int From, int To, int Depth)>();
        open.Push((0, Count, 0));
        while (open.TryPop(out var run)) SortRun(run.From, run.To, run.Depth, open);
        ArrayPool<Entry>.Shared.Return(_scratch);
        _scratch = [];
    }

    public void Dispose()
    {
        _arena.Dispose();
        if (_entries.Length > 0) ArrayPool<Entry>.Shared.Return(_entries);
        _entries = [];
        Count = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortRun(int from, int to, int depth, Stack<(int From, int To, int Depth)> open)
    {
        var run = _entries.AsSpan(from, to - from);
        if (run.Length < SmallRun)
        {
            run.Sort(Compare);
            return;
        }

        foreach (ref var entry in run) entry.Digit = DigitAt(entry, depth);
        RadixSort(run, _scratch.AsSpan(0, run.Length));
        for (var start = 0; start < run.Length;)
        {
            var end = start + 1;
            while (end < run.Length && run[end].Digit == run[start].Digit) end++;
            SortTied(run[start..end], from + start, depth, open);
            start = end;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortTied(Span<Entry> tied, int from, int depth, Stack<(int From, int To, int Depth)> open)
    {
        if (tied.Length < 2 || AreEqual(tied)) return;
        var longer = true;
        foreach (ref var entry in tied) longer &= entry.Length > depth + 8;

        // A key that ends here was padded with zeros: an integer cannot tell "a" from "a" and a zero byte.
        if (longer) open.Push((from, from + tied.Length, depth + 8));
        else tied.Sort(Compare);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong DigitAt(Entry entry, int depth)
    {
        var rest = _arena.At(entry.Location, entry.Length)[depth..];
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
        var first = _arena.At(run[0].Location, run[0].Length);
        foreach (var entry in run)
            if (!_arena.At(entry.Location, entry.Length).SequenceEqual(first)) return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Compare(Entry left, Entry right)
    {
        var order = _arena.At(left.Location, left.Length).SequenceCompareTo(_arena.At(right.Location, right.Length));
        return order != 0 ? order : left.Ordinal.CompareTo(right.Ordinal);
    }

    private void Grow()
    {
        var larger = ArrayPool<Entry>.Shared.Rent(_entries.Length * 2);
        _entries.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<Entry>.Shared.Return(_entries);
        _entries = larger;
    }
}
